// A supply cutoff, simulated (S2 to S7).
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/prepared.h"
#include "services/engine/simulation/outcome.h"

namespace linchpin::engine {

struct SimulateOptions {
  bool causes = true;  // Look for the causes of impaired segments.
  // Of whom; absent: of all. Segments of others have no causes and do not say what they were lost for.
  std::optional<std::vector<ConsumerIndex>> causes_of = {};
  bool unknowns = true;  // List the unknown facts that the scenario's results rest on.
  Limits limits = {};
};

// The pair of worlds. Every figure is to be shown as the two of them, least first, and with the world that
// gave which: neither world is the better one for every consumer.
struct SimulationResult {
  WorldOutcome best;
  std::optional<WorldOutcome> worst_apart;  // Absent where WORST is as BEST, so that it is kept once.
  const WorldOutcome& worst() const { return worst_apart.has_value() ? *worst_apart : best; }

  std::vector<ConsumerIndex> touched;  // Whom the cutoffs can touch (S4) in WORST, ascending by index.
  std::vector<FactRef> unknowns;       // Of all consumers, ascending, if asked for. Of one: UnknownFinder.
  std::vector<ConsumerIndex> baseline_below_one;  // S1: a warning, in either world; ascending by index.
};

// Simulates `scenario` on one graph in both worlds.
//
// Thread safety: stateless; calls may run at once, also on one Prepared, which must outlive the call.
// Errors: InvalidArgument for what S1 and S2 reject, naming cutoff and field; ResourceExhausted and Cancelled
// as
//   Limits says; OutOfRange for a cost beyond 64 bits. Never a part of a result.
// Cost: proportional to what the scenario can touch, plus a copy of the baseline (some megabytes for a
// million
//   dependencies). Memory: for each world about 60 bytes for each of limits.segments_max segments and 4 to 8
//   for each of limits.path_nodes_max nodes; half of that where the worlds are the same.
absl::StatusOr<SimulationResult> Simulate(const Prepared& prepared, const Scenario& scenario,
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
absl::StatusOr<StaticOutcome> EvaluateStatic(const Prepared& prepared, const std::vector<Cutoff>& cutoffs,
                                             World world, Readiness readiness, const Limits& limits = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_SIMULATE_H_
