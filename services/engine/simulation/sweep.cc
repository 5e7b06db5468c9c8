#include "services/engine/simulation/sweep.h"

#include <algorithm>

#include "services/engine/levels/solver.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

// Loses atoms one after the other in one world, always from the same floor: the baseline, less what every
// atom of the class hits.
class WorldSweep {
 public:
  WorldSweep(const Prepared& prepared, World world, const State& baseline, const SweepOptions& options)
      : graph_(prepared.graph()),
        options_(options),
        whole_(prepared.Sums(world, options.readiness).weight_times_base),
        solver_(prepared, world, options.readiness, baseline, options.limits) {
    solver_.ReadLevelsOnly();
  }

  absl::Status LowerFloor(const std::vector<DeploymentIndex>& common) {
    solver_.Mark(/*undoable=*/false);
    for (DeploymentIndex deployment : common) solver_.Lower(deployment, 0);
    if (absl::Status status = solver_.Solve(); !status.ok()) return status;
    for (const Solver::Change& change : solver_.changes()) Count(change, floor_);
    return absl::OkStatus();
  }

  absl::StatusOr<AtomImpact> Lose(std::initializer_list<const std::vector<DeploymentIndex>*> hits) {
    solver_.Mark(/*undoable=*/true);
    for (const std::vector<DeploymentIndex>* list : hits) {
      for (DeploymentIndex deployment : *list) solver_.Lower(deployment, 0);
    }
    if (absl::Status status = solver_.Solve(); !status.ok()) return status;
    Tally tally = floor_;
    for (const Solver::Change& change : solver_.changes()) Count(change, tally);
    solver_.Undo();
    tally.impact.impact_index_ppm = IndexPpm(tally.missing, whole_);
    std::sort(tally.impact.failures.begin(), tally.impact.failures.end());
    return tally.impact;
  }

 private:
  struct Tally {
    AtomImpact impact;
    __int128 missing = 0;
  };

  void Count(const Solver::Change& change, Tally& tally) const {
    const int32_t base = solver_.baseline().level[change.consumer.value];
    const int32_t level = solver_.state().level[change.consumer.value];
    tally.missing += __int128{graph_.consumers()[change.consumer].record().weight} * (change.before - level);
    tally.impact.impacted += change.before == base;
    const int32_t threshold = options_.threshold_ppm;
    if (base <= threshold || level > threshold || change.before <= threshold) return;
    ++tally.impact.failed;
    if (options_.failed) options_.failed(solver_.world(), change.consumer);
    if (options_.list_failed) tally.impact.failures.push_back(change.consumer);
  }

  const Graph& graph_;
  const SweepOptions& options_;
  const __int128 whole_;
  Solver solver_;
  Tally floor_;
};

absl::StatusOr<std::unique_ptr<WorldSweep>> MakeSweep(const Prepared& prepared, World world,
                                                      const SweepOptions& options) {
  absl::StatusOr<const State*> baseline = prepared.Baseline(world, options.readiness, options.limits);
  if (!baseline.ok()) return baseline.status();
  return std::make_unique<WorldSweep>(prepared, world, **baseline, options);
}

void Rank(std::vector<AtomOutcome>& outcomes) {
  std::sort(outcomes.begin(), outcomes.end(), [](const AtomOutcome& a, const AtomOutcome& b) {
    if (a.best.impact_index_ppm != b.best.impact_index_ppm)
      return a.best.impact_index_ppm > b.best.impact_index_ppm;
    if (a.worst.impact_index_ppm != b.worst.impact_index_ppm) {
      return a.worst.impact_index_ppm > b.worst.impact_index_ppm;
    }
    return a.key < b.key;
  });
}

class LossListerImpl final : public LossLister {
 public:
  LossListerImpl(const Prepared& prepared, World world, Readiness readiness, const State& baseline,
                 const Limits& limits)
      : graph_(prepared.graph()), world_(world), solver_(prepared, world, readiness, baseline, limits) {
    solver_.ReadLevelsOnly();
  }

