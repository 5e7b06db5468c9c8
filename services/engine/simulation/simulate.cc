#include "services/engine/simulation/simulate.h"

#include <algorithm>

#include "services/engine/cutoff/unknowns.h"
#include "services/engine/levels/solver.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

std::vector<DeploymentIndex> HitsIn(World world, const std::vector<Hit>& hits) {
  std::vector<DeploymentIndex> deployments;
  for (const Hit& hit : hits) {
    if (HoldsIn(world, hit.truth)) deployments.push_back(hit.deployment);
  }
  return deployments;
}

using HitLists = std::vector<std::vector<DeploymentIndex>>;

struct BothHits {
  HitLists best;
  HitLists worst;
};

absl::StatusOr<BothHits> FindHits(const Graph& graph, const std::vector<Cutoff>& cutoffs,
                                  const Limits& limits) {
  BothHits both;
  for (const Cutoff& cutoff : cutoffs) {
    if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
    absl::StatusOr<Strike> strike = Resolve(graph, cutoff);
    if (!strike.ok()) return strike.status();
    std::vector<Hit> hits;
    if (cutoff.severity_ppm > 0) hits = AllHits(graph, *strike);
    both.best.push_back(HitsIn(World::kBest, hits));
    both.worst.push_back(HitsIn(World::kWorst, hits));
  }
  return both;
}

// Leaves in `touched` whom the cutoffs can touch.
absl::StatusOr<WorldOutcome> RunWorld(const Prepared& prepared, World world, const Scenario& scenario,
                                      const HitLists& hits, const SimulateOptions& options,
                                      std::vector<ConsumerIndex>& touched) {
  absl::StatusOr<std::unique_ptr<Timeline>> timeline = Timeline::Create(prepared, world, options.limits);
  if (!timeline.ok()) return timeline.status();
  auto outcome = (*timeline)->Run(scenario, hits, options.causes,
                                  options.causes_of.has_value() ? &*options.causes_of : nullptr);
  touched = (*timeline)->touched();
  return outcome;
}

absl::Status AddWarnings(const Prepared& prepared, const Limits& limits,
                         std::vector<ConsumerIndex>& warnings) {
  for (World world : {World::kBest, World::kWorst}) {
    absl::StatusOr<std::vector<ConsumerIndex>> below = prepared.BaselineWarnings(world, limits);
    if (!below.ok()) return below.status();
    warnings.insert(warnings.end(), below->begin(), below->end());
    if (!prepared.has_unknown_switch()) break;
  }
  std::sort(warnings.begin(), warnings.end());
  warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SimulationResult> Simulate(const Prepared& prepared, const Scenario& scenario,
                                          const SimulateOptions& options) {
  const Graph& graph = prepared.graph();
  if (absl::Status status = ValidateScenario(graph, scenario); !status.ok()) return status;
  absl::StatusOr<BothHits> hits = FindHits(graph, scenario.cutoffs, options.limits);
  if (!hits.ok()) return hits.status();
  SimulationResult result;
  absl::StatusOr<WorldOutcome> best =
      RunWorld(prepared, World::kBest, scenario, hits->best, options, result.touched);
  if (!best.ok()) return best.status();
  result.best = *std::move(best);
  if (hits->best != hits->worst || prepared.has_unknown_switch()) {
    absl::StatusOr<WorldOutcome> worst =
        RunWorld(prepared, World::kWorst, scenario, hits->worst, options, result.touched);
    if (!worst.ok()) return worst.status();
    result.worst_apart = *std::move(worst);
  }
  std::sort(result.touched.begin(), result.touched.end());
  absl::Status status = AddWarnings(prepared, options.limits, result.baseline_below_one);
  if (!status.ok()) return status;
  if (options.unknowns) {
    absl::StatusOr<std::unique_ptr<UnknownFinder>> finder =
        UnknownFinder::Create(prepared, scenario, options.limits);
    if (!finder.ok()) return finder.status();
    result.unknowns = (*finder)->OfAll();
  }
  return result;
}

absl::StatusOr<StaticOutcome> EvaluateStatic(const Prepared& prepared, const std::vector<Cutoff>& cutoffs,
                                             World world, Readiness readiness, const Limits& limits) {
  const Graph& graph = prepared.graph();
  if (absl::Status status = ValidateScenario(graph, {cutoffs, 1}); !status.ok()) return status;
  absl::StatusOr<const State*> baseline = prepared.Baseline(world, readiness, limits);
  if (!baseline.ok()) return baseline.status();
  absl::StatusOr<BothHits> hits = FindHits(graph, cutoffs, limits);
  if (!hits.ok()) return hits.status();
  Solver solver(prepared, world, readiness, **baseline, limits);
  solver.ReadLevelsOnly();
  solver.Mark(/*undoable=*/false);
  const HitLists& lists = world == World::kBest ? hits->best : hits->worst;
  for (size_t i = 0; i < cutoffs.size(); ++i) {
    for (DeploymentIndex deployment : lists[i]) {
      solver.Lower(deployment, static_cast<int32_t>(kOne - cutoffs[i].severity_ppm));
    }
  }
  if (absl::Status status = solver.Solve(); !status.ok()) return status;
  StaticOutcome outcome;
  __int128 missing = 0;
  for (const Solver::Change& change : solver.changes()) {
    const int32_t level = solver.state().level[change.consumer.value];
    outcome.lowered.push_back({change.consumer, change.before, level});
    missing += __int128{graph.consumers()[change.consumer].record().weight} * (change.before - level);
  }
  std::sort(outcome.lowered.begin(), outcome.lowered.end(), [&graph](const auto& a, const auto& b) {
    return graph.consumers().NameOf(a.consumer) < graph.consumers().NameOf(b.consumer);
  });
  outcome.impact_index_ppm = IndexPpm(missing, prepared.Sums(world, readiness).weight_times_base);
  return outcome;
}

}  // namespace linchpin::engine
