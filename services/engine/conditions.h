// Which deployments a cutoff hits (S3), in logic of three values.
#ifndef LINCHPIN_SERVICES_ENGINE_CONDITIONS_H_
#define LINCHPIN_SERVICES_ENGINE_CONDITIONS_H_

#include <vector>

#include "services/engine/scenario.h"
#include "services/engine/unknown_fact.h"

namespace linchpin::engine {

// BEST takes what is unknown as not hit, WORST as hit.
enum class World : uint8_t { kBest, kWorst };

inline bool HoldsIn(World world, Truth truth) {
  return truth == Truth::kTrue || (truth == Truth::kUnknown && world == World::kWorst);
}

// The condition of S3 for one strike and one deployment.
Truth Hits(const Graph& graph, const Strike& strike, DeploymentIndex deployment);

// The operands left open in that condition, if it is unknown: ascending, without repeats. Else nothing.
std::vector<UnknownFact> OpenFacts(const Graph& graph, const Strike& strike, DeploymentIndex deployment);

// All deployments that are hit, ascending, with kTrue or kUnknown.
struct Hit {
  DeploymentIndex deployment;
  Truth truth;
};
std::vector<Hit> AllHits(const Graph& graph, const Strike& strike);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONDITIONS_H_
