#include "services/policy/domain/rules/evaluation.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/findings/finding_owners.h"
#include "services/policy/domain/rules/attribute_rule.h"
#include "services/policy/domain/rules/concentration_rule.h"
#include "services/policy/domain/rules/fallback_rule.h"
#include "services/policy/domain/rules/freshness_rule.h"
#include "services/policy/domain/rules/lineage_rule.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {
namespace {

using engine::Truth;

// How often a long loop asks whether it is still wanted.
constexpr size_t kCancelEvery = 4096;

// Puts likely facts on which a result rests beside its own.
void RestOn(const World& world, const LikelyFacts& facts, SubjectResult& result) {
  result.likely = true;
  for (Violation& violation : result.violations) {
    violation.likely = true;
    for (const engine::FactRef& fact : facts) {
      if (violation.explanation.facts_size() == kFactsMax) break;
      *violation.explanation.add_facts() = world.FactUsed(fact, /*likely=*/true);
    }
  }
}

// What is left of an outcome for a subject of which proven facts do not say whether the rule is asked of it:
// what likely facts say, as far as the assignment lets them, else at best INDETERMINATE.
void WeakenBySelection(const World& world, const BoundRule& rule, const Selection& selection, uint32_t place,
                       SubjectResult& result) {
  if (rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION || result.outcome == v1::OUTCOME_ERROR ||
      result.outcome == v1::OUTCOME_NOT_APPLICABLE)
    return;
  const auto likely = selection.likely.find(place);
  const bool selected = likely != selection.likely.end() && likely->second.truth == Truth::kTrue;
  const bool against = result.outcome == v1::OUTCOME_VIOLATION;
  const FactDecision decision = DecideByFacts(rule.assurance, Truth::kUnknown,
                                              !selected ? Truth::kUnknown
                                              : against ? Truth::kFalse
                                                        : Truth::kTrue);
  if (decision.likely && result.outcome == v1::OUTCOME_INDETERMINATE) return;
  if (decision.likely) return RestOn(world, likely->second.facts, result);
  result.outcome = v1::OUTCOME_INDETERMINATE;
  result.likely = false;
  result.violation_count = 0;
  result.violations.clear();
  const MissingFacts& unselected = selection.missing.at(place);
  result.missing.insert(result.missing.end(), unselected.begin(), unselected.end());
  SortUnique(result.missing);
}

// Do likely facts leave the subject out, where the assignment lets them?
bool IsProbablyOut(const BoundRule& rule, const Selection& selection, uint32_t place) {
  const auto likely = selection.likely.find(place);
  return rule.assurance == v1::ASSURANCE_LIKELY && likely != selection.likely.end() &&
         likely->second.truth == Truth::kFalse;
}

// One run over all policies.
class Run {
 public:
  Run(const replica::View& view, const EvaluationOptions& options)
      : options_(options),
        knowledge_(options.knowledge != nullptr
                       ? options.knowledge
                       : engine::Knowledge::Create(view.shared_graph(), options.disabled_rules)),
        world_(view, *knowledge_, options.now),
        selections_(world_),
        concentration_(world_, selections_) {
    evaluation_.inventory_revision = view.revision();
    evaluation_.policy_revision = options.policy_revision;
    evaluation_.now = options.now;
    if (options.watch != nullptr) evaluation_.watched = OutcomeWatch(*options.watch);
  }

  absl::StatusOr<Evaluation> Evaluate(const std::vector<AssignedPolicy>& policies) {
    for (const AssignedPolicy& policy : policies) AddSelectors(policy);
    for (const AssignedPolicy& policy : policies) rule_count_ += static_cast<int64_t>(policy.rules.size());
    selections_.Run();
    for (const AssignedPolicy& policy : policies) {
      policy.bound.ok() ? EvaluatePolicy(*policy.bound) : Refuse(policy);
      if (cancelled_) return absl::CancelledError("the caller has gone");
    }
    SortGravestFirst(evaluation_.findings);
    FindingOwners owners(world_.view());
    for (const AssignedPolicy& policy : policies) owners.AddAssignment(policy.assignment, policy.owner);
    for (v1::Finding& finding : evaluation_.findings) {
      Stamp(finding);
      finding.set_owner(owners.Of(finding));
    }
    return std::move(evaluation_);
  }

