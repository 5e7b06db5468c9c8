// How much weight rests on models that are foreign to a home, with the lineage that proves it.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/engine/concentration/attribution.h"
#include "services/engine/graph/fact.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

struct ForeignModel {
  ModelIndex model;
  uint64_t weight = 0;
  // From the model to the ancestor of foreign origin, shortest, ties by names bytewise.
  std::vector<ModelIndex> path;
  Country origin;
};

// foreign + home + unknown = W.
struct ForeignWeight {
  uint64_t foreign = 0;  // On models that are foreign whatever the unknown facts are.
  uint64_t home = 0;     // On models whose whole lineage is known to be of home.
  uint64_t unknown = 0;
  std::vector<ForeignModel> models;  // Largest first, then by name bytewise.
};

// Is the model foreign: has any model of its lineage at reach WEIGHTS its origin outside `home`?
Truth IsForeign(const Graph& graph, ModelIndex model, const std::vector<Country>& home);

// The shortest way to an ancestor (or the model itself) that is foreign whatever the unknown facts are;
// nothing unless IsForeign is kTrue.
std::optional<ForeignModel> ForeignPath(const Graph& graph, ModelIndex model,
                                        const std::vector<Country>& home);

// `home` not empty. Cost: linear in deployments and the lineages of their models.
ForeignWeight WeighForeign(const Graph& graph, const Attribution& attribution,
                           const std::vector<Country>& home);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_FOREIGN_H_
