// The kinds of rule whose subject is the assignment.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_

#include <variant>

#include "services/policy/domain/rules/concentration_rule.h"
#include "services/policy/domain/rules/survivability_rule.h"

namespace linchpin::policy {

// Evaluates rules over a population (IsOverPopulation), whatever their kind.
//
// Ownership: keeps references to world and selections. Thread safety: none.
class PopulationRules {
 public:
  PopulationRules(const World& world, const Selections& selections)
      : concentration_(world, selections), survivability_(world, selections) {}

  SubjectResult Evaluate(const BoundRule& rule, bool explain) {
    const bool survivability = std::holds_alternative<SurvivabilitySpec>(rule.spec);
    return survivability ? survivability_.Evaluate(rule, explain) : concentration_.Evaluate(rule, explain);
  }

 private:
  ConcentrationEvaluator concentration_;
  SurvivabilityEvaluator survivability_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_RULES_H_
