#include "services/policy/domain/rules/evaluation.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>

#include "services/base/error.h"
#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/findings/finding_owners.h"
#include "services/policy/domain/findings/gap_tally.h"
#include "services/policy/domain/inquiry/assigned_rules.h"
#include "services/policy/domain/inquiry/inquiry.h"
#include "services/policy/domain/inquiry/questions.h"
#include "services/policy/domain/rules/population_rules.h"
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
        selections_(world_),
        populations_(world_, selections_, options.past.get()) {
    evaluation_.inventory_revision = view.revision();
    evaluation_.policy_revision = options.policy_revision;
    evaluation_.now = options.now;
    if (options.watch != nullptr) evaluation_.watched = OutcomeWatch(*options.watch);
  }

  absl::StatusOr<Evaluation> Evaluate(const std::vector<AssignedPolicy>& policies) {
    for (const AssignedPolicy& policy : policies) AddRules(policy);
    selections_.Run();
    if (!Inquire()) return absl::CancelledError("the caller has gone");
    size_t first = 0;
    for (const AssignedPolicy& policy : policies) {
      if (!policy.bound.ok()) {
        Refuse(policy);
        continue;
      }
      ConcludePolicy(*policy.bound, first);
      first += policy.bound->rules.size();
    }
    std::vector<v1::Finding> found = FindingsOf(rules_, outcomes_, options_.threads);
    std::move(found.begin(), found.end(), std::back_inserter(evaluation_.findings));
    SortGravestFirst(evaluation_.findings);
    FindingOwners owners(world_.view());
    for (const AssignedPolicy& policy : policies) owners.AddAssignment(policy.assignment, policy.owner);
    for (v1::Finding& finding : evaluation_.findings) {
      StampFinding(evaluation_, finding);
      finding.set_owner(owners.Of(finding));
    }
    if (options_.progress) options_.progress(rule_count_, rule_count_);
    return std::move(evaluation_);
  }

 private:
  void AddRules(const AssignedPolicy& policy) {
    rule_count_ += static_cast<int64_t>(policy.rules.size());
    if (!policy.bound.ok()) return;
    for (size_t place = 0; place < policy.bound->rules.size(); ++place) {
      const BoundRule& rule = rules_.emplace_back(AssignedRule{&*policy.bound, place}).rule();
      if (rule.over_population) selections_.Add(SelectorOf(rule));
    }
  }

  // False: cancelled.
  bool Inquire() {
    const std::vector<const BoundRule*> rules = BoundRulesOf(rules_);
    const Questions questions(rules, /*apart=*/options_.outcomes_max > 0);
    Judges judges(knowledge_);
    const std::shared_ptr<const ResourceUse> use =
        AsksUse(rules) ? std::make_shared<const ResourceUse>(world_.graph(), *knowledge_) : nullptr;
    auto scopes = policy::Inquire(world_, questions, judges, use, OptionsFor(questions));
    if (!scopes) return false;
    scopes_ = *std::move(scopes);
    for (size_t i = 0; i < rules_.size(); ++i)
      outcomes_.push_back(rules[i]->over_population ? &SumUp(rules_[i]) : &scopes_[questions.ScopeOf(i)]);
    return true;
  }

  InquiryOptions OptionsFor(const Questions& questions) {
    InquiryOptions options;
    options.limits.findings_max = options_.findings_max;
    options.threads = options_.threads;
    options.cancelled = options_.cancelled;
    if (options_.watch != nullptr) options.watched = WatchedBy(questions, rules_, evaluation_.watched);
    if (options_.outcomes_max > 0) options.listed_max = ListedBy(questions);
    if (options_.progress) {
      options.progress = [this](double part) {
        options_.progress(static_cast<int64_t>(part * static_cast<double>(rule_count_)), rule_count_);
      };
    }
    return options;
  }
  // Outcomes are listed rule by rule: what those before a rule take leaves it the rest.
  std::vector<int64_t> ListedBy(const Questions& questions) const {
    std::vector<int64_t> listed(questions.scopes().size());
    int64_t room = options_.outcomes_max;
    for (size_t place = 0; place < rules_.size(); ++place) {
      const BoundRule& rule = rules_[place].rule();
      const bool sums = rule.over_population;
      if (!sums) listed[questions.ScopeOf(place)] = room;
      room -= sums ? 1 : world_.view().Count(*ResourceKindOf(rule.select.kind()));
      room = std::max<int64_t>(room, 0);
    }
    return listed;
  }

  // What a rule over a population comes to.
  const ScopeOutcome& SumUp(const AssignedRule& rule) {
    ScopeOutcome& outcome = sums_.emplace_back();
    outcome.TakeAlone(rule.policy->assignment, populations_.Evaluate(rule.rule()), {options_.findings_max},
                      world_.view());
    return outcome;
  }

  // `first` of rules_ is its first.
  void ConcludePolicy(const BoundPolicy& policy, size_t first) {
    AssignmentGaps gaps;
    for (size_t i = first; i < first + policy.rules.size(); ++i) {
      Conclude(rules_[i], *outcomes_[i]);
      gaps.Add(rules_[i].rule(), outcomes_[i]->gaps, outcomes_[i]->indeterminate);
    }
    DataGapFindings found =
        FindingsOfGaps(policy, gaps.Gaps(members_), options_.findings_max, options_.watch, world_.view());
    std::move(found.kept.begin(), found.kept.end(), std::back_inserter(evaluation_.findings));
    evaluation_.gaps.merge(found.members);
    evaluation_.gaps_cut.merge(found.cut);
  }

  void Conclude(const AssignedRule& rule, const ScopeOutcome& outcome) {
    RuleOutcome& counted = evaluation_.rules.emplace_back(
        RuleOutcome{rule.policy->assignment, rule.policy->policy, rule.rule().id, outcome.counts,
                    outcome.likely, std::nullopt});
    if (!outcome.passes.empty()) counted.passes_until = outcome.passes.front();
    if (!outcome.dues.empty()) TakeEarlier(evaluation_.due, outcome.dues.front().first);
    for (const ScopeOutcome::Listed& one : outcome.listed) List(rule, one);
    // An empty population is no pass.
    if (outcome.asked_count() == 0) {
      ++counted.counts[v1::OUTCOME_NO_DATA];
      List(rule, {rule.policy->assignment, v1::OUTCOME_NO_DATA, false});
    }
    NoteWatched(rule, outcome, evaluation_.watched);
  }

  void List(const AssignedRule& rule, const ScopeOutcome::Listed& one) {
    if (static_cast<int64_t>(evaluation_.outcomes.size()) >= options_.outcomes_max) return;
    auto& entry = evaluation_.outcomes.emplace_back();
    entry.set_assignment(rule.policy->assignment);
    entry.set_rule(rule.rule().id);
    entry.set_subject(std::string(one.subject));
    entry.set_outcome(one.outcome);
    entry.set_certainty(CertaintyOf(one.outcome, one.likely));
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

  const EvaluationOptions& options_;
  const std::shared_ptr<const engine::Knowledge> knowledge_;
  const World world_;
  Selections selections_;  // Of populations.
  PopulationRules populations_;
  Evaluation evaluation_;
  std::vector<AssignedRule> rules_;            // Of all policies that bind, in order.
  std::vector<const ScopeOutcome*> outcomes_;  // By rule: of its scope, or of its population.
  std::vector<ScopeOutcome> scopes_;
  std::deque<ScopeOutcome> sums_;  // Of rules over populations.
  GapMembersPool members_;
  int64_t rule_count_ = 0;
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
