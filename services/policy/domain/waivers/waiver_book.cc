#include "services/policy/domain/waivers/waiver_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/policy/domain/binding/binder.h"
#include "services/policy/domain/rules/subject_document.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using v1::Finding;
using v1::Waiver;

bool Selects(const BoundSelector& selector, std::string_view name, const World& world) {
  const resource::KindInfo* wanted = ResourceKindOf(selector.kind());
  if (wanted == nullptr || resource::KindOfName(name) != wanted) return false;
  SubjectDocument document(world.view());
  const Subject subject = document.Read(name, selector.reads_consumer());
  if (subject.document == nullptr) return false;
  SelectionFacts facts;
  // What is only perhaps, or only likely, selected is not accepted.
  return selector.Selects(subject, world, /*likely=*/false, facts) == Truth::kTrue;
}

// Nothing if the measure of the finding is within the bound.
std::string BeyondBound(const v1::WaiverBound& bound, const FindingRecord& finding) {
  Finding content;
  content.ParseFromString(finding.content);
  if (!content.explanation().has_measure()) return "it has no measure to hold against the bound";
  const v1::Explanation::Measure& measure = content.explanation().measure();
  const bool below = measure.comparator() == "LT" || measure.comparator() == "LE";
  const double worst =
      below ? std::min(measure.value(), measure.lower()) : std::max(measure.value(), measure.upper());
  if (below ? worst >= bound.worst_value() : worst <= bound.worst_value()) return "";
  return absl::StrCat("its measure, ", worst, ", is beyond the bound, ", bound.worst_value());
}

const char* StateWords(Waiver::State state) {
  switch (state) {
    case Waiver::STATE_REQUESTED:
      return "waits for approval";
    case Waiver::STATE_SCHEDULED:
      return "has not begun";
    case Waiver::STATE_EXPIRED:
      return "has expired";
    default:
      return "was revoked";
  }
}

}  // namespace

absl::StatusOr<std::optional<BoundSelector>> BindSubjects(const v1::WaiverTarget& target) {
  if (!target.has_subjects()) return std::optional<BoundSelector>();
  const v1::Policy no_parameters;
  const v1::Assignment no_values;
  Binder binder(no_parameters, &no_values, nullptr);
  BoundSelector selector = BoundSelector::Bind(target.subjects(), "target.subjects", binder);
  if (!SetsNamedIn(target.subjects()).empty())
    binder.Complain("target.subjects", "name countries one by one: sets are not read here");
  if (binder.violations().empty()) return std::optional<BoundSelector>(std::move(selector));
  return base::FieldErrors(binder.violations());
}

bool IsWaivable(Finding::Type type) {
  return type == Finding::TYPE_VIOLATION || type == Finding::TYPE_DATA_GAP || type == Finding::TYPE_SUMMARY;
}

WaiverBook::WaiverBook(const std::vector<Waiver>& waivers) {
  waivers_.reserve(waivers.size());
  for (const Waiver& waiver : waivers) {
    BoundWaiver bound{waiver, std::nullopt, false};
    auto subjects = BindSubjects(waiver.target());
    bound.broken = !subjects.ok();
    if (subjects.ok()) bound.subjects = *std::move(subjects);
    waivers_.push_back(std::move(bound));
  }
  std::sort(waivers_.begin(), waivers_.end(),
            [](const BoundWaiver& a, const BoundWaiver& b) { return a.waiver.name() < b.waiver.name(); });
  for (size_t i = 0; i < waivers_.size(); ++i) {
    const v1::WaiverTarget& target = waivers_[i].waiver.target();
    for (const std::string& finding : target.findings()) by_finding_[finding].push_back(i);
    for (const std::string& rule : target.rules()) by_rule_[{target.assignment(), rule}].push_back(i);
  }
}

const BoundWaiver* WaiverBook::Find(std::string_view name) const {
  const auto at = std::lower_bound(
      waivers_.begin(), waivers_.end(), name,
      [](const BoundWaiver& waiver, std::string_view n) { return waiver.waiver.name() < n; });
  return at != waivers_.end() && at->waiver.name() == name ? &*at : nullptr;
}

bool WaiverBook::IsAbout(const BoundWaiver& waiver, const FindingRecord& finding, const World& world) {
  if (!IsWaivable(finding.type) || waiver.broken) return false;
  const v1::WaiverTarget& target = waiver.waiver.target();
  const auto& findings = target.findings();
  if (!findings.empty()) return std::find(findings.begin(), findings.end(), finding.name) != findings.end();
  // A summary stands for findings that nobody has looked at one by one: it goes with those of the whole rule.
  if (finding.rule.empty() || (finding.type == Finding::TYPE_SUMMARY && waiver.subjects)) return false;
  if (finding.assignment != target.assignment()) return false;
  const auto& rules = target.rules();
  if (std::find(rules.begin(), rules.end(), finding.rule) == rules.end()) return false;
  return !waiver.subjects || Selects(*waiver.subjects, finding.subject, world);
}

std::string WaiverBook::Objection(const BoundWaiver& bound, const FindingRecord& finding,
                                  const Moment& moment) {
  const Waiver& waiver = bound.waiver;
  const auto state = StateAt(waiver, moment.world.now());
  if (state != Waiver::STATE_ACTIVE) return absl::StrCat(waiver.name(), " ", StateWords(state));
  if (!IsAbout(bound, finding, moment.world)) return waiver.name() + " is not about it";
  const BoundRule* rule = moment.policies.FindRule(finding.assignment, finding.rule);
  if (rule != nullptr && !rule->waivable) return "rule " + finding.rule + " may not be waived";
  if (ApprovalsGiven(waiver) < ApprovalsNeeded(finding.severity)) {
    return absl::StrCat(waiver.name(), " has ", ApprovalsGiven(waiver), " of the ",
                        ApprovalsNeeded(finding.severity),
                        " approvals that a finding of this severity needs");
  }
  if (!waiver.has_bound()) return "";
  const std::string beyond = BeyondBound(waiver.bound(), finding);
  return beyond.empty() ? "" : absl::StrCat(waiver.name(), ": ", beyond);
}

const BoundWaiver* WaiverBook::Covering(const FindingRecord& finding, const Moment& moment) const {
  const BoundWaiver* best = nullptr;
  const auto consider = [&](const std::vector<size_t>& places) {
    for (const size_t place : places) {
      const BoundWaiver& waiver = waivers_[place];
      if (!Objection(waiver, finding, moment).empty()) continue;
      const auto end = TimeOf(waiver.waiver.expire_time());
      const auto best_end = best == nullptr ? absl::InfinitePast() : TimeOf(best->waiver.expire_time());
      if (end > best_end || (end == best_end && waiver.waiver.name() < best->waiver.name())) best = &waiver;
    }
  };
  if (const auto at = by_finding_.find(finding.name); at != by_finding_.end()) consider(at->second);
  if (const auto at = by_rule_.find({finding.assignment, finding.rule}); at != by_rule_.end())
    consider(at->second);
  return best;
}

std::optional<absl::Time> WaiverBook::NextChange(absl::Time now) const {
  std::optional<absl::Time> next;
  for (const BoundWaiver& waiver : waivers_) {
    const auto change = policy::NextChange(waiver.waiver, now);
    if (change && (!next || *change < *next)) next = change;
  }
  return next;
}

}  // namespace linchpin::policy