 private:
  void AddSelectors(const AssignedPolicy& policy) {
    if (!policy.bound.ok()) return;
    for (const BoundRule& rule : policy.bound->rules) {
      const auto* concentration = std::get_if<ConcentrationSpec>(&rule.spec);
      selections_.Add(concentration != nullptr ? concentration->over : rule.select);
    }
  }

  void EvaluatePolicy(const BoundPolicy& policy) {
    DataGaps gaps(world_.view());
    for (const BoundRule& rule : policy.rules) {
      RuleOutcome outcome{policy.assignment, policy.policy, rule.id, {}, {}, {}};
      RuleTally tally;
      evaluation_.watched.Begin(policy.assignment, rule.id);
      if (std::holds_alternative<LineageSpec>(rule.spec)) {
        LineageEvaluator evaluator(world_, rule);
        AskSubjects(policy, rule, evaluator, gaps, outcome, tally);
      } else if (std::holds_alternative<FallbackSpec>(rule.spec)) {
        FallbackEvaluator evaluator(world_, rule);
        AskSubjects(policy, rule, evaluator, gaps, outcome, tally);
      } else if (std::holds_alternative<AttributeSpec>(rule.spec)) {
        AttributeEvaluator evaluator(world_, rule);
        AskSubjects(policy, rule, evaluator, gaps, outcome, tally);
      } else if (std::holds_alternative<FreshnessSpec>(rule.spec)) {
        FreshnessEvaluator evaluator(world_, rule);
        AskSubjects(policy, rule, evaluator, gaps, outcome, tally);
      } else {
        Take(policy, rule, policy.assignment, concentration_.Evaluate(rule, true), gaps, outcome, tally);
      }
      Conclude(policy, rule, tally);
      evaluation_.rules.push_back(std::move(outcome));
      if (cancelled_) return;
      if (options_.progress) options_.progress(static_cast<int64_t>(evaluation_.rules.size()), rule_count_);
    }
    DataGapFindings found = gaps.Findings(policy, options_.findings_max, options_.watch);
    std::move(found.kept.begin(), found.kept.end(), std::back_inserter(evaluation_.findings));
    evaluation_.gaps.merge(found.members);
    evaluation_.gaps_cut.merge(found.cut);
  }

  struct RuleTally {
    int64_t kept = 0;
    int64_t violations = 0;
    int64_t errors = 0;
    std::string error;
    std::vector<std::string> error_subjects;
  };

  template <typename Evaluator>
  void AskSubjects(const BoundPolicy& policy, const BoundRule& rule, Evaluator& evaluator, DataGaps& gaps,
                   RuleOutcome& outcome, RuleTally& tally) {
    const std::vector<std::string_view>& names = selections_.Names(rule.select.kind());
    const Selection& selection = selections_.Of(rule.select);
    bool asked = false;
    for (size_t place = 0; place < names.size(); ++place) {
      if (place % kCancelEvery == 0 && options_.cancelled && options_.cancelled()) {
        cancelled_ = true;
        return;
      }
      const Truth selected = selection.at(place);
      const auto at = static_cast<uint32_t>(place);
      const bool ignored = selected == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE;
      const bool out = selected == Truth::kUnknown && IsProbablyOut(rule, selection, at);
      if (selected == Truth::kFalse || ignored || out) {
        Count(policy, rule, names[place], v1::OUTCOME_NOT_APPLICABLE, out, outcome);
        evaluation_.watched.Note(names[place], {v1::OUTCOME_NOT_APPLICABLE, false, false});
        continue;
      }
      SubjectResult result = evaluator.Evaluate(names[place], tally.kept < options_.findings_max);
      asked = asked || result.outcome != v1::OUTCOME_NOT_APPLICABLE;
      if (selected == Truth::kUnknown) WeakenBySelection(world_, rule, selection, at, result);
      Take(policy, rule, names[place], std::move(result), gaps, outcome, tally);
    }
    // An empty population is no pass.
    if (!asked) Count(policy, rule, policy.assignment, v1::OUTCOME_NO_DATA, false, outcome);
  }

