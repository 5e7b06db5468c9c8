#include "services/policy/domain/incremental/rule_ledger.h"

#include <algorithm>

#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/rules/supply_walk.h"

namespace linchpin::policy {

void RulePart::Skip(std::string_view, bool is_likely) {
  ++counts[v1::OUTCOME_NOT_APPLICABLE];
  likely[v1::OUTCOME_NOT_APPLICABLE] += is_likely ? 1 : 0;
}

void RulePart::Take(std::string_view subject, SubjectResult result) {
  ++counts[result.outcome];
  likely[result.outcome] += result.likely ? 1 : 0;
  violations += result.violation_count;
  entries.push_back({subject, std::move(result)});
}

RuleLedger::RuleLedger(const BoundPolicy& policy, size_t place, GapLedger& gaps, const Limits& limits)
    : policy_(policy),
      rule_(policy.rules[place]),
      place_(place),
      gaps_(gaps),
      limits_(limits),
      passes_(limits.pass_instants_max) {}

RuleOutcome RuleLedger::Outcome() const {
  RuleOutcome outcome{policy_.assignment, policy_.policy, rule_.id, counts_, likely_, {}};
  int64_t asked = 0;
  for (int i = 0; i < RuleOutcome::kOutcomes; ++i) asked += i == v1::OUTCOME_NOT_APPLICABLE ? 0 : counts_[i];
  // An empty population is no pass.
  if (asked == 0) outcome.counts[v1::OUTCOME_NO_DATA] = 1;
  if (passes_.first() != absl::InfiniteFuture()) outcome.passes_until = passes_.first();
  return outcome;
}

void RuleLedger::Skip(bool likely) {
  ++counts_[v1::OUTCOME_NOT_APPLICABLE];
  likely_[v1::OUTCOME_NOT_APPLICABLE] += likely ? 1 : 0;
}

void RuleLedger::Begin(std::string_view subject, SubjectResult result, const replica::View& view,
                       FindingStep& step) {
  ++counts_[result.outcome];
  likely_[result.outcome] += result.likely ? 1 : 0;
  violations_ += result.violation_count;
  if (result.outcome == v1::OUTCOME_PASS && result.passes_until) passes_.Add(*result.passes_until);
  if (!result.violations.empty()) Keep(subject, result.violations, step);
  if (result.outcome == v1::OUTCOME_INDETERMINATE) gaps_.Add(rule_, place_, subject, result, view);
  if (result.outcome != v1::OUTCOME_ERROR) return;
  if (counts_[v1::OUTCOME_ERROR] == 1) error_ = result.error;
  if (error_subjects_.size() < kRelatedMax) error_subjects_.emplace_back(subject);
}

void RuleLedger::Finish(int64_t visits, FindingStep& step) {
  visits_ = visits;
  Summarize(step);
  if (!has_errors()) return;
  step.found.push_back(ErrorFinding(policy_.assignment, policy_.policy, rule_.id, rule_.severity, error_,
                                    error_subjects_, counts_[v1::OUTCOME_ERROR]));
}

void RuleLedger::Keep(std::string_view subject, std::vector<Violation>& violations, FindingStep& step) {
  std::vector<std::string>& names = kept_[std::string(subject)];
  for (Violation& violation : violations) {
    if (!has_room()) break;
    ++kept_count_;
    step.found.push_back(ViolationFinding(policy_, rule_, subject, std::move(violation)));
    names.push_back(step.found.back().name());
  }
  if (names.empty()) kept_.erase(kept_.find(subject));
}

void RuleLedger::Summarize(FindingStep& step) {
  const bool more = violations_ > kept_count_;
  v1::Finding summary =
      SummaryFinding(policy_.assignment, policy_.policy, rule_.id, rule_.severity, kept_count_, violations_);
  if (more) {
    step.found.push_back(std::move(summary));
  } else if (summarized_) {
    step.gone.push_back(summary.name());
  }
  summarized_ = more;
}

void RuleLedger::Count(const RulePart& part, int64_t sign) {
  for (int i = 0; i < RuleOutcome::kOutcomes; ++i) {
    counts_[i] += sign * part.counts[i];
    likely_[i] += sign * part.likely[i];
  }
  violations_ += sign * part.violations;
  visits_ += sign * part.visits;
}

bool RuleLedger::Replace(const RulePart& before, RulePart& after, const replica::View& view_before,
                         const replica::View& view_after, FindingStep& step) {
  const bool was_more = violations_ > kept_count_;
  Count(before, -1);
  Count(after, 1);
  if (has_errors() || before.counts[v1::OUTCOME_ERROR] > 0 || visits_ > SubjectWalk::kVisitsMax) return false;
  // How many violations each subject had.
  std::map<std::string_view, int64_t> counts;
  for (const RulePart::Entry& entry : before.entries) {
    const SubjectResult& result = entry.result;
    if (result.violation_count > 0) counts[entry.subject] = result.violation_count;
    if (result.outcome == v1::OUTCOME_PASS && result.passes_until) passes_.Remove(*result.passes_until);
    if (result.outcome == v1::OUTCOME_INDETERMINATE)
      gaps_.Remove(rule_, place_, entry.subject, result, view_before);
  }
  for (RulePart::Entry& entry : after.entries) {
    SubjectResult& result = entry.result;
    if (result.outcome == v1::OUTCOME_PASS && result.passes_until) passes_.Add(*result.passes_until);
    if (result.outcome == v1::OUTCOME_INDETERMINATE)
      gaps_.Add(rule_, place_, entry.subject, result, view_after);
    const auto had = counts.find(entry.subject);
    const int64_t count = had == counts.end() ? 0 : had->second;
    if (count == 0 && result.violation_count == 0) continue;
    if (!TakeFindings(entry.subject, count, result, step)) return false;
    if (had != counts.end()) counts.erase(had);
  }
  // Those that are skipped now, or do not exist any more.
  for (const auto& [subject, count] : counts) {
    SubjectResult nothing;
    if (!TakeFindings(subject, count, nothing, step)) return false;
  }
  if (!passes_.is_known()) return false;
  // What is kept was all there was, and is so still, or the rest lies beyond it.
  if (!was_more && violations_ > kept_count_) return false;
  if (was_more || summarized_) Summarize(step);
  return true;
}

bool RuleLedger::TakeFindings(std::string_view subject, int64_t before, SubjectResult& result,
                              FindingStep& step) {
  const auto kept = kept_.find(subject);
  const auto names = kept == kept_.end() ? std::vector<std::string>() : kept->second;
  if (summarized_) {
    const bool beyond = kept == kept_.end() && !kept_.empty() && subject > kept_.rbegin()->first;
    if (beyond) return true;
    if (result.violation_count != before || static_cast<int64_t>(names.size()) != before) return false;
  }
  if (kept != kept_.end()) kept_.erase(kept);
  kept_count_ -= static_cast<int64_t>(names.size());
  const size_t from = step.found.size();
  if (!result.violations.empty()) Keep(subject, result.violations, step);
  for (const std::string& name : names) {
    const bool still = std::any_of(step.found.begin() + static_cast<std::ptrdiff_t>(from), step.found.end(),
                                   [&name](const v1::Finding& finding) { return finding.name() == name; });
    if (!still) step.gone.push_back(name);
  }
  return true;
}

}  // namespace linchpin::policy
