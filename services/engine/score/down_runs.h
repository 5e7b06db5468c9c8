// How long each consumer is down when one atom is lost alone.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/score/hazards.h"
#include "services/engine/score/score_chunk.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {

// Loses atoms one after the other, each for a year from its start. What hits the same deployments at the same
// times is simulated once and shared.
// Thread safety: one thread at a time. The EvaluationPlan must outlive it.
class DownRunFinder {
 public:
  using Runs = std::shared_ptr<const std::vector<DownRun>>;  // In no order.

  // `among`: the only deployments that somebody depends on, ascending, where that is known. What hits none of
  // them costs next to nothing.
  DownRunFinder(const EvaluationPlan& plan, const Limits& limits,
                std::optional<std::vector<DeploymentIndex>> among = {})
      : plan_(plan), limits_(limits), among_(std::move(among)) {}

  // Errors: those of the baselines and of Limits; after one it is of no further use.
  absl::StatusOr<ByReading<Runs>> Find(const AtomIndex& index, const AtomIndex::Entry& entry,
                                       const AtomHazard& hazard);

 private:
  std::vector<DeploymentIndex> HitsOf(const AtomIndex& index, const AtomIndex::Entry& entry,
                                      Reading reading) const;
  absl::StatusOr<Runs> Simulate(Reading reading, const Cutoff& cutoff, std::vector<DeploymentIndex> hits);
  absl::StatusOr<Timeline*> TimelineOf(Reading reading);

  const EvaluationPlan& plan_;
  const Limits limits_;
  const std::optional<std::vector<DeploymentIndex>> among_;
  ByReading<std::unique_ptr<Timeline>> timelines_;
  ByReading<absl::flat_hash_map<std::string, Runs>> known_;  // By hits and times.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_DOWN_RUNS_H_
