// The kinds of rule whose subject is the assignment.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_

#include <variant>

#include "services/policy/domain/rules/concentration_rule.h"
#include "services/policy/domain/rules/survivability_rule.h"
#include "services/policy/domain/trends/past_inventory.h"
#include "services/policy/domain/trends/trend_rule.h"

namespace linchpin::policy {

// Evaluates rules over a population (IsOverPopulation), whatever their kind.
//
// Ownership: keeps references to world, selections and `past`, which may be null. Thread safety: none.
class PopulationRules {
 public:
  PopulationRules(const World& world, const Selections& selections, const PastInventory* past)
      : concentration_(world, selections),
        survivability_(world, selections),
        trend_(world, selections, past) {}

  SubjectResult Evaluate(const BoundRule& rule, bool explain) {
    if (std::holds_alternative<TrendSpec>(rule.spec)) return trend_.Evaluate(rule, explain);
    const bool survivability = std::holds_alternative<SurvivabilitySpec>(rule.spec);
    return survivability ? survivability_.Evaluate(rule, explain) : concentration_.Evaluate(rule, explain);
  }

 private:
  ConcentrationEvaluator concentration_;
  SurvivabilityEvaluator survivability_;
  TrendEvaluator trend_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
