#include "services/engine/simulation/simulate.h"

#include <algorithm>

#include "services/engine/cutoff/unknowns.h"
#include "services/engine/levels/solver.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

std::vector<DeploymentIndex> HitsIn(Reading reading, const std::vector<Hit>& hits) {
  std::vector<DeploymentIndex> deployments;
  for (const Hit& hit : hits) {
    if (hit.IsIn(reading)) deployments.push_back(hit.deployment);
  }
  return deployments;
}

using HitLists = std::vector<std::vector<DeploymentIndex>>;

using HitsByReading = ByReading<HitLists>;

absl::StatusOr<HitsByReading> FindHits(const Knowledge& knowledge, const std::vector<Cutoff>& cutoffs,
                                       const Limits& limits) {
  HitsByReading found;
  for (const Cutoff& cutoff : cutoffs) {
    if (limits.cancelled && limits.cancelled()) return absl::CancelledError("the evaluation was cancelled");
    absl::StatusOr<ResolvedCutoff> resolved = Resolve(knowledge.graph(), cutoff);
    if (!resolved.ok()) return resolved.status();
    std::vector<Hit> hits;
    if (cutoff.severity_ppm > 0) hits = AllHits(knowledge, *resolved);
    for (Reading reading : kReadings) found[reading].push_back(HitsIn(reading, hits));
  }
  return found;
}

// Leaves in `touched` whom the cutoffs can touch.
absl::StatusOr<ReadingOutcome> RunReading(const EvaluationPlan& plan, Reading reading,
                                          const Scenario& scenario, const HitLists& hits,
                                          const SimulateOptions& options,
                                          std::vector<ConsumerIndex>& touched) {
  absl::StatusOr<std::unique_ptr<Timeline>> timeline = Timeline::Create(plan, reading, options.limits);
  if (!timeline.ok()) return timeline.status();
  (*timeline)->FindTouched();
  auto outcome = (*timeline)->Run(scenario, hits, options.causes,
                                  options.causes_of.has_value() ? &*options.causes_of : nullptr);
  touched = (*timeline)->touched();
  return outcome;
}

// Can the reading differ from the one before it?
bool IsApart(const EvaluationPlan& plan, const HitsByReading& hits, Reading reading) {
  if (reading == Reading::kProven) return true;
  const Reading before = reading == Reading::kLikely ? Reading::kProven : Reading::kLikely;
  return hits[reading] != hits[before] || plan.Differ(before, reading);
}

void Keep(Reading reading, ReadingOutcome outcome, SimulationResult& result) {
  if (reading == Reading::kProven) result.proven = std::move(outcome);
  if (reading == Reading::kLikely) result.likely_apart = std::move(outcome);
  if (reading == Reading::kNotExcluded) result.not_excluded_apart = std::move(outcome);
}

absl::Status AddWarnings(const EvaluationPlan& plan, const Limits& limits,
                         std::vector<ConsumerIndex>& warnings) {
  for (Reading reading : kReadings) {
    absl::StatusOr<std::vector<ConsumerIndex>> below = plan.BaselineWarnings(reading, limits);
    if (!below.ok()) return below.status();
    warnings.insert(warnings.end(), below->begin(), below->end());
    if (!plan.has_unknown_switch()) break;
  }
  std::sort(warnings.begin(), warnings.end());
  warnings.erase(std::unique(warnings.begin(), warnings.end()), warnings.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SimulationResult> Simulate(const EvaluationPlan& plan, const Scenario& scenario,
                                          const SimulateOptions& options) {
  const Graph& graph = plan.graph();
  if (absl::Status status = ValidateScenario(graph, scenario); !status.ok()) return status;
  absl::StatusOr<HitsByReading> hits = FindHits(plan.knowledge(), scenario.cutoffs, options.limits);
  if (!hits.ok()) return hits.status();
  SimulationResult result;
  for (Reading reading : kReadings) {
    if (!IsApart(plan, *hits, reading)) continue;
    absl::StatusOr<ReadingOutcome> outcome =
        RunReading(plan, reading, scenario, (*hits)[reading], options, result.touched);
    if (!outcome.ok()) return outcome.status();
    Keep(reading, *std::move(outcome), result);
  }
  std::sort(result.touched.begin(), result.touched.end());
  absl::Status status = AddWarnings(plan, options.limits, result.baseline_below_one);
  if (!status.ok()) return status;
  if (options.unknowns) {
    absl::StatusOr<std::unique_ptr<UnknownFinder>> finder =
        UnknownFinder::Create(plan, scenario, options.limits);
    if (!finder.ok()) return finder.status();
    result.unknowns = (*finder)->OfAll();
  }
  return result;
}

absl::StatusOr<StaticOutcome> EvaluateStatic(const EvaluationPlan& plan, const std::vector<Cutoff>& cutoffs,
                                             Reading reading, Readiness readiness, const Limits& limits) {
  const Graph& graph = plan.graph();
  if (absl::Status status = ValidateScenario(graph, {cutoffs, 1}); !status.ok()) return status;
  absl::StatusOr<const State*> baseline = plan.Baseline(reading, readiness, limits);
  if (!baseline.ok()) return baseline.status();
  absl::StatusOr<HitsByReading> hits = FindHits(plan.knowledge(), cutoffs, limits);
  if (!hits.ok()) return hits.status();
  Solver solver(plan, reading, readiness, **baseline, limits);
  solver.ReadLevelsOnly();
  solver.Mark(/*undoable=*/false);
  const HitLists& lists = (*hits)[reading];
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
    missing += __int128{plan.counted().WeightOf(change.consumer)} * (change.before - level);
  }
  std::sort(outcome.lowered.begin(), outcome.lowered.end(), [&graph](const auto& a, const auto& b) {
    return graph.consumers().NameOf(a.consumer) < graph.consumers().NameOf(b.consumer);
  });
  outcome.impact_index_ppm = IndexPpm(missing, plan.Sums(reading, readiness).weight_times_base);
  return outcome;
}

}  // namespace linchpin::engine
