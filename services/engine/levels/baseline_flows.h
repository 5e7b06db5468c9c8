// The flows of S5 with nothing cut, immediate readiness, in the reading not excluded: what decides a split
// where no use was seen.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_BASELINE_FLOWS_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_BASELINE_FLOWS_H_

#include <cstdint>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// Reads flows off a baseline.
// Ownership: both must outlive it. Thread safety: const members may run at once. Cost: the alternatives of
// the group.
class BaselineFlows {
 public:
  // `baseline` is that of not excluded with immediate readiness.
  BaselineFlows(const EvaluationPlan& plan, const State& baseline) : plan_(plan), baseline_(baseline) {}

  // The flows of one group in millionths of a unit, one for each alternative.
  void FlowsOf(ConsumerIndex consumer, uint32_t ordinal, std::vector<uint64_t>& flows) const;

 private:
  int64_t CapOf(Target target, int64_t units, int32_t share_ppm) const;

  const EvaluationPlan& plan_;
  const State& baseline_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_BASELINE_FLOWS_H_
