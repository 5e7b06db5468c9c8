// The flows of S5 with nothing cut, immediate readiness, in the world WORST: what decides a split where no
// use was seen.
#ifndef LINCHPIN_SERVICES_ENGINE_BASELINE_FLOWS_H_
#define LINCHPIN_SERVICES_ENGINE_BASELINE_FLOWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "services/engine/condensation.h"
#include "services/engine/graph.h"

namespace linchpin::engine {

// Ownership: the graph and the condensation must outlive it.
// Thread safety: const members may run at once, after Compute.
class BaselineFlows {
 public:
  BaselineFlows(const Graph& graph, const Condensation& condensation);

  // Finds the greatest fix-point of the levels. RESOURCE_EXHAUSTED if that takes more than `passes_max`
  // passes over one cycle, or over all consumers where capacities are finite.
  absl::Status Compute(int passes_max);

  int32_t LevelOf(ConsumerIndex consumer) const { return levels_[consumer.value]; }
  // The flows of one group in millionths of a unit, one for each alternative.
  void FlowsOf(ConsumerIndex consumer, uint32_t ordinal, std::vector<uint64_t>& flows) const;

 private:
  bool HasPool(Target target) const;
  int64_t Capped(Target target, int64_t units, int32_t share_ppm) const;
  // Delivers one group from `pools` (null: without); returns the delivery and, unless null, the flows.
  int32_t Deliver(const GroupView& group, std::vector<int64_t>* pools, std::vector<uint64_t>* flows) const;
  int32_t LevelFrom(ConsumerIndex consumer, std::vector<int64_t>* pools, bool keep_flows);
  absl::Status ComputeWithoutPools(int passes_max);
  absl::Status ComputeWithPools(int passes_max);

  const Graph& graph_;
  const Condensation& condensation_;
  std::vector<int32_t> levels_;  // By consumer slot.
  // By number of the alternative; filled where there is any finite capacity.
  std::vector<uint64_t> kept_flows_;
  bool has_pools_ = false;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_BASELINE_FLOWS_H_
