// Dozens of total cutoffs, each alone, in one pass over the graph. Internal to scores and sweeps.
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_RECOVERY_PASS_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_RECOVERY_PASS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "services/engine/levels/recovery_plan.h"

namespace linchpin::engine {

// Finds the recovery of every decided consumer of a plan.
// Ownership: the plan must outlive it. Thread safety: one thread at a time. Memory: 64 bytes for each place.
class RecoveryPass {
 public:
  static std::unique_ptr<RecoveryPass> Create(const RecoveryPlan& plan);
  virtual ~RecoveryPass() = default;

  // How many cutoffs go through one pass.
  virtual size_t lanes() const = 0;
  // Given what each cutoff hits, at most lanes() of them. Cost: the alternatives of the plan, once, whatever
  // their number.
  virtual void Run(std::span<const std::vector<DeploymentIndex>> hits) = 0;
  // Of the latest Run: each decided consumer that a cutoff takes down, with its recovery, above 0. Consumer
  // by consumer, in the order of places.
  using Visitor = std::function<void(size_t lane, uint32_t place, uint32_t rank)>;
  virtual void ForEachDown(const Visitor& visit) const = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_RECOVERY_PASS_H_
