#include "services/policy/domain/rules/evaluation.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/findings/finding_owners.h"
#include "services/policy/domain/rules/population_rules.h"
#include "services/policy/domain/rules/rule_asker.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {
namespace {

// One run over all policies.
class Run {
 public:
  Run(const replica::View& view, const EvaluationOptions& options)
      : options_(options),
        knowledge_(options.knowledge != nullptr
                       ? options.knowledge
                       : engine::Knowledge::Create(view.shared_graph(), options.disabled_rules)),
        world_(view, *knowledge_, options.now),
        judges_(knowledge_),
        workspace_(world_, judges_),
        selections_(world_),
        populations_(world_, selections_, options.past.get()) {
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
      StampFinding(evaluation_, finding);
      finding.set_owner(owners.Of(finding));
    }
    return std::move(evaluation_);
  }

 private:
  void AddSelectors(const AssignedPolicy& policy) {
    if (!policy.bound.ok()) return;
    for (const BoundRule& rule : policy.bound->rules) selections_.Add(SelectorOf(rule));
  }

  void EvaluatePolicy(const BoundPolicy& policy) {
    DataGaps gaps(world_.view());
    for (const BoundRule& rule : policy.rules) {
      RuleOutcome outcome{policy.assignment, policy.policy, rule.id, {}, {}, {}};
      RuleTally tally;
      evaluation_.watched.Begin(policy.assignment, rule.id);
      if (IsOverPopulation(rule)) {
        Take(policy, rule, policy.assignment, populations_.Evaluate(rule, true), gaps, outcome, tally);
      } else {
        Sink sink(*this, policy, rule, gaps, outcome, tally);
        const Asked asked = AskSubjects(world_, workspace_, selections_, rule, options_.cancelled, sink);
        cancelled_ = asked.cancelled;
        // An empty population is no pass.
        if (!asked.any) Count(policy, rule, policy.assignment, v1::OUTCOME_NO_DATA, false, outcome);
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

  // Of one rule.
  class Sink : public OutcomeSink {
   public:
    Sink(Run& run, const BoundPolicy& policy, const BoundRule& rule, DataGaps& gaps, RuleOutcome& outcome,
         RuleTally& tally)
        : run_(run), policy_(policy), rule_(rule), gaps_(gaps), outcome_(outcome), tally_(tally) {}
    bool WantsViolations() const override { return tally_.kept < run_.options_.findings_max; }
    void Skip(std::string_view subject, bool likely) override {
      run_.Count(policy_, rule_, subject, v1::OUTCOME_NOT_APPLICABLE, likely, outcome_);
      run_.evaluation_.watched.Note(subject, {v1::OUTCOME_NOT_APPLICABLE, false, false});
    }
    void Take(std::string_view subject, SubjectResult result) override {
      run_.Take(policy_, rule_, subject, std::move(result), gaps_, outcome_, tally_);
    }

   private:
    Run& run_;
    const BoundPolicy& policy_;
    const BoundRule& rule_;
    DataGaps& gaps_;
    RuleOutcome& outcome_;
    RuleTally& tally_;
  };

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

  const EvaluationOptions& options_;
  const std::shared_ptr<const engine::Knowledge> knowledge_;
  const World world_;
  Judges judges_;
  Workspace workspace_;
  Selections selections_;
  PopulationRules populations_;
  Evaluation evaluation_;
  int64_t rule_count_ = 0;
  bool cancelled_ = false;
};

}  // namespace

v1::Certainty CertaintyOf(v1::Outcome outcome, bool likely) {
  if (outcome == v1::OUTCOME_INDETERMINATE) return v1::CERTAINTY_OPEN;
  return likely ? v1::CERTAINTY_LIKELY : v1::CERTAINTY_PROVEN;
}

void StampFinding(const Evaluation& evaluation, v1::Finding& finding) {
  finding.set_policy_revision(evaluation.policy_revision);
  v1::Explanation& explanation = *finding.mutable_explanation();
  explanation.set_inventory_revision(evaluation.inventory_revision);
  explanation.set_policy_revision(evaluation.policy_revision);
  SetTime(evaluation.now, explanation.mutable_evaluated_time());
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
