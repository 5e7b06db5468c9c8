#include "services/policy/domain/rules/fallback_rule.h"
#include "services/policy/domain/findings/finding_words.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/route.pb.h"

namespace linchpin::policy {
namespace {

using engine::Truth;
using inventory::v1::Dependency;

// How far in the future a test may be recorded: clocks differ.
constexpr absl::Duration kClockSkew = absl::Minutes(5);
// The next instant that a clock of this resolution can show.
constexpr absl::Duration kTick = absl::Microseconds(1);

std::string DayText(absl::Time time) { return absl::FormatTime("%Y-%m-%d", time, absl::UTCTimeZone()); }

// The place of the alternatives of a route; nothing if `target` is none.
std::optional<DependencyPlace> RouteOf(const engine::Graph& graph, engine::Target target) {
  if (!target.is_consumer()) return std::nullopt;
  const engine::ConsumerView consumer = graph.consumers()[target.consumer()];
  if (consumer.record().kind != engine::ConsumerKind::kRoute || consumer.group_count() == 0)
    return std::nullopt;
  return DependencyPlace{target.consumer(), 0};
}

std::string MissingText(const MissingFacts& missing) {
  std::vector<std::string> parts;
  for (const MissingFact& fact : missing) {
    if (parts.size() == 3) break;
    parts.push_back("`" + fact.path + "` of " + fact.resource);
  }
  return absl::StrJoin(parts, ", ") + (missing.size() > parts.size() ? ", ..." : "") + " unknown";
}

}  // namespace

// Dependencies without enough fallbacks.
struct FallbackEvaluator::Failures {
  int fewest = 0;
  std::vector<std::string> failing;
  std::vector<v1::Explanation::NearMiss> near_misses;
  LikelyFacts facts;  // What they rest on, if they are only likely.

