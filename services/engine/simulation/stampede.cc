#include "services/engine/simulation/stampede.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "services/engine/cutoff/conditions.h"
#include "services/engine/levels/solver.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

// What all draw on one pool, in the order of serving.
std::vector<PoolDraw> DrawsOf(const Solver& solver, uint32_t pool) {
  std::vector<PoolDraw> draws;
  const std::span<const PoolEntry> entries = solver.plan().PoolEntries(pool);
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const Solver::PoolFlow flow = solver.FlowOf(entries[i], solver.plan().PoolBegin(pool) + i);
    const PoolEntry& entry = entries[i];
    // Alternatives of one dependency on one deployment follow each other.
    if (draws.empty() || draws.back().consumer != entry.consumer || draws.back().group != entry.group) {
      draws.push_back({entry.consumer, entry.group});
    }
    draws.back().asked += flow.asked;
    draws.back().got += flow.got;
  }
  return draws;
}

int64_t MissingOf(const std::vector<PoolDraw>& draws) {
  int64_t missing = 0;
  for (const PoolDraw& draw : draws) missing += draw.asked - draw.got;
  return missing;
}

// One pool over time.
class PoolWatch {
 public:
  PoolWatch(uint32_t pool, const Solver& at_baseline)
      : pool_(pool), usual_(DrawsOf(at_baseline, pool)), usual_missing_(MissingOf(usual_)) {
    found_.deployment = at_baseline.plan().DeploymentOfPool(pool);
  }

  void Look(int64_t t, const Solver& solver) {
    std::vector<PoolDraw> draws = DrawsOf(solver, pool_);
    // What is lost whole is no longer a deployment that many crowd upon.
    const int64_t missing = solver.DeploymentLevel(found_.deployment) == 0 ? 0 : MissingOf(draws);
    if (missing <= usual_missing_) {
      if (short_) found_.end_seconds = t;
      short_ = false;
      return;
    }
    if (!ever_) found_.start_seconds = t;
    short_ = ever_ = true;
    found_.end_seconds.reset();
    if (missing <= worst_missing_) return;
    worst_missing_ = missing;
    found_.peak_seconds = t;
    const Deployment& deployment = solver.plan().graph().deployments()[found_.deployment];
    found_.carried = deployment.capacity_units.value() * solver.DeploymentLevel(found_.deployment);
    found_.draws = std::move(draws);
  }

  // Nothing if it was never short.
  std::optional<Shortage> Finish(const ConsumerTable& consumers) {
    if (!ever_) return std::nullopt;
    for (size_t i = 0; i < found_.draws.size(); ++i) {
      PoolDraw& draw = found_.draws[i];
      draw.usual = usual_[i].asked;
      draw.rule = RuleOf(i, consumers);
      found_.asked += draw.asked;
      found_.usual += draw.usual;
    }
    std::erase_if(found_.draws, [](const PoolDraw& draw) { return draw.asked == 0; });
    return std::move(found_);
  }

 private:
  LossRule RuleOf(size_t at, const ConsumerTable& consumers) const {
    const PoolDraw& draw = found_.draws[at];
    if (draw.got >= draw.asked) return LossRule::kNone;
    LossRule rule = LossRule::kCapacity;
    for (size_t i = 0; i < at; ++i) {
      if (found_.draws[i].got == 0) continue;
      const int64_t before = consumers[found_.draws[i].consumer].record().priority;
      if (before < consumers[draw.consumer].record().priority) return LossRule::kPriority;
      rule = LossRule::kName;
    }
    return rule;
  }

  const uint32_t pool_;
  const std::vector<PoolDraw> usual_;
  const int64_t usual_missing_;
  Shortage found_;
  bool ever_ = false;
  bool short_ = false;
  int64_t worst_missing_ = 0;
};

absl::StatusOr<std::vector<std::vector<DeploymentIndex>>> HitsOf(const Knowledge& knowledge,
                                                                 const Scenario& scenario, Reading reading) {
  std::vector<std::vector<DeploymentIndex>> hits;
  for (const Cutoff& cutoff : scenario.cutoffs) {
    const absl::StatusOr<ResolvedCutoff> resolved = Resolve(knowledge.graph(), cutoff);
    if (!resolved.ok()) return resolved.status();
    std::vector<DeploymentIndex>& of_cutoff = hits.emplace_back();
    if (cutoff.severity_ppm == 0) continue;
    for (const Hit& hit : AllHits(knowledge, *resolved)) {
      if (hit.IsIn(reading)) of_cutoff.push_back(hit.deployment);
    }
  }
  return hits;
}

}  // namespace

absl::StatusOr<std::vector<Shortage>> FindShortages(const EvaluationPlan& plan, const Scenario& scenario,
                                                    Reading reading, const Limits& limits) {
  std::vector<Shortage> found;
  if (plan.pool_count() == 0) return found;
  const auto hits = HitsOf(plan.knowledge(), scenario, reading);
  if (!hits.ok()) return hits.status();
  const auto baseline = plan.Baseline(reading, Readiness::kImmediate, limits);
  if (!baseline.ok()) return baseline.status();
  const auto timeline = Timeline::Create(plan, reading, limits);
  if (!timeline.ok()) return timeline.status();
  (*timeline)->FindTouched();
  const Solver at_baseline(plan, reading, Readiness::kImmediate, **baseline, limits);
  std::map<DeploymentIndex, PoolWatch> watches;
  const auto settled = [&](int64_t t, const Solver& solver) {
    if (watches.empty()) {
      for (DeploymentIndex deployment : (*timeline)->touched_deployments()) {
        const uint32_t pool = plan.PoolOf(deployment);
        if (pool != EvaluationPlan::kNoPool) watches.try_emplace(deployment, pool, at_baseline);
      }
    }
    for (auto& [deployment, watch] : watches) watch.Look(t, solver);
  };
  const auto runs = (*timeline)->RunDown(scenario, *hits, settled);
  if (!runs.ok()) return runs.status();
  for (auto& [deployment, watch] : watches) {
    if (std::optional<Shortage> shortage = watch.Finish(plan.graph().consumers())) {
      found.push_back(*std::move(shortage));
    }
  }
  return found;
}

}  // namespace linchpin::engine
