// Every atom of a class lost in turn (S8.1): single points of failure, and what each would do.
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_SWEEP_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_SWEEP_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/simulation/outcome.h"
#include "services/engine/simulation/simulate.h"

namespace linchpin::engine {

struct SweepOptions {
  Readiness readiness = Readiness::kSustained;
  int32_t threshold_ppm = 0;  // A consumer fails at a level of this or less, if it was above it.
  bool list_failed = false;   // Name the consumers that fail, not only their number.
  Limits limits = {};
  // Called after each atom; may be null.
  std::function<void()> atom_done = {};
  // Called for each consumer that fails, once or more in a reading; may be null. What fails alike in two
  // readings may be told for the first only: proven, likely, not excluded.
  std::function<void(Reading, ConsumerIndex)> failed = {};
};

// What the loss of one atom does in one reading.
struct AtomImpact {
  int64_t impact_index_ppm = 0;
  uint32_t impacted = 0;                     // Consumers below their base.
  uint32_t failed = 0;                       // Those at or below the threshold.
  std::vector<ConsumerIndex> failures = {};  // If asked for, ascending by index.

  friend bool operator==(const AtomImpact&, const AtomImpact&) = default;
};

struct AtomOutcome {
  Atom atom;
  std::string key;
  ByReading<AtomImpact> impact;
};

// Static levels (S5) with each atom of one class lost alone. Atoms that hit no deployment are left out.
// Order: impact index falling, proven before likely before not excluded, then key.
// Thread safety: stateless. Errors: those of Limits, which count over the whole sweep.
// Cost: one pass over the graph by machine words for each 512 atoms, and the numbers of consumers that are
//   neither as before nor down; atoms that reach a pool that can run short, or fewer than 8 atoms, cost the
//   groups whose delivery changes, each. `atom_done` is called for up to 512 at once.
absl::StatusOr<std::vector<AtomOutcome>> Sweep(const EvaluationPlan& plan, const AtomIndex& atoms,
                                               const SweepOptions& options = {});

// Names what single atoms take down in one reading, one after the other: what EvaluateStatic says of each,
// without making a solver for each. Thread safety: one thread at a time. The EvaluationPlan must outlive it.
class LossLister {
 public:
  // Errors: those of the baseline.
  static absl::StatusOr<std::unique_ptr<LossLister>> Create(const EvaluationPlan& plan, Reading reading,
                                                            Readiness readiness, const Limits& limits = {});
  virtual ~LossLister() = default;

  // Consumers below their base, in no order. Errors: those of Limits, which count over all calls.
  virtual absl::StatusOr<std::vector<StaticOutcome::Lowered>> Lose(const Atom& atom) = 0;
};

struct TimedSweepOptions {
  int64_t horizon_seconds = 0;
  // Turns the total, permanent cutoff of an atom into the one to be simulated, by notice or duration; may be
  // null.
  std::function<void(const Atom&, Cutoff&)> shape = {};
  bool causes = false;
  Limits limits = {};
};

// One atom lost alone, over time (S6, S7).
struct TimedAtomOutcome {
  const Atom& atom;
  const std::string& key;
  const ReadingOutcome& proven;
  const ReadingOutcome& likely;
  const ReadingOutcome& not_excluded;
};

// Simulates each atom of one class and hands the outcomes of each to `visit`, in the order of keys; the
// references hold during the call only. A status other than OK from `visit` ends the sweep with that status.
// Errors: InvalidArgument for a horizon or a shaped cutoff that S2 rejects; those of Limits, by atom.
absl::Status SweepOverTime(const EvaluationPlan& plan, const AtomIndex& atoms,
                           const TimedSweepOptions& options,
                           const std::function<absl::Status(const TimedAtomOutcome&)>& visit);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_SWEEP_H_
