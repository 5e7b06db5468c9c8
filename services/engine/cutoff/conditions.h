// Which deployments a cutoff hits (S3), in logic of three values.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_

#include <vector>

#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/reading.h"

namespace linchpin::engine {

// The condition of S3 for one strike and one deployment.
Truth Hits(const Graph& graph, const Strike& strike, DeploymentIndex deployment);

// Why that is so.
struct HitReason {
  Truth truth = Truth::kFalse;
  // kTrue: known facts that together make the condition hold, from the deployment towards what is cut; where
  // several sets do, the smallest, the one that S3 names first among equals. kUnknown: the operands left
  // open, ascending. kFalse: empty. Without repeats.
  std::vector<FactRef> facts;
};
HitReason Explain(const Graph& graph, const Strike& strike, DeploymentIndex deployment);

// All deployments that are hit, ascending, with kTrue or kUnknown.
struct Hit {
  DeploymentIndex deployment;
  Truth truth;          // On values, none and bounds.
  bool likely = false;  // Hit with likelihoods read too. Always where `truth` is kTrue.

  bool IsIn(Reading reading) const { return reading == Reading::kLikely ? likely : HoldsIn(reading, truth); }
};
std::vector<Hit> AllHits(const Graph& graph, const Strike& strike);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_CONDITIONS_H_
