// How long each consumer is down when one atom is lost alone.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/score/hazards.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {

// One atom, to be lost as its hazard says. What it points at must outlive the call.
struct AtomLoss {
  const AtomIndex* index = nullptr;
  const AtomIndex::Entry* entry = nullptr;  // Of the index.
  AtomHazard hazard = {};
};

using DownRuns = std::shared_ptr<const std::vector<DownRun>>;  // In no order; never null.

// What Timeline::RunDown says of each loss, over a year from its start; in the order of `losses`.
//
// `among`: the only deployments that somebody depends on, ascending, where that is known. What hits none of
// them costs next to nothing.
// Errors: those of the baselines and of Limits, the latter for each simulation; Cancelled.
// Cost: for consumers that are decided (RecoveryPlan) one pass over the graph for dozens of losses. The
//   others are simulated, with what they need: what each loss touches of that part. Losses that hit the same
//   deployments at the same times are simulated once and share their runs.
absl::StatusOr<std::vector<ByReading<DownRuns>>> FindDownRuns(
    const EvaluationPlan& plan, std::span<const AtomLoss> losses, const Limits& limits = {},
    const std::optional<std::vector<DeploymentIndex>>& among = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_