  absl::StatusOr<std::vector<StaticOutcome::Lowered>> Lose(const Atom& atom) override {
    solver_.Mark(/*undoable=*/true);
    for (const Hit& hit : AllHits(graph_, StrikeOf(atom))) {
      if (HoldsIn(world_, hit.truth)) solver_.Lower(hit.deployment, 0);
    }
    if (absl::Status status = solver_.Solve(); !status.ok()) return status;
    std::vector<StaticOutcome::Lowered> lowered;
    for (const Solver::Change& change : solver_.changes()) {
      lowered.push_back({change.consumer, change.before, solver_.state().level[change.consumer.value]});
    }
    solver_.Undo();
    return lowered;
  }

 private:
  const Graph& graph_;
  const World world_;
  Solver solver_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LossLister>> LossLister::Create(const Prepared& prepared, World world,
                                                               Readiness readiness, const Limits& limits) {
  absl::StatusOr<const State*> baseline = prepared.Baseline(world, readiness, limits);
  if (!baseline.ok()) return baseline.status();
  return std::make_unique<LossListerImpl>(prepared, world, readiness, **baseline, limits);
}

absl::StatusOr<std::vector<AtomOutcome>> Sweep(const Prepared& prepared, const AtomIndex& atoms,
                                               const SweepOptions& options) {
  absl::StatusOr<std::unique_ptr<WorldSweep>> best = MakeSweep(prepared, World::kBest, options);
  if (!best.ok()) return best.status();
  std::unique_ptr<WorldSweep> worst;  // Made when the worlds first differ.
  std::vector<AtomOutcome> outcomes;
  for (const AtomIndex::Entry& entry : atoms.entries()) {
    absl::StatusOr<AtomImpact> in_best = (*best)->Lose({&entry.certain});
    if (!in_best.ok()) return in_best.status();
    AtomOutcome outcome{entry.atom, entry.key, *std::move(in_best), {}};
    if (entry.open.empty() && atoms.common().empty() && !prepared.has_unknown_switch()) {
      outcome.worst = outcome.best;
    } else {
      if (worst == nullptr) {
        absl::StatusOr<std::unique_ptr<WorldSweep>> made = MakeSweep(prepared, World::kWorst, options);
        if (!made.ok()) return made.status();
        worst = *std::move(made);
        if (absl::Status status = worst->LowerFloor(atoms.common()); !status.ok()) return status;
      }
      absl::StatusOr<AtomImpact> in_worst = worst->Lose({&entry.certain, &entry.open});
      if (!in_worst.ok()) return in_worst.status();
      outcome.worst = *std::move(in_worst);
    }
    outcomes.push_back(std::move(outcome));
    if (options.atom_done) options.atom_done();
  }
  Rank(outcomes);
  return outcomes;
}

absl::Status SweepOverTime(const Prepared& prepared, const AtomIndex& atoms, const TimedSweepOptions& options,
                           const std::function<absl::Status(const TimedAtomOutcome&)>& visit) {
  std::unique_ptr<Timeline> timelines[2];
  for (World world : {World::kBest, World::kWorst}) {
    absl::StatusOr<std::unique_ptr<Timeline>> made = Timeline::Create(prepared, world, options.limits);
    if (!made.ok()) return made.status();
    timelines[static_cast<int>(world)] = *std::move(made);
  }
  for (const AtomIndex::Entry& entry : atoms.entries()) {
    Scenario scenario{{CutoffOf(prepared.graph(), entry.atom)}, options.horizon_seconds};
    if (options.shape) options.shape(entry.atom, scenario.cutoffs[0]);
    if (absl::Status status = ValidateScenario(prepared.graph(), scenario); !status.ok()) return status;
    const bool nothing = scenario.cutoffs[0].severity_ppm == 0;
    std::vector<DeploymentIndex> best_hits, worst_hits;
    if (!nothing) best_hits = entry.certain, worst_hits = atoms.HitsOf(entry, World::kWorst);
    absl::StatusOr<WorldOutcome> best = timelines[0]->Run(scenario, {best_hits}, options.causes);
    if (!best.ok()) return best.status();
    absl::StatusOr<WorldOutcome> apart;
    const bool differs = best_hits != worst_hits || prepared.has_unknown_switch();
    if (differs) apart = timelines[1]->Run(scenario, {worst_hits}, options.causes);
    if (differs && !apart.ok()) return apart.status();
    const WorldOutcome& worst = differs ? *apart : *best;
    if (absl::Status status = visit({entry.atom, entry.key, *best, worst}); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace linchpin::engine
