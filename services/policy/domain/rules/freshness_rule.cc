#include "services/policy/domain/rules/freshness_rule.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::policy {
namespace {

// How far in the future an instant may be recorded that has passed: clocks differ.
constexpr absl::Duration kClockSkew = absl::Minutes(5);
// The next instant that a clock of this resolution can show.
constexpr absl::Duration kTick = absl::Microseconds(1);

std::string DayText(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone()); }

double DaysOf(absl::Duration duration) { return absl::ToDoubleHours(duration) / 24; }

std::string LimitText(absl::Duration limit) {
  const double days = DaysOf(limit);
  return days == std::floor(days) ? absl::StrCat(static_cast<int64_t>(days), "d")
                                  : absl::FormatDuration(limit);
}

// "was 2026-01-01, 59 days ago", "is 2026-04-01, in 31 days".
std::string StateText(absl::Time time, absl::Time now) {
  const auto days = static_cast<int64_t>(std::floor(std::abs(DaysOf(time - now))));
  const std::string count = absl::StrCat(days, days == 1 ? " day" : " days");
  return time <= now ? absl::StrCat("was ", DayText(time), ", ", count, " ago")
                     : absl::StrCat("is ", DayText(time), ", in ", count);
}

}  // namespace

FreshnessEvaluator::FreshnessEvaluator(const World& world, Workspace& workspace, const BoundRule& rule)
    : world_(world),
      rule_(rule),
      spec_(std::get<FreshnessSpec>(rule.spec)),
      documents_(workspace.documents()) {
  if (spec_.in_use) use_ = workspace.use();
}

bool FreshnessEvaluator::IsRight(absl::Time time, std::optional<absl::Time>& due) const {
  if (spec_.min_ahead) {
    const absl::Time last = time - *spec_.min_ahead;
    if (world_.now() > last) return false;
    TakeEarlier(due, last + kTick);
    return true;
  }
  if (time > world_.now() + kClockSkew) {
    TakeEarlier(due, time - kClockSkew);
    return false;
  }
  const absl::Time last = time + *spec_.max_age;
  if (world_.now() > last) return false;
  TakeEarlier(due, last + kTick);
  return true;
}

// What lies in the future but should not is worse than what is old.
bool FreshnessEvaluator::IsWorse(absl::Time a, absl::Time b) const {
  if (spec_.min_ahead) return a < b;
  const bool a_future = a > world_.now() + kClockSkew, b_future = b > world_.now() + kClockSkew;
  return a_future != b_future ? a_future : a_future ? a > b : a < b;
}

SubjectResult FreshnessEvaluator::Evaluate(std::string_view name, bool explain) {
  SubjectResult result;
  if (use_ != nullptr && !use_->IsUsed(name)) {
    result.outcome = v1::OUTCOME_NOT_APPLICABLE;
    return result;
  }
  const Subject subject = documents_.Read(name, /*with_consumer=*/false);
  const Reading reading = subject.document == nullptr ? Reading() : spec_.field.Read(*subject.document);
  std::optional<absl::Time> worst;
  for (const Scalar& scalar : reading.values) {
    const absl::Time time = std::get<absl::Time>(scalar);
    if (!IsRight(time, result.due) && (!worst || IsWorse(time, *worst))) worst = time;
  }
  const bool absent = reading.state == Reading::State::kUnknown || reading.unknown_element;
  // Of what lies ahead nothing is announced; that it has none is known of a known none.
  bool open = absent && spec_.max_age && reading.state != Reading::State::kNone;
  if (open && rule_.on_unknown == v1::UNKNOWN_HANDLING_IGNORE) open = false;
  const bool counts = open && rule_.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION;
  if (worst || counts) {
    result.outcome = v1::OUTCOME_VIOLATION;
    result.violation_count = 1;
    result.open = open && !counts;
    if (explain) result.violations.push_back(Explain(name, worst));
    if (worst) TakeEarlier(result.due, NextText(*worst));
  } else if (open) {
    result.outcome = v1::OUTCOME_INDETERMINATE;
    result.missing = {{std::string(name), spec_.field.text()}};
  } else {
    result.passes_until = result.due;
  }
  return result;
}

absl::Time FreshnessEvaluator::NextText(absl::Time time) const {
  constexpr absl::Duration kDay = absl::Hours(24);
  absl::Duration rest;
  int64_t days = absl::IDivDuration(world_.now() - time, kDay, &rest);
  if (rest < absl::ZeroDuration()) {
    --days;
    rest += kDay;
  }
  // On the instant of a whole day it is said with the days that have been, from the next on with the new one.
  return rest == absl::ZeroDuration() ? world_.now() + kTick : time + (days + 1) * kDay;
}

Violation FreshnessEvaluator::Explain(std::string_view subject, std::optional<absl::Time> worst) const {
  Violation violation;
  const std::string value = worst ? DayText(*worst) : "";
  *violation.explanation.add_facts() = world_.FactUsed(subject, spec_.field.text(), value);
  violation.evidence.texts = {{"field", "`" + spec_.field.text() + "`"},
                              {"time", worst ? value : "unknown"},
                              {"limit", (spec_.min_ahead ? "at least " : "at most ") +
                                            LimitText(spec_.min_ahead ? *spec_.min_ahead : *spec_.max_age) +
                                            (spec_.min_ahead ? " ahead" : " old")},
                              {"state", worst ? StateText(*worst, world_.now()) : "is unknown"}};
  violation.evidence.numbers = {{"days", worst ? std::floor(DaysOf(*worst - world_.now())) : 0}};
  if (use_ == nullptr) return violation;
  for (const std::string_view user : use_->UsersOf(world_.graph(), subject))
    violation.related.emplace_back(user);
  return violation;
}

}  // namespace linchpin::policy
