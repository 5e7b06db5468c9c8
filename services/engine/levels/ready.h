// What stands in, and what suffices, in a static evaluation (S5).
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_READY_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_READY_H_

#include <cstdint>

#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// Whether the k-th alternative of a group is ready.
inline bool IsReadyIn(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                      const GroupView& group, uint32_t k) {
  if (k == 0) return true;
  const int64_t seconds = plan.SwitchSeconds(reading, group.alternative(k), group.target(0), group.target(k));
  return seconds == 0 || (seconds != EvaluationPlan::kNeverReady && readiness == Readiness::kSustained);
}

// Whether the capacity of a deployment can run short: whether all that may be asked of it at once is more.
// Never for an unlimited one. Cost: the alternatives that point at it.
bool CanRunShort(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                 DeploymentIndex deployment);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_READY_H_