  void Add(std::string name, DependencyVerdict verdict) {
    fewest = failing.empty() ? verdict.certain : std::min(fewest, verdict.certain);
    failing.push_back(std::move(name));
    std::move(verdict.near_misses.begin(), verdict.near_misses.end(), std::back_inserter(near_misses));
    AddLikely(verdict.facts, facts);
  }
};

// What the dependencies of one subject add up to.
struct FallbackEvaluator::Tally {
  SubjectResult result;
  bool anything = false;
  bool indeterminate = false;
  bool nothing_to_replace = false;
  bool leaned = false;  // Some dependency has enough by likely facts alone.
  Failures proven, likely;
};

engine::Dimension EngineDimension(common::v1::Dimension dimension) {
  // The two lists are one, in one order (concepts/concentration); a test holds them together.
  return static_cast<engine::Dimension>(static_cast<int>(dimension) - 1);
}

FallbackEvaluator::FallbackEvaluator(const World& world, Workspace& workspace, const BoundRule& rule)
    : world_(world), rule_(rule), spec_(std::get<FallbackSpec>(rule.spec)), stated_(workspace.stated()) {
  for (const common::v1::Dimension dimension : spec_.different_in) {
    dimensions_.push_back(&workspace.ValuesIn(EngineDimension(dimension)));
  }
}

SubjectResult FallbackEvaluator::Evaluate(std::string_view subject, bool explain) {
  const engine::Graph& graph = world_.graph();
  Tally tally;
  if (rule_.select.kind() == v1::SUBJECT_KIND_DEPENDENCY) {
    if (const auto place = FindDependency(graph, subject)) Count(*place, explain, tally);
  } else if (const auto consumer = graph.consumers().Find(subject)) {
    const uint32_t groups = graph.consumers()[*consumer].group_count();
    for (uint32_t group = 0; group < groups; ++group) Count({*consumer, group}, explain, tally);
  }
  return Conclude(std::move(tally), explain);
}

void FallbackEvaluator::Count(DependencyPlace place, bool explain, Tally& tally) {
  const engine::GroupView group = GroupAt(place);
  if (spec_.essential_only && !group.terms().essential) return;
  if (group.size() > 0 && dimensions_.front()->ValuesOf(group.target(0)).empty()) {
    // A primary that depends on no deployment differs from anything: that says nothing.
    tally.nothing_to_replace = true;
    return;
  }
  tally.anything = true;
  DependencyVerdict verdict = JudgeDependency(place, /*explain=*/false);
  TakeEarlier(tally.result.due, verdict.due);
  if (verdict.enough == Truth::kTrue) {
    TakeEarlier(tally.result.passes_until, verdict.enough_until);
    tally.leaned = tally.leaned || verdict.likely;
    return;
  }
  if (verdict.enough == Truth::kUnknown) {
    tally.indeterminate = true;
    tally.result.missing.insert(tally.result.missing.end(), verdict.missing.begin(), verdict.missing.end());
    return;
  }
  // Near misses are told of those alone that fail: few, of a subject with many dependencies.
  if (explain) verdict = JudgeDependency(place, /*explain=*/true);
  Failures& failures = verdict.likely ? tally.likely : tally.proven;
  failures.Add(explain ? DependencyName(world_.graph(), place) : std::string(), std::move(verdict));
}

engine::GroupView FallbackEvaluator::GroupAt(DependencyPlace place) const {
  return world_.graph().consumers()[place.consumer].group(place.group);
}

std::vector<FallbackEvaluator::Candidate> FallbackEvaluator::CandidatesOf(DependencyPlace place) const {
  std::vector<Candidate> candidates;
  const auto add_later_ones = [&](DependencyPlace at) {
    const engine::GroupView group = GroupAt(at);
    for (uint32_t k = 1; k < group.size(); ++k) candidates.push_back({group.target(k), at, k});
  };
  const engine::GroupView group = GroupAt(place);
  if (group.size() > 0) {
    if (const auto route = RouteOf(world_.graph(), group.target(0))) add_later_ones(*route);
  }
  add_later_ones(place);
  return candidates;
}

const Dependency::Alternative* FallbackEvaluator::Read(const Candidate& candidate) {
  const engine::ConsumerView holder = world_.graph().consumers()[candidate.place.consumer];
  const int at = static_cast<int>(candidate.alternative);
  if (holder.record().kind == engine::ConsumerKind::kRoute) {
    const auto route = world_.view().Parse<inventory::v1::Route>(holder.name());
    if (!route || at >= route->alternatives_size()) return nullptr;
    of_route_ = route->alternatives(at);
    return &of_route_;
  }
  const Dependency* const document = stated_.Of(candidate.place);
  if (document == nullptr || at >= document->alternatives_size()) return nullptr;
  return &document->alternatives(at);
}

std::string FallbackEvaluator::DocumentOf(const Candidate& candidate) const {
  const engine::ConsumerView holder = world_.graph().consumers()[candidate.place.consumer];
  if (holder.record().kind == engine::ConsumerKind::kRoute) return std::string(holder.name());
  return DependencyName(world_.graph(), candidate.place);
}

FallbackEvaluator::CandidateVerdict FallbackEvaluator::JudgeCandidate(engine::Target primary,
                                                                      const Candidate& candidate,
                                                                      bool explain,
                                                                      DependencyVerdict& verdict) {
  CandidateVerdict judged = JudgeDifference(primary, candidate.target, explain);
  if (judged.will_do != Truth::kFalse && spec_.tested_within) {
    if (const auto* stated = Read(candidate)) JudgeTest(*stated, candidate, judged, verdict.due);
  }
  if (judged.will_do == Truth::kUnknown && rule_.on_unknown != v1::UNKNOWN_HANDLING_INDETERMINATE)
    judged.will_do = judged.proven = engine::Known(rule_.on_unknown == v1::UNKNOWN_HANDLING_IGNORE);
  return judged;
}

FallbackEvaluator::DependencyVerdict FallbackEvaluator::JudgeDependency(DependencyPlace place, bool explain) {
  DependencyVerdict verdict;
  std::vector<CandidateVerdict> judged;
  for (const Candidate& candidate : CandidatesOf(place)) {
    const CandidateVerdict& one =
        judged.emplace_back(JudgeCandidate(GroupAt(place).target(0), candidate, explain, verdict));
    verdict.missing.insert(verdict.missing.end(), one.missing.begin(), one.missing.end());
    if (!explain || one.will_do == Truth::kTrue) continue;
    v1::Explanation::NearMiss& near_miss = verdict.near_misses.emplace_back();
    near_miss.set_dependency(DependencyName(world_.graph(), place));
    near_miss.set_candidate(std::string(world_.graph().NameOf(candidate.target)));
    near_miss.set_reason(one.reason);
  }
  Decide(judged, verdict);
  if (explain && judged.empty()) {
    v1::Explanation::NearMiss& near_miss = verdict.near_misses.emplace_back();
    near_miss.set_dependency(DependencyName(world_.graph(), place));
    near_miss.set_reason("there is no alternative besides the primary");
  }
  return verdict;
}

void FallbackEvaluator::Decide(const std::vector<CandidateVerdict>& candidates,
                               DependencyVerdict& verdict) const {
  int possible = 0, proven_certain = 0, proven_possible = 0;
  std::vector<absl::Time> ends;
  for (const CandidateVerdict& candidate : candidates) {
    verdict.certain += candidate.will_do == Truth::kTrue ? 1 : 0;
    possible += candidate.will_do != Truth::kFalse ? 1 : 0;
    proven_certain += candidate.proven == Truth::kTrue ? 1 : 0;
    proven_possible += candidate.proven != Truth::kFalse ? 1 : 0;
    if (candidate.will_do == Truth::kTrue) ends.push_back(candidate.until);
    AddLikely(candidate.facts, verdict.facts);
  }
  verdict.enough_until = EnoughUntil(std::move(ends));
  if (verdict.certain >= spec_.min_count) {
    verdict.likely = proven_certain < spec_.min_count;
  } else if (possible < spec_.min_count) {
    verdict.enough = Truth::kFalse;
    verdict.likely = proven_possible >= spec_.min_count;
  } else {
    verdict.enough = Truth::kUnknown;
  }
  if (!verdict.likely) verdict.facts.clear();
}

FallbackEvaluator::CandidateVerdict FallbackEvaluator::JudgeDifference(engine::Target primary,
                                                                       engine::Target candidate,
                                                                       bool explain) {
  CandidateVerdict verdict;
  std::vector<std::string> same, open;
  for (size_t i = 0; i < dimensions_.size(); ++i) {
    TargetDimension& dimension = *dimensions_[i];
    const TargetValues& mine = dimension.ValuesOf(primary);
    const TargetValues& other = dimension.ValuesOf(candidate);
    if (other.empty()) {
      verdict.will_do = verdict.proven = Truth::kFalse;
      verdict.missing.clear();
      verdict.reason = "it depends on no deployment";
      return verdict;
    }
    const Truth proven = dimension.Differ(mine, other, /*likely=*/false);
    const bool more = proven == Truth::kUnknown && world_.knowledge().has_likely();
    const FactDecision decision = DecideByFacts(
        rule_.assurance, proven, more ? dimension.Differ(mine, other, /*likely=*/true) : Truth::kUnknown);
    verdict.proven = engine::And(verdict.proven, proven);
    verdict.will_do = engine::And(verdict.will_do, decision.truth);
    if (decision.likely) AddLikely(dimension.Likely(mine, other), verdict.facts);
    const std::string word = explain ? DimensionWords(spec_.different_in[i]) : "";
    if (decision.truth == Truth::kFalse && explain) {
      same.push_back((decision.likely ? "probably same " : "same ") + word + " " +
                     dimension.Shared(mine, other));
    } else if (decision.truth == Truth::kUnknown) {
      const MissingFacts missing = dimension.Missing(mine, other);
      if (explain) open.push_back(word + " indeterminate: " + MissingText(missing));
      verdict.missing.insert(verdict.missing.end(), missing.begin(), missing.end());
    }
    if (proven == Truth::kFalse && !explain) break;
  }
  if (verdict.will_do == Truth::kFalse) verdict.missing.clear();
  verdict.reason = absl::StrJoin(same.empty() ? open : same, "; ");
  return verdict;
}

void FallbackEvaluator::JudgeTest(const Dependency::Alternative& stated, const Candidate& candidate,
                                  CandidateVerdict& verdict, std::optional<absl::Time>& due) const {
  const auto fail = [&](std::string reason) {
    verdict.will_do = verdict.proven = Truth::kFalse;
    verdict.missing.clear();
    verdict.reason = std::move(reason);
  };
  const Dependency::TestRecord& test = stated.last_test();
  if (!stated.has_last_test()) return fail("no test is recorded");
  const absl::Time time =
      absl::FromUnixSeconds(test.time().seconds()) + absl::Nanoseconds(test.time().nanos());
  if (test.result() == Dependency::TestRecord::RESULT_FAIL)
    return fail("the last test failed on " + DayText(time));
  if (!test.has_time() || test.result() == Dependency::TestRecord::RESULT_UNSPECIFIED) {
    verdict.will_do = engine::And(verdict.will_do, Truth::kUnknown);
    verdict.proven = engine::And(verdict.proven, Truth::kUnknown);
    const std::string path = absl::StrCat("alternatives[", candidate.alternative, "].last_test.",
                                          test.has_time() ? "result" : "time");
    verdict.missing.push_back({DocumentOf(candidate), path});
    verdict.reason = "`" + path + "` is unknown";
    return;
  }
  if (time > world_.now() + kClockSkew) {
    TakeEarlier(due, time - kClockSkew);
    return fail("the last test is recorded for " + DayText(time) + ", in the future");
  }
  const absl::Time last = time + *spec_.tested_within;
  if (world_.now() > last) {
    return fail("the last test, on " + DayText(time) + ", is older than " +
                absl::StrCat(absl::ToInt64Hours(*spec_.tested_within) / 24, " days"));
  }
  TakeEarlier(due, last + kTick);
  verdict.until = last;
}

std::optional<absl::Time> FallbackEvaluator::EnoughUntil(std::vector<absl::Time> ends) const {
  if (static_cast<int>(ends.size()) < spec_.min_count || spec_.min_count < 1) return std::nullopt;
  const auto last_needed = ends.begin() + (spec_.min_count - 1);
  std::nth_element(ends.begin(), last_needed, ends.end(), std::greater<>());
  if (*last_needed == absl::InfiniteFuture()) return std::nullopt;
  return *last_needed;
}

SubjectResult FallbackEvaluator::Conclude(Tally tally, bool explain) const {
  SubjectResult result = std::move(tally.result);
  if (!tally.anything) {
    result.outcome = v1::OUTCOME_NO_DATA;
    return result;
  }
  const bool proven = !tally.proven.failing.empty();
  if (!proven && tally.likely.failing.empty()) {
    result.outcome = tally.indeterminate        ? v1::OUTCOME_INDETERMINATE
                     : tally.nothing_to_replace ? v1::OUTCOME_NO_DATA
                                                : v1::OUTCOME_PASS;
    result.likely = result.outcome == v1::OUTCOME_PASS && tally.leaned;
    SortUnique(result.missing);
    return result;
  }
  result.missing.clear();
  result.outcome = v1::OUTCOME_VIOLATION;
  result.violation_count = 1;
  result.likely = !proven;
  // What is only likely does not dilute what is proven.
  if (explain) result.violations.push_back(Explain(std::move(proven ? tally.proven : tally.likely), !proven));
  return result;
}

Violation FallbackEvaluator::Explain(Failures failures, bool likely) const {
  Violation violation;
  violation.likely = likely;
  const size_t related = std::min<size_t>(failures.failing.size(), kRelatedMax);
  violation.related.assign(failures.failing.begin(), failures.failing.begin() + related);
  const size_t near_misses = std::min<size_t>(failures.near_misses.size(), kNearMissesMax);
  for (size_t i = 0; i < near_misses; ++i) {
    *violation.explanation.add_near_misses() = std::move(failures.near_misses[i]);
  }
  for (const engine::FactRef& fact : failures.facts) {
    if (violation.explanation.facts_size() == kFactsMax) break;
    *violation.explanation.add_facts() = world_.FactUsed(fact, /*likely=*/true);
  }
  std::vector<std::string> words;
  for (const common::v1::Dimension dimension : spec_.different_in) words.push_back(DimensionWords(dimension));
  const size_t shown = std::min<size_t>(failures.failing.size(), 3);
  std::string dependencies = absl::StrJoin(failures.failing.begin(), failures.failing.begin() + shown, ", ");
  if (failures.failing.size() > shown)
    absl::StrAppend(&dependencies, " and ", failures.failing.size() - shown, " more");
  violation.evidence.texts = {{"dependencies", dependencies}, {"dimensions", absl::StrJoin(words, ", ")}};
  violation.evidence.numbers = {{"min", spec_.min_count},
                                {"found", failures.fewest},
                                {"failing", static_cast<double>(failures.failing.size())}};
  return violation;
}

}  // namespace linchpin::policy
