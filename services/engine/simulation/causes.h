// Why a consumer is impaired: the shortest path from a cutoff (S7, cause).
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_CAUSES_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_CAUSES_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/solver.h"
#include "services/engine/simulation/outcome.h"

namespace linchpin::engine {

// Watches the settled instants of one trajectory and keeps, for each impaired consumer, the best path from
// each cutoff over its open segment.
// Memory: bounded by limits.path_nodes_max over all segments of a trajectory.
class CauseFinder {
 public:
  CauseFinder(const EvaluationPlan& plan, const Limits& limits);

  // Forgets everything. Paths are kept of `consumers` only; null: of all.
  void Begin(const std::vector<ConsumerIndex>* consumers);
  bool Keeps(ConsumerIndex consumer) const { return keeps_all_ || kept_[consumer.value]; }
  // One cutoff is active over a settled stretch; `hits` is what it hits.
  // ResourceExhausted when the steps taken pass limits.path_steps_max, or what is kept limits.path_nodes_max.
  absl::Status Observe(const Solver& solver, uint32_t cutoff, std::span<const DeploymentIndex> hits);
  // The causes of the consumer's segment, which ends here.
  std::vector<Cause> Close(ConsumerIndex consumer);

 private:
  struct Node {
    Target target;
    uint32_t parent;  // Position in nodes_; kSource for a deployment that is hit.
    uint32_t length;  // Nodes on the path to it.
    std::string_view name;
  };
  static constexpr uint32_t kSource = UINT32_MAX;

  bool Visit(Target target, uint32_t parent, uint32_t length);
  void Step(const Solver& solver, uint32_t from);
  void SortLayer(size_t first);
  void Propose(uint32_t cutoff, uint32_t node);
  std::vector<Target> PathTo(uint32_t node) const;
  bool IsBefore(const std::vector<Target>& a, const std::vector<Target>& b) const;

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const Limits& limits_;
  std::vector<Node> nodes_;
  std::vector<uint32_t> consumer_seen_;  // Epoch of the last visit.
  std::vector<uint32_t> deployment_seen_;
  uint32_t epoch_ = 0;
  int64_t steps_ = 0;
  int64_t nodes_kept_ = 0;  // On the paths of open and closed segments, 16 more for each path.
  bool keeps_all_ = true;
  std::vector<bool> kept_;                                  // By consumer, unless all are kept.
  absl::flat_hash_map<uint32_t, std::vector<Cause>> open_;  // By consumer.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_CAUSES_H_
