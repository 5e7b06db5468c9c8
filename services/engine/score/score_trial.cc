#include "services/engine/score/score_trial.h"

#include <algorithm>
#include <utility>

#include "services/engine/score/down_runs.h"
#include "services/engine/score/score.h"

namespace linchpin::engine {
namespace {

// Adds up lambdas in the order of atoms, as a board does.
class LambdaSums {
 public:
  LambdaSums(const Graph& part, const std::vector<ConsumerIndex>& needed,
             const std::vector<ConsumerIndex>& affected, bool parts)
      : part_(part), parts_(parts), place_of_(needed.size(), kNowhere) {
    for (ConsumerIndex consumer : affected) {
      const auto at = std::lower_bound(needed.begin(), needed.end(), consumer) - needed.begin();
      place_of_[static_cast<size_t>(at)] = sums_.size();
      sums_.push_back({consumer, {}});
    }
  }

  void Add(AtomClass atom_class, uint32_t entry, const AtomHazard& hazard, const ByReading<DownRuns>& runs) {
    for (Reading reading : kReadings) {
      for (const DownRun& run : *runs[reading]) {
        const size_t place = place_of_[run.consumer.value];
        if (place == kNowhere) continue;
        const ConsumerRecord& record = part_.consumers()[run.consumer].record();
        const double share = ShareOfTolerance(run.seconds, record.max_tolerable_downtime_seconds);
        const double lambda = LambdaOf(hazard, share);
        sums_[place].lambda[reading] += lambda;
        if (parts_) PartOf(sums_[place], atom_class, entry).lambda[reading] = lambda;
      }
    }
  }
  std::vector<TriedConsumer> Take() { return std::move(sums_); }

 private:
  static constexpr size_t kNowhere = SIZE_MAX;

  // Atoms come one after the other, so that its part is the last one or new.
  static LambdaPart& PartOf(TriedConsumer& tried, AtomClass atom_class, uint32_t entry) {
    if (tried.parts.empty() || tried.parts.back().atom_class != atom_class ||
        tried.parts.back().entry != entry) {
      tried.parts.push_back({atom_class, entry, {}});
    }
    return tried.parts.back();
  }

  const Graph& part_;
  const bool parts_;
  std::vector<size_t> place_of_;  // By consumer of the part.
  std::vector<TriedConsumer> sums_;
};

}  // namespace

ScoreTrial::ScoreTrial(std::shared_ptr<const AtomCache> atoms, std::shared_ptr<const Hazards> hazards)
    : atoms_(std::move(atoms)), hazards_(std::move(hazards)) {
  for (AtomClass atom_class : kAtomClasses) {
    std::vector<AtomHazard>& of_class = hazard_of_.emplace_back();
    for (const AtomIndex::Entry& entry : atoms_->Of(atom_class).entries()) {
      of_class.push_back(hazards_->Of(atom_class, entry.key));
      const AtomHazard& hazard = of_class.back();
      if (hazard.hazard.rate_per_year == 0 && !hazard.certain()) continue;
      const auto place = static_cast<uint32_t>(of_class.size() - 1);
      for (const auto* hits : {&entry.certain, &entry.likely, &entry.open}) {
        for (DeploymentIndex hit : *hits) {
          if (hit.value >= hitting_.size()) hitting_.resize(hit.value + 1);
          hitting_[hit.value].push_back({atom_class, place});
        }
      }
    }
  }
}

std::vector<ScoreTrial::Place> ScoreTrial::Hitting(const std::vector<DeploymentIndex>& deployments) const {
  std::vector<Place> places;
  for (DeploymentIndex deployment : deployments) {
    if (deployment.value >= hitting_.size()) continue;
    const std::vector<Place>& of = hitting_[deployment.value];
    places.insert(places.end(), of.begin(), of.end());
  }
  for (AtomClass atom_class : kAtomClasses) {
    const std::vector<DeploymentIndex>& common = atoms_->Of(atom_class).common();
    const bool all =
        std::any_of(deployments.begin(), deployments.end(), [&common](DeploymentIndex deployment) {
          return std::binary_search(common.begin(), common.end(), deployment);
        });
    const std::vector<AtomHazard>& hazards = hazard_of_[static_cast<size_t>(atom_class)];
    for (uint32_t i = 0; all && i < hazards.size(); ++i) {
      if (hazards[i].hazard.rate_per_year != 0 || hazards[i].certain()) places.push_back({atom_class, i});
    }
  }
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

absl::StatusOr<std::vector<TriedConsumer>> ScoreTrial::Try(const Graph& graph,
                                                           const std::vector<ConsumerIndex>& affected,
                                                           const Limits& limits, bool parts) const {
  const auto needed = NeededConsumers(graph, affected, kTrialConsumersMax);
  if (!needed.has_value()) return absl::ResourceExhaustedError("the change reaches too many consumers");
  const std::shared_ptr<const Graph> part = graph.Restrict(*needed);
  auto plan = EvaluationPlan::Create(atoms_->knowledge().On(part));
  if (!plan.ok()) return plan.status();
  const std::vector<DeploymentIndex> used = UsedDeployments(*part);
  // What hits nothing that they use takes nobody down.
  const std::vector<Place> hitting = Hitting(used);
  std::vector<AtomLoss> losses;
  for (const auto& [atom_class, entry] : hitting) {
    const AtomIndex& index = atoms_->Of(atom_class);
    losses.push_back({&index, &index.entries()[entry], HazardOf({atom_class, entry})});
  }
  const auto runs = FindDownRuns(**plan, losses, limits, used);
  if (!runs.ok()) return runs.status();
  LambdaSums sums(*part, *needed, affected, parts);
  for (size_t i = 0; i < hitting.size(); ++i) {
    sums.Add(hitting[i].first, hitting[i].second, losses[i].hazard, (*runs)[i]);
  }
  return sums.Take();
}

}  // namespace linchpin::engine
