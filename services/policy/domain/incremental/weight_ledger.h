// The weight that concentration rules sum, kept from one evaluation to the next.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_WEIGHT_LEDGER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_WEIGHT_LEDGER_H_

#include <string>
#include <vector>

#include "services/engine/concentration/attribution_update.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/concentration_rule.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Of each population and basis, who is counted and where their weight lies. Populations of which it is known
// who belongs are kept, up to kPopulationsMax; of all others nothing is, and their rules sum anew.
//
// Ownership: refers to rules. Thread safety: none.
// Memory: of each population a byte for each consumer and eight for each deployment.
class WeightLedger {
 public:
  static constexpr size_t kPopulationsMax = 64;
  // If a change concerns more consumers than this, all weights are summed anew.
  static constexpr size_t kConcernedMax = 5'000;

  // Keeps what the rule weighs, if its population is not kept yet.
  void Keep(const BoundRule& rule, const WeighedPopulation& weighed);
  bool Keeps(const BoundRule& rule) const { return Find(rule) != nullptr; }
  // Null: not kept. Valid until the next call of another method.
  const engine::Attribution* Find(const BoundRule& rule) const;

  // Follows a step. `before` and `after` are what the selectors of the rules say at either end of the
  // subjects `moved` that the step may touch; of all others they say the same. What cannot be followed is
  // dropped.
  void Advance(const World& was, const World& now, const SubjectNames& moved, const Selections& before,
               const Selections& after);

 private:
  struct Kept {
    const BoundRule* rule = nullptr;  // One that sums this.
    std::string members;              // A byte for each consumer of the graph.
    engine::KeptAttribution weight;
  };

  static bool TakeMembers(const World& was, const World& now, const Selections& before,
                          const Selections& after, Kept& kept);

  std::vector<Kept> kept_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_WEIGHT_LEDGER_H_
