// Whom rules have to be asked of again after a change of the inventory.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_REACH_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_REACH_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/rules/resource_use.h"
#include "services/policy/domain/rules/selection.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// The inventory before a change, or after it.
struct ReachSide {
  const replica::View& view;
  const engine::Knowledge& knowledge;  // Of the view's graph, or of one that shares all facts with it.
};

// What a change can touch. All else comes out as before.
struct ChangeReach {
  SubjectNames subjects;  // That exist before the change or after it.
  // What rules over a population weigh, or how its levels of service come about, may differ.
  bool weights = false;
  // The deployments that are in use may differ, by name, or what is in use with them.
  bool use = false;
};

struct ReachLimits {
  size_t subjects_max = 20'000;
};

// What a change of the documents `names` touches.
//
// A change of ... touches
//   a consumer's document:  it and its dependencies (rules read the consumer's fields and its owner).
//   a dependency, a route:  it, its consumer, and, where the graph differs, whoever leads there: consumers
//   and
//                           the dependencies by which they do, through any number of others.
//   a contract:             it, the deployments that it covers, and whoever leads there.
//   any other document:     it, what leads to it (DirtyFacts), what a contract with it covers, and whoever
//   leads
//                           there.
// With `in_use`, also all that is in use with a deployment that consumers have come to or left, since such
// rules name its users.
//
// Nothing: everything may differ, or it is more than the limit.
// Cost: what is touched; with other documents than consumers, dependencies and routes, each of those once
// too.
std::optional<ChangeReach> ReachOf(const std::vector<std::string>& names, const ReachSide& before,
                                   const ReachSide& after, bool in_use, const ReachLimits& limits = {});

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_REACH_H_
