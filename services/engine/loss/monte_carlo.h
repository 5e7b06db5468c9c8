// Years drawn at random, and what each would cost (S9).
#ifndef LINCHPIN_SERVICES_ENGINE_LOSS_MONTE_CARLO_H_
#define LINCHPIN_SERVICES_ENGINE_LOSS_MONTE_CARLO_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/loss/loss_source.h"

namespace linchpin::engine {

inline constexpr int64_t kTrialsMax = 100'000'000;

struct MonteCarloOptions {
  uint64_t seed = 1;
  int64_t trials = 10'000;  // 1 to kTrialsMax.
  int threads = 1;          // Results do not depend on it.
  Reading reading = Reading::kProven;
  // Leaves out what hits nothing that somebody of the graph depends on, without counting how often it
  // happens.
  bool only_used = false;
  Limits limits = {};  // Of one trial; `cancelled` is asked by every thread and must bear that.
  // Told how many trials are done, now and then, by one thread at a time; may be null.
  std::function<void(int64_t done)> progress = {};
};

// How often one source happened, and what the trials cost in which it did.
struct SourceTally {
  int64_t happened = 0;
  double loss_sum = 0;  // Exact below 2^53: sums of integers, in the order of trials.
};

struct DrawnLosses {
  // The loss of each trial, by its number: the total cost (S7) of all that happens in it, in minor units.
  std::vector<int64_t> losses;
  // In the order of the sources; 0 for those that hit nothing in this reading.
  std::vector<SourceTally> tallies;
};

// Draws and costs every trial.
//
// Errors: InvalidArgument as ValidateSources and ValidateScenario say, and for trials out of range;
//   OutOfRange for a cost beyond 63 bits; ResourceExhausted and Cancelled as Limits says. Never a part of a
//   result.
// Cost: a trial costs its draws, one for each source, and a simulation if something happens in it. Memory: 8
//   bytes a trial.
absl::StatusOr<DrawnLosses> DrawLosses(const EvaluationPlan& plan, const std::vector<LossSource>& sources,
                                       const MonteCarloOptions& options);

// Whether every source hits the same in both readings, so that both draw the same losses.
absl::StatusOr<bool> LossesAgree(const EvaluationPlan& plan, const std::vector<LossSource>& sources,
                                 Reading a, Reading b);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LOSS_MONTE_CARLO_H_
