// Who accounts for the growth of a group, and by what.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_EXPLAINER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_EXPLAINER_H_

#include <string>

#include "linchpin/policy/v1/trend.pb.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/concentration.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// One end of a window, with who is counted there.
struct ExplainedEnd {
  const World& world;
  const engine::Concentration& concentration;
  const std::string& members;  // A byte for each consumer of the world's graph.
  engine::Attributor& attributor;
};

// Adds contributors, their number and moves to `growth`, whose `group` is set. On what is likely.
//
// The share of the group is G / W then and now. A consumer moves it by (dG - G/W then * dW) / W now, where dG
// and dW are by how much its own weights have changed: so all consumers together move it by exactly what it
// has moved, and only those that have changed move it at all.
//
// Errors: none; what the engine refuses leaves the contributors out. Cost: one attribution for each end.
void ExplainGrowth(const ExplainedEnd& past, const ExplainedEnd& now, const ConcentrationSpec& spec,
                   v1::Growth& growth);

// "applications/a +6.2%, applications/b +1%, and 3 more", for messages.
std::string ContributorsText(const v1::Growth& growth);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_GROWTH_EXPLAINER_H_
