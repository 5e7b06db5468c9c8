// Why consumers lose service by one loss: by which ways and facts, and which facts would tell.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LOSS_EXPLAINER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LOSS_EXPLAINER_H_

#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/reading.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/service_losses.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Ownership: keeps a reference to the losses. Thread safety: none.
// Cost: of each consumer, up to a limit, the alternatives that it reaches.
class LossExplainer {
 public:
  explicit LossExplainer(ServiceLosses& losses) : losses_(losses), walk_(losses.graph()) {}

  // For each of `fallen`, up to the bounds of an explanation, a shortest way to a deployment that is hit in
  // the reading and on to what is lost, with the facts that prove the hit or make it likely.
  void AddPaths(const World& world, const engine::Atom& atom, engine::Reading reading,
                const std::vector<engine::ConsumerIndex>& fallen, v1::Explanation& explanation);
  // Facts left open in whether what these reach is hit: of the first 1,000.
  void AddMissing(const engine::Atom& atom, const std::vector<engine::ConsumerIndex>& undecided,
                  MissingFacts& missing);

 private:
  void AddSwitchTimes(const std::vector<engine::ConsumerIndex>& undecided, MissingFacts& missing) const;

  ServiceLosses& losses_;
  SupplyWalk walk_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LOSS_EXPLAINER_H_
