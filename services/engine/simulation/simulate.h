// A supply cutoff, simulated (S2 to S7).
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/simulation/outcome.h"

namespace linchpin::engine {

struct SimulateOptions {
  bool causes = true;  // Look for the causes of impaired segments.
  // Of whom; absent: of all. Segments of others have no causes and do not say what they were lost for.
  std::optional<std::vector<ConsumerIndex>> causes_of = {};
  bool unknowns = true;  // List the unknown facts that the scenario's results rest on.
  Limits limits = {};
};

// The three readings. Every figure is to be shown as the least and the greatest of them, with the reading
// that gave which: none is the better one for every consumer (S7).
struct SimulationResult {
  ReadingOutcome proven;
  // Absent where they are as the one before, so that each is kept once.
  std::optional<ReadingOutcome> likely_apart;
  std::optional<ReadingOutcome> not_excluded_apart;

  const ReadingOutcome& likely() const { return likely_apart.has_value() ? *likely_apart : proven; }
  const ReadingOutcome& not_excluded() const {
    return not_excluded_apart.has_value() ? *not_excluded_apart : likely();
  }
  const ReadingOutcome& of(Reading reading) const {
    return reading == Reading::kProven ? proven : reading == Reading::kLikely ? likely() : not_excluded();
  }

  std::vector<ConsumerIndex>
      touched;  // Whom the cutoffs can touch (S4) in the reading not excluded, ascending by index.
  std::vector<FactRef> unknowns;  // Of all consumers, ascending, if asked for. Of one: UnknownFinder.
  std::vector<ConsumerIndex> baseline_below_one;  // S1: a warning, in any reading; ascending by index.
};

// Simulates `scenario` on one graph in the three readings.
//
// Thread safety: stateless; calls may run at once, also on one EvaluationPlan, which must outlive the call.
// Errors: InvalidArgument for what S1 and S2 reject, naming cutoff and field; ResourceExhausted and Cancelled
//   as Limits says; OutOfRange for a cost beyond 63 bits. Never a part of a result.
// Cost: proportional to what the scenario can touch, plus a copy of the baseline (some megabytes for a
//   million dependencies).
// Memory: for each reading about 60 bytes for each of limits.segments_max segments and 4 to 8 for each of
//   limits.path_nodes_max nodes; half of that where the readings are the same.
absl::StatusOr<SimulationResult> Simulate(const EvaluationPlan& plan, const Scenario& scenario,
                                          const SimulateOptions& options = {});

// --- One instant (S5, static evaluation) -------------------------------------------------------------------

struct StaticOutcome {
  struct Lowered {
    ConsumerIndex consumer;
    int32_t base;  // Level with nothing cut, with the same readiness.
    int32_t level;
  };
  std::vector<Lowered> lowered;  // Consumers below their base, by name.
  int64_t impact_index_ppm = 0;  // ONE * sum of weight * (base - level) // sum of weight * base.
};

// The levels when all cutoffs of a scenario are in force at once; times and bridges are not read.
// Errors and thread safety: as Simulate.
absl::StatusOr<StaticOutcome> EvaluateStatic(const EvaluationPlan& plan, const std::vector<Cutoff>& cutoffs,
                                             Reading reading, Readiness readiness, const Limits& limits = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_
