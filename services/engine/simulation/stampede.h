// Who is diverted to deployments of finite capacity when something is cut, when these run short, and who then
// gets less than asked for (S5, step 2).
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_STAMPEDE_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_STAMPEDE_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// By what rule somebody gets less than asked for.
enum class LossRule : uint8_t {
  kNone,      // It gets all.
  kPriority,  // Consumers of smaller priority are served first.
  kName,      // Those of its own priority are, by name.
  kCapacity,  // Nobody is; the deployment carries less than it asks for.
};

// What one dependency asks of a deployment, in millionths of a unit.
struct PoolDraw {
  ConsumerIndex consumer;
  uint32_t group = 0;  // Ordinal within the consumer.
  int64_t asked = 0;
  int64_t got = 0;
  int64_t usual = 0;  // Asked with nothing cut.
  LossRule rule = LossRule::kNone;

  bool diverted() const { return asked > usual; }
};

// A deployment that is short at some time: it stands, and what is missing is more than with nothing cut.
// Figures are of the instant at which most is missing, the first of several.
struct Shortage {
  DeploymentIndex deployment;
  int64_t carried = 0;  // What it can carry: capacity times level.
  int64_t asked = 0;
  int64_t usual = 0;
  int64_t start_seconds = 0;
  int64_t peak_seconds = 0;
  std::optional<int64_t> end_seconds;  // None if still short at the horizon.
  std::vector<PoolDraw> draws;         // In the order of serving; those that ask for nothing left out.

  int64_t missing() const {
    int64_t sum = 0;
    for (const PoolDraw& draw : draws) sum += draw.asked - draw.got;
    return sum;
  }
};

// Plays `scenario` once more in one reading and watches the finite deployments that it can touch. Ascending
// by deployment. Not for a graph without finite deployments: that costs nothing and returns nothing.
// Errors: those of Simulate. Cost: one timeline without causes, and at each instant the draws on what it can
//   touch.
absl::StatusOr<std::vector<Shortage>> FindShortages(const EvaluationPlan& plan, const Scenario& scenario,
                                                    Reading reading, const Limits& limits = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_STAMPEDE_H_
