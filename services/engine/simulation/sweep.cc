#include "services/engine/simulation/sweep.h"

#include <algorithm>
#include <optional>
#include <span>

#include "services/engine/levels/solver.h"
#include "services/engine/simulation/timeline.h"
#include "services/engine/simulation/word_sweep.h"

namespace linchpin::engine {
namespace {

// Loses atoms one after the other in one reading, always from the same floor: the baseline, less what every
// atom of the class hits.
class ReadingSweep {
 public:
  ReadingSweep(const EvaluationPlan& evaluation, Reading reading, const State& baseline,
               const SweepOptions& options)
      : counted_(evaluation.counted()),
        options_(options),
        whole_(evaluation.Sums(reading, options.readiness).weight_times_base),
        solver_(evaluation, reading, options.readiness, baseline, options.limits) {
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
    if (!counted_.IsCounted(change.consumer)) return;
    tally.missing += __int128{counted_.WeightOf(change.consumer)} * (change.before - level);
    tally.impact.impacted += change.before == base;
    const int32_t threshold = options_.threshold_ppm;
    if (base <= threshold || level > threshold || change.before <= threshold) return;
    ++tally.impact.failed;
    if (options_.failed) options_.failed(solver_.reading(), change.consumer);
    if (options_.list_failed) tally.impact.failures.push_back(change.consumer);
  }

  const Counted& counted_;
  const SweepOptions& options_;
  const __int128 whole_;
  Solver solver_;
  Tally floor_;
};

absl::StatusOr<std::unique_ptr<ReadingSweep>> MakeSweep(const EvaluationPlan& evaluation, Reading reading,
                                                        const SweepOptions& options) {
  absl::StatusOr<const State*> baseline = evaluation.Baseline(reading, options.readiness, options.limits);
  if (!baseline.ok()) return baseline.status();
  return std::make_unique<ReadingSweep>(evaluation, reading, **baseline, options);
}

void Rank(std::vector<AtomOutcome>& outcomes) {
  std::sort(outcomes.begin(), outcomes.end(), [](const AtomOutcome& a, const AtomOutcome& b) {
    for (Reading reading : kReadings) {
      const int64_t of_a = a.impact[reading].impact_index_ppm, of_b = b.impact[reading].impact_index_ppm;
      if (of_a != of_b) return of_a > of_b;
    }
    return a.key < b.key;
  });
}

// From this many atoms on, a pass over the whole graph by machine words costs less than following each.
constexpr size_t kWordsFrom = 8;

// The sweeps of the three readings, each made when the reading first differs from the one before.
class Sweeps {
 public:
  using Entry = AtomIndex::Entry;
  using Impacts = std::vector<ByReading<AtomImpact>>;

  Sweeps(const EvaluationPlan& evaluation, const AtomIndex& atoms, const SweepOptions& options)
      : evaluation_(evaluation), atoms_(atoms), options_(options) {}

  // At most WordSweep::kAtomsMax.
  absl::StatusOr<Impacts> Lose(std::span<const Entry> entries) {
    Impacts impacts(entries.size());
    for (Reading reading : kReadings) {
      std::vector<size_t> apart;
      for (size_t i = 0; i < entries.size(); ++i) {
        if (IsApart(entries[i], reading)) {
          apart.push_back(i);
        } else {
          impacts[i][reading] = impacts[i][Before(reading)];
        }
      }
      if (absl::Status status = Lose(entries, apart, reading, impacts); !status.ok()) return status;
    }
    return impacts;
  }

 private:
  static Reading Before(Reading reading) {
    return reading == Reading::kNotExcluded ? Reading::kLikely : Reading::kProven;
  }
  bool IsApart(const Entry& entry, Reading reading) const {
    if (reading == Reading::kProven || evaluation_.Differ(Before(reading), reading)) return true;
    if (reading == Reading::kLikely) return !entry.likely.empty();
    return !entry.open.empty() || !atoms_.common().empty();
  }