  void Take(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject, SubjectResult result,
            DataGaps& gaps, RuleOutcome& outcome, RuleTally& tally) {
    Count(policy, rule, subject, result.outcome, result.likely, outcome);
    TakeEarlier(evaluation_.due, result.due);
    if (result.outcome == v1::OUTCOME_PASS) TakeEarlier(outcome.passes_until, result.passes_until);
    tally.violations += result.violation_count;
    int64_t kept = 0;
    for (Violation& violation : result.violations) {
      if (tally.kept == options_.findings_max) break;
      ++tally.kept;
      ++kept;
      evaluation_.findings.push_back(ViolationFinding(policy, rule, subject, std::move(violation)));
    }
    evaluation_.watched.Note(subject, {result.outcome, result.open, kept < result.violation_count});
    if (result.outcome == v1::OUTCOME_INDETERMINATE) gaps.Add(rule, subject, result);
    if (result.outcome != v1::OUTCOME_ERROR) return;
    if (tally.errors++ == 0) tally.error = result.error;
    if (tally.error_subjects.size() < kRelatedMax) tally.error_subjects.emplace_back(subject);
  }

  void Conclude(const BoundPolicy& policy, const BoundRule& rule, const RuleTally& tally) {
    if (tally.violations > tally.kept) {
      evaluation_.findings.push_back(SummaryFinding(policy.assignment, policy.policy, rule.id, rule.severity,
                                                    tally.kept, tally.violations));
    }
    if (tally.errors > 0) {
      evaluation_.findings.push_back(ErrorFinding(policy.assignment, policy.policy, rule.id, rule.severity,
                                                  tally.error, tally.error_subjects, tally.errors));
    }
  }

  // An assignment that cannot be bound to its policy is not skipped: each rule is an error.
  void Refuse(const AssignedPolicy& policy) {
    for (size_t i = 0; i < policy.rules.size(); ++i) {
      RuleOutcome outcome{policy.assignment, policy.policy, policy.rules[i], {}, {}, {}};
      outcome.counts[v1::OUTCOME_ERROR] = 1;
      evaluation_.rules.push_back(std::move(outcome));
      evaluation_.findings.push_back(ErrorFinding(policy.assignment, policy.policy, policy.rules[i],
                                                  policy.severities[i],
                                                  std::string(policy.bound.status().message()), {}, 0));
    }
  }

  void Count(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject, v1::Outcome outcome,
             bool likely, RuleOutcome& counted) {
    ++counted.counts[outcome];
    counted.likely[outcome] += likely ? 1 : 0;
    if (static_cast<int64_t>(evaluation_.outcomes.size()) >= options_.outcomes_max) return;
    auto& entry = evaluation_.outcomes.emplace_back();
    entry.set_assignment(policy.assignment);
    entry.set_rule(rule.id);
    entry.set_subject(std::string(subject));
    entry.set_outcome(outcome);
    entry.set_certainty(CertaintyOf(outcome, likely));
  }

  void Stamp(v1::Finding& finding) const {
    finding.set_policy_revision(evaluation_.policy_revision);
    v1::Explanation& explanation = *finding.mutable_explanation();
    explanation.set_inventory_revision(evaluation_.inventory_revision);
    explanation.set_policy_revision(evaluation_.policy_revision);
    SetTime(evaluation_.now, explanation.mutable_evaluated_time());
  }

  const EvaluationOptions& options_;
  const std::shared_ptr<const engine::Knowledge> knowledge_;
  const World world_;
  Selections selections_;
  ConcentrationEvaluator concentration_;
  Evaluation evaluation_;
  int64_t rule_count_ = 0;
  bool cancelled_ = false;
};

}  // namespace

v1::Certainty CertaintyOf(v1::Outcome outcome, bool likely) {
  if (outcome == v1::OUTCOME_INDETERMINATE) return v1::CERTAINTY_OPEN;
  return likely ? v1::CERTAINTY_LIKELY : v1::CERTAINTY_PROVEN;
}

AssignedPolicy Assign(const v1::Policy& policy, const v1::Assignment& assignment,
                      const JurisdictionSets& sets) {
  AssignedPolicy assigned{assignment.name(), policy.name(), {}, {}, BindPolicy(policy, assignment, sets),
                          assignment.owner()};
  if (assignment.has_max_waiver_duration())
    assigned.waiver_max = absl::Seconds(assignment.max_waiver_duration().seconds());
  assigned.mode = ModeOf(assignment);
  for (const v1::Rule& rule : policy.rules()) {
    assigned.rules.push_back(rule.id());
    assigned.severities.push_back(SeverityOf(rule, assignment));
  }
  return assigned;
}

absl::StatusOr<Evaluation> Evaluate(const replica::View& view, const std::vector<AssignedPolicy>& policies,
                                    const EvaluationOptions& options) {
  return Run(view, options).Evaluate(policies);
}

}  // namespace linchpin::policy
