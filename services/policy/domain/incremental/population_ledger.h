// What rules over a population have come to, kept from one evaluation to the next.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_POPULATION_LEDGER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_POPULATION_LEDGER_H_

#include <cstddef>
#include <vector>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/incremental/change_reach.h"
#include "services/policy/domain/incremental/weight_ledger.h"
#include "services/policy/domain/rules/population_rules.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/world.h"
#include "services/policy/domain/trends/past_inventory.h"

namespace linchpin::policy {

// Ownership: refers to the rules. Thread safety: none.
// Memory: a result for each rule, without what its violations say, and what the weights take.
class PopulationLedger {
 public:
  // The inventory at one end of a step, and the past as it is seen from there.
  struct End {
    const World& world;
    LookBack back;
  };
  // What a rule came to at either end. Of `before` the violations are not there, but for their number.
  struct Step {
    size_t rule = 0;
    SubjectResult before, after;
  };

  // `number` is what steps call the rule, which is over a population.
  void Add(size_t number, const BoundRule& rule) { sums_.push_back({number, &rule, {}}); }

  // Evaluates all rules, and says what each comes to, in the order in which they were added.
  std::vector<SubjectResult> All(const End& end);
  // Evaluates those that the change may touch.
  std::vector<Step> Update(const ChangeReach& reach, const End& was, const End& now);

 private:
  struct Sum {
    size_t number = 0;
    const BoundRule* rule = nullptr;
    SubjectResult last;  // Without violations.
  };

  // What the selectors of rules say of the subjects of a step.
  struct Selected {
    Selections before, after;
  };

  void Select(Selected& selected) const;
  std::vector<Sum*> Touched(const ChangeReach& reach, const Selected& selected, const End& was,
                            const End& now);
  // What a rule over weight that is kept sums; null: it is summed anew.
  const engine::Attribution* WeightOf(const Sum& sum) const;
  SubjectResult Evaluate(const Sum& sum, PopulationRules& populations);
  static SubjectResult Keep(Sum& sum, const SubjectResult& result);

  std::vector<Sum> sums_;
  WeightLedger weights_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_POPULATION_LEDGER_H_