  absl::Status Lose(std::span<const Entry> entries, const std::vector<size_t>& asked, Reading reading,
                    Impacts& impacts) {
    std::vector<std::optional<AtomImpact>> by_words(asked.size());
    if (asked.size() >= kWordsFrom) {
      auto found = LoseByWords(entries, asked, reading);
      if (!found.ok()) return found.status();
      by_words = *std::move(found);
    }
    for (size_t i = 0; i < asked.size(); ++i) {
      if (!by_words[i].has_value()) {
        absl::StatusOr<AtomImpact> lost = LoseBySolver(entries[asked[i]], reading);
        if (!lost.ok()) return lost.status();
        by_words[i] = *std::move(lost);
      }
      impacts[asked[i]][reading] = *std::move(by_words[i]);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::optional<AtomImpact>>> LoseByWords(std::span<const Entry> entries,
                                                                     const std::vector<size_t>& asked,
                                                                     Reading reading) {
    std::unique_ptr<WordSweep>& sweep = words_[reading];
    if (sweep == nullptr) {
      const auto plan = evaluation_.Words(reading, options_.readiness, options_.limits);
      if (!plan.ok()) return plan.status();
      const auto baseline = evaluation_.Baseline(reading, options_.readiness, options_.limits);
      if (!baseline.ok()) return baseline.status();
      sweep = std::make_unique<WordSweep>(evaluation_, **plan, reading, **baseline, options_);
    }
    std::vector<std::vector<DeploymentIndex>> hits;
    for (size_t i : asked) hits.push_back(atoms_.HitsOf(entries[i], reading));
    return sweep->Lose(hits);
  }

  absl::StatusOr<AtomImpact> LoseBySolver(const Entry& entry, Reading reading) {
    absl::StatusOr<ReadingSweep*> sweep = SolverOf(reading);
    if (!sweep.ok()) return sweep.status();
    return reading == Reading::kNotExcluded ? (*sweep)->Lose({&entry.certain, &entry.likely, &entry.open})
           : reading == Reading::kLikely    ? (*sweep)->Lose({&entry.certain, &entry.likely})
                                            : (*sweep)->Lose({&entry.certain});
  }

  absl::StatusOr<ReadingSweep*> SolverOf(Reading reading) {
    std::unique_ptr<ReadingSweep>& sweep = made_[reading];
    if (sweep != nullptr) return sweep.get();
    absl::StatusOr<std::unique_ptr<ReadingSweep>> made = MakeSweep(evaluation_, reading, options_);
    if (!made.ok()) return made.status();
    sweep = *std::move(made);
    if (reading == Reading::kNotExcluded) {
      if (absl::Status status = sweep->LowerFloor(atoms_.common()); !status.ok()) return status;
    }
    return sweep.get();
  }

  const EvaluationPlan& evaluation_;
  const AtomIndex& atoms_;
  const SweepOptions& options_;
  ByReading<std::unique_ptr<WordSweep>> words_;
  ByReading<std::unique_ptr<ReadingSweep>> made_;
};

class LossListerImpl final : public LossLister {
 public:
  LossListerImpl(const EvaluationPlan& evaluation, Reading reading, Readiness readiness,
                 const State& baseline, const Limits& limits)
      : knowledge_(evaluation.knowledge()),
        reading_(reading),
        solver_(evaluation, reading, readiness, baseline, limits) {
    solver_.ReadLevelsOnly();
  }

  absl::StatusOr<std::vector<StaticOutcome::Lowered>> Lose(const Atom& atom) override {
    solver_.Mark(/*undoable=*/true);
    for (const Hit& hit : AllHits(knowledge_, ResolvedCutoffOf(atom))) {
      if (hit.IsIn(reading_)) solver_.Lower(hit.deployment, 0);
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
  const Knowledge& knowledge_;
  const Reading reading_;
  Solver solver_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<LossLister>> LossLister::Create(const EvaluationPlan& evaluation,
                                                               Reading reading, Readiness readiness,
                                                               const Limits& limits) {
  absl::StatusOr<const State*> baseline = evaluation.Baseline(reading, readiness, limits);
  if (!baseline.ok()) return baseline.status();
  return std::make_unique<LossListerImpl>(evaluation, reading, readiness, **baseline, limits);
}

absl::StatusOr<std::vector<AtomOutcome>> Sweep(const EvaluationPlan& evaluation, const AtomIndex& atoms,
                                               const SweepOptions& options) {
  Sweeps sweeps(evaluation, atoms, options);
  std::vector<AtomOutcome> outcomes;
  const std::vector<AtomIndex::Entry>& all = atoms.entries();
  for (size_t first = 0; first < all.size(); first += WordSweep::kAtomsMax) {
    const size_t count = std::min(WordSweep::kAtomsMax, all.size() - first);
    absl::StatusOr<Sweeps::Impacts> impacts = sweeps.Lose({all.data() + first, count});
    if (!impacts.ok()) return impacts.status();
    for (size_t i = 0; i < count; ++i) {
      outcomes.push_back({all[first + i].atom, all[first + i].key, std::move((*impacts)[i])});
      if (options.atom_done) options.atom_done();
    }
  }
  Rank(outcomes);
  return outcomes;
}

absl::Status SweepOverTime(const EvaluationPlan& evaluation, const AtomIndex& atoms,
                           const TimedSweepOptions& options,
                           const std::function<absl::Status(const TimedAtomOutcome&)>& visit) {
  ByReading<std::unique_ptr<Timeline>> timelines;
  for (Reading reading : kReadings) {
    if (reading == Reading::kLikely && !atoms.has_likely() && !evaluation.Differ(Reading::kProven, reading)) {
      continue;
    }
    absl::StatusOr<std::unique_ptr<Timeline>> made = Timeline::Create(evaluation, reading, options.limits);
    if (!made.ok()) return made.status();
    timelines[reading] = *std::move(made);
  }
  for (const AtomIndex::Entry& entry : atoms.entries()) {
    Scenario scenario{{CutoffOf(evaluation.graph(), entry.atom)}, options.horizon_seconds};
    if (options.shape) options.shape(entry.atom, scenario.cutoffs[0]);
    if (absl::Status status = ValidateScenario(evaluation.graph(), scenario); !status.ok()) return status;
    const bool nothing = scenario.cutoffs[0].severity_ppm == 0;
    ByReading<ReadingOutcome> apart;
    ByReading<const ReadingOutcome*> outcome;
    std::vector<DeploymentIndex> before;
    for (Reading reading : kReadings) {
      std::vector<DeploymentIndex> hits;
      if (!nothing) hits = atoms.HitsOf(entry, reading);
      const Reading last = reading == Reading::kNotExcluded ? Reading::kLikely : Reading::kProven;
      if (reading != Reading::kProven && hits == before && !evaluation.Differ(last, reading)) {
        outcome[reading] = outcome[last];
        continue;
      }
      absl::StatusOr<ReadingOutcome> run = timelines[reading]->Run(scenario, {hits}, options.causes);
      if (!run.ok()) return run.status();
      apart[reading] = *std::move(run);
      outcome[reading] = &apart[reading];
      before = std::move(hits);
    }
    absl::Status status =
        visit({entry.atom, entry.key, *outcome.proven, *outcome.likely, *outcome.not_excluded});
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace linchpin::engine
