// What can matter to a consumer: what it reaches through alternatives that are ready.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_REACH_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_REACH_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

struct ReachOf {
  std::vector<ConsumerIndex>
      consumers;  // In the order of solving: what is needed comes first, but for cycles.
  std::vector<DeploymentIndex> deployments;  // Ascending.
  // The first deployment in reach that can run short, if any. Then everybody who draws on such a deployment
  // is in reach too, with all that they reach.
  std::optional<DeploymentIndex> short_of;
};

// Cost: what is reached.
ReachOf FindReach(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                  const std::vector<ConsumerIndex>& from);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_REACH_H_
