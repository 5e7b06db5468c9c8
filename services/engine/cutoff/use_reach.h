// Which consumers use anything of an entity, through any of their alternatives (attestation).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_REACH_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_REACH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/engine/cutoff/entity_use.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// A consumer uses what its alternatives stand for, whichever of them carries anything today: deployments, and
// what other consumers use. One that states no dependency may use anything.
//
// Ownership: the graph must outlive it. Thread safety: const members may run at once.
// Cost: Create asks each deployment once and walks each alternative at most twice.
class UseReach {
 public:
  // The alternative by which a consumer uses something of the entity.
  struct Step {
    ConsumerIndex consumer;
    uint32_t group = 0;
    uint32_t alternative = 0;
  };

  // `skip_undeclared`: who states no dependency uses nothing. Errors: Cancelled once `cancelled` (null:
  // never) returns true.
  static absl::StatusOr<UseReach> Create(const Graph& graph, const EntityUse& use, bool skip_undeclared,
                                         const std::function<bool()>& cancelled = nullptr);

  Truth Of(ConsumerIndex consumer) const { return truths_[consumer.value]; }
  Truth Of(DeploymentIndex deployment) const { return deployments_[deployment.value]; }
  // Of a consumer that uses something: a shortest way to a deployment that has it. The target of the last
  // step is that deployment.
  std::vector<Step> WayOf(ConsumerIndex consumer) const;
  // Deployments of which it is open, and consumers that may use anything, ascending: all that leaves somebody
  // open begins at one of these.
  const std::vector<DeploymentIndex>& open_deployments() const { return open_deployments_; }
  const std::vector<ConsumerIndex>& undeclared() const { return undeclared_; }

 private:
  explicit UseReach(const Graph& graph) : graph_(graph) {}
  absl::Status Ask(const EntityUse& use, const std::function<bool()>& cancelled);
  void FindUndeclared();
  void Raise(std::vector<Target> from, Truth to);

  const Graph& graph_;
  std::vector<Truth> truths_;       // By consumer.
  std::vector<Step> next_;          // By consumer; of those that are kTrue.
  std::vector<Truth> deployments_;  // By deployment.
  std::vector<DeploymentIndex> open_deployments_;
  std::vector<ConsumerIndex> undeclared_;
};

// Whether the consumer states no dependency at all.
bool StatesNoDependency(const Graph& graph, ConsumerIndex consumer);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_REACH_H_
