#include "services/engine/levels/ready.h"

namespace linchpin::engine {

bool CanRunShort(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                 DeploymentIndex deployment) {
  const uint32_t pool = plan.PoolOf(deployment);
  if (pool == EvaluationPlan::kNoPool) return false;
  const Graph& graph = plan.graph();
  const __int128 capacity = __int128{graph.deployments()[deployment].capacity_units.value()} * kOne;
  __int128 asked = 0;
  for (const PoolEntry& entry : plan.PoolEntries(pool)) {
    const GroupView group = graph.consumers()[entry.consumer].group(entry.group);
    const AlternativeTerms& terms = group.alternative(entry.alternative);
    if (!IsReadyIn(plan, reading, readiness, group, entry.alternative)) continue;
    asked += __int128{group.terms().units} * terms.share_ppm;
    if (asked > capacity) return true;
  }
  return false;
}

}  // namespace linchpin::engine
