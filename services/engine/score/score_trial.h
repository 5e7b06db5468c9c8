// What scores would be if something were changed: of those alone whom the change can reach.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_TRIAL_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_TRIAL_H_

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/graph/graph.h"
#include "services/engine/levels/affected.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/score/hazards.h"

namespace linchpin::engine {

// A trial is refused if more consumers than this must be simulated.
inline constexpr size_t kTrialConsumersMax = 1'000'000;

// What one atom adds to a lambda.
struct LambdaPart {
  AtomClass atom_class = AtomClass::kVendor;
  uint32_t entry = 0;  // Among those of its class.
  ByReading<double> lambda;
};

// The lambda of one consumer (score.h).
struct TriedConsumer {
  ConsumerIndex consumer;
  ByReading<double> lambda;
  std::vector<LambdaPart> parts = {};  // Where asked for; in the order of atoms, those that add something.
};

// Tries changes of consumers on graphs that share their facts.
//
// Ownership: keeps what it is made from. Thread safety: all members may run at once.
class ScoreTrial {
 public:
  // `atoms` of the knowledge of a graph that shares its facts with every graph that is tried.
  ScoreTrial(std::shared_ptr<const AtomCache> atoms, std::shared_ptr<const Hazards> hazards);

  // The consumers `affected` of `graph` (AffectedConsumers), each with the lambda that ScoreBoard::Create
  // would give it, bit for bit; with its parts, if they are asked for.
  // Errors: ResourceExhausted if more than kTrialConsumersMax must be simulated; those of the baselines and
  //   of Limits; Cancelled.
  // Cost: a simulation of the part of the graph that they need, for each atom that hits something of it.
  absl::StatusOr<std::vector<TriedConsumer>> Try(const Graph& graph,
                                                 const std::vector<ConsumerIndex>& affected,
                                                 const Limits& limits = {}, bool parts = false) const;

  const AtomCache& atoms() const { return *atoms_; }
  const std::shared_ptr<const AtomCache>& shared_atoms() const { return atoms_; }
  const Hazards& hazards() const { return *hazards_; }

 private:
  // Of an atom: its class, and its entry among those of the class.
  using Place = std::pair<AtomClass, uint32_t>;
  const AtomHazard& HazardOf(const Place& place) const {
    return hazard_of_[static_cast<size_t>(place.first)][place.second];
  }
  // Those with a hazard that hit one of the deployments in some reading, in the order of atoms.
  std::vector<Place> Hitting(const std::vector<DeploymentIndex>& deployments) const;

  const std::shared_ptr<const AtomCache> atoms_;
  const std::shared_ptr<const Hazards> hazards_;
  // Of each class, in the order of its entries.
  std::vector<std::vector<AtomHazard>> hazard_of_;
  std::vector<std::vector<Place>> hitting_;  // By deployment, but for what any atom of a class may hit.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_SCORE_TRIAL_H_
