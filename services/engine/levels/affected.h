// Whose levels of service a change of consumers can move.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_AFFECTED_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_AFFECTED_H_

#include <cstddef>
#include <optional>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// The consumers of `after` whose levels or values may differ from `before`: those that differ themselves, in
// use too, whoever depends on one of them, and whoever shares a finite deployment with one of them, on and
// on. Ascending. Nothing if there are more than `max`, or if the graphs differ in anything but consumers.
// Cost: a look at each chunk, and the affected.
std::optional<std::vector<ConsumerIndex>> AffectedConsumers(const Graph& before, const Graph& after,
                                                            size_t max);

// The consumers of `before` that are not in `after`: gone, or another has their place. Ascending. Cost: a
// look at each chunk.
std::vector<ConsumerIndex> GoneConsumers(const Graph& before, const Graph& after);

// What a change writes: consumers that are changed or have a dependency changed, and deployments.
struct ChangedThings {
  std::vector<ConsumerIndex> consumers = {};
  std::vector<DeploymentIndex> deployments = {};
};

// The same for a change of these things alone, which may be facts. `after` is made from `before` by Apply,
// and both hold all of them but deployments that are new. Cost: the affected.
std::optional<std::vector<ConsumerIndex>> AffectedConsumers(const Graph& before, const Graph& after,
                                                            const ChangedThings& changed, size_t max);

// These consumers and all that their levels depend on: what they depend on, and whoever draws on a finite
// deployment that one of them draws on, on and on. Ascending. Nothing if there are more than `max`.
std::optional<std::vector<ConsumerIndex>> NeededConsumers(const Graph& graph,
                                                          const std::vector<ConsumerIndex>& of, size_t max);

// The deployments that some consumer of the graph names as an alternative. Ascending. Cost: the graph.
std::vector<DeploymentIndex> UsedDeployments(const Graph& graph);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_AFFECTED_H_
