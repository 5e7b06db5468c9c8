// The kinds of rule whose subject is the assignment.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_

#include <algorithm>
#include <deque>
#include <utility>
#include <variant>

#include "services/policy/domain/rules/concentration_rule.h"
#include "services/policy/domain/rules/shared_plan.h"
#include "services/policy/domain/rules/survivability_rule.h"
#include "services/policy/domain/trends/past_inventory.h"
#include "services/policy/domain/trends/trend_rule.h"

namespace linchpin::policy {

// Evaluates rules over a population (BoundRule::over_population), whatever their kind; those that ask the
// same, once.
//
// Ownership: keeps references to world, selections, rules and `past`, which may be null. Thread safety: none.
class PopulationRules {
 public:
  PopulationRules(const World& world, const Selections& selections, const PastInventory* past)
      : world_(world),
        plan_(world),
        concentration_(world, selections, plan_),
        survivability_(world, selections, plan_),
        trend_(world, selections, plan_, past) {}

  // With what its violations say. `weight` is what a concentration rule sums, where it is kept: then its
  // selector need not be among the selections.
  const SubjectResult& Evaluate(const BoundRule& rule, const engine::Attribution* weight = nullptr) {
    const auto known = std::find_if(known_.begin(), known_.end(),
                                    [&rule](const auto& other) { return AskTheSame(*other.first, rule); });
    if (known != known_.end()) return known->second;
    return known_
        .emplace_back(&rule, weight != nullptr ? JudgeAttribution(world_, rule, *weight) : EvaluateAnew(rule))
        .second;
  }
  // Of a concentration rule.
  const WeighedPopulation& Weigh(const BoundRule& rule) { return concentration_.Weigh(rule); }

 private:
  SubjectResult EvaluateAnew(const BoundRule& rule) {
    if (std::holds_alternative<TrendSpec>(rule.spec)) return trend_.Evaluate(rule, /*explain=*/true);
    const bool survivability = std::holds_alternative<SurvivabilitySpec>(rule.spec);
    return survivability ? survivability_.Evaluate(rule, /*explain=*/true) : concentration_.Evaluate(rule);
  }

  const World& world_;
  SharedPlan plan_;
  ConcentrationEvaluator concentration_;
  SurvivabilityEvaluator survivability_;
  TrendEvaluator trend_;
  std::deque<std::pair<const BoundRule*, SubjectResult>> known_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
