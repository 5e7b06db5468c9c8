#include "services/engine/score/down_runs.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/engine/levels/affected.h"
#include "services/engine/levels/recovery_plan.h"
#include "services/engine/simulation/recovery_pass.h"

namespace linchpin::engine {
namespace {

using Hits = std::vector<DeploymentIndex>;

// Those of `among` that the atom hits, in their order: what HitsOf would say, for three searches each.
Hits HitsAmong(const AtomIndex& index, const AtomIndex::Entry& entry, Reading reading, const Hits& among) {
  const auto holds = [](const Hits& list, DeploymentIndex deployment) {
    return std::binary_search(list.begin(), list.end(), deployment);
  };
  Hits hits;
  for (DeploymentIndex deployment : among) {
    const bool open = reading == Reading::kNotExcluded &&
                      (holds(entry.open, deployment) || holds(index.common(), deployment));
    const bool likely = reading != Reading::kProven && holds(entry.likely, deployment);
    if (open || likely || holds(entry.certain, deployment)) hits.push_back(deployment);
  }
  return hits;
}

// What decides the runs of one total cutoff besides what it hits.
struct Times {
  int64_t start_seconds;
  int64_t notice_seconds;
  std::optional<int64_t> duration_seconds;

  friend auto operator<=>(const Times&, const Times&) = default;
};

// One loss as others may share it: what it hits, and when.
struct Simulated {
  Times times;
  std::shared_ptr<std::vector<DownRun>> runs = std::make_shared<std::vector<DownRun>>();
};

// All losses with the same levels while nothing is cut: of one reading, or of all three if none of them reads
// a switch time otherwise.
class World {
 public:
  World(const EvaluationPlan& plan, Reading reading, const Limits& limits)
      : plan_(plan), reading_(reading), limits_(limits) {}

  // The runs, which Run() fills in.
  DownRuns Add(const Cutoff& cutoff, const Hits& hits) {
    const Times times{cutoff.start_seconds, cutoff.notice_seconds, cutoff.duration_seconds};
    std::vector<Simulated>& of_hits = losses_[hits];
    const auto known = std::find_if(of_hits.begin(), of_hits.end(),
                                    [&times](const Simulated& loss) { return loss.times == times; });
    if (known != of_hits.end()) return known->runs;
    return of_hits.emplace_back(Simulated{times}).runs;
  }

  absl::Status Run() {
    if (losses_.empty()) return absl::OkStatus();
    const RecoveryPlan recovery(plan_, reading_);
    if (absl::Status status = RunDecided(recovery); !status.ok()) return status;
    return RunUndecided(recovery.undecided());
  }

 private:
  using OfHits = std::pair<const Hits, std::vector<Simulated>>;

  absl::Status RunDecided(const RecoveryPlan& recovery) {
    const std::unique_ptr<RecoveryPass> pass = RecoveryPass::Create(recovery);
    std::vector<Hits> hits;
    std::vector<OfHits*> lanes;
    for (auto at = losses_.begin(); at != losses_.end();) {
      hits.clear();
      lanes.clear();
      for (; at != losses_.end() && lanes.size() < pass->lanes(); ++at) {
        hits.push_back(at->first);
        lanes.push_back(&*at);
      }
      if (limits_.cancelled && limits_.cancelled())
        return absl::CancelledError("the evaluation was cancelled");
      pass->Run(hits);
      Keep(recovery, *pass, lanes);
    }
    return absl::OkStatus();
  }

  static void Keep(const RecoveryPlan& recovery, const RecoveryPass& pass,
                   const std::vector<OfHits*>& lanes) {
    std::vector<std::vector<std::vector<int64_t>>> seconds(lanes.size());  // By lane, loss and rank.
    for (size_t lane = 0; lane < lanes.size(); ++lane) {
      for (const Simulated& loss : lanes[lane]->second)
        seconds[lane].push_back(DownSeconds(recovery, loss.times));
    }
    pass.ForEachDown([&](size_t lane, uint32_t place, uint32_t rank) {
      std::vector<Simulated>& losses = lanes[lane]->second;
      for (size_t i = 0; i < losses.size(); ++i) {
        const int64_t down = seconds[lane][i][rank];
        if (down > 0) losses[i].runs->push_back({recovery.Consumer(place), down});
      }
    });
  }

  // How long one is down, by its recovery.
  static std::vector<int64_t> DownSeconds(const RecoveryPlan& recovery, const Times& times) {
    const int64_t lasts = std::max<int64_t>(0, kYearSeconds - times.start_seconds);
    const int64_t most = std::min(lasts, times.duration_seconds.value_or(lasts));
    std::vector<int64_t> seconds;
    for (uint32_t rank = 0; rank < recovery.end_rank(); ++rank) {
      seconds.push_back(std::min(most, recovery.SwitchSeconds(rank) - times.notice_seconds));
    }
    seconds.push_back(most);
    return seconds;
  }

  absl::Status RunUndecided(const std::vector<ConsumerIndex>& undecided) {
    if (undecided.empty()) return absl::OkStatus();
    const ConsumerTable& consumers = plan_.graph().consumers();
    const std::vector<ConsumerIndex> needed = *NeededConsumers(plan_.graph(), undecided, consumers.slots());
    const std::shared_ptr<const Graph> part = plan_.graph().Restrict(needed);
    auto plan = EvaluationPlan::Create(plan_.knowledge().On(part));
    if (!plan.ok()) return plan.status();
    std::vector<bool> is_asked(needed.size());
    for (size_t i = 0; i < needed.size(); ++i) {
      is_asked[i] = std::binary_search(undecided.begin(), undecided.end(), needed[i]);
    }
    auto timeline = Timeline::Create(**plan, reading_, limits_);
    if (!timeline.ok()) return timeline.status();
    return Simulate(**timeline, UsedDeployments(*part), needed, is_asked);
  }

  absl::Status Simulate(Timeline& timeline, const Hits& used, const std::vector<ConsumerIndex>& needed,
                        const std::vector<bool>& is_asked) {
    std::map<std::pair<Hits, Times>, std::vector<DownRun>> known;
    for (auto& [hits, losses] : losses_) {
      Hits among;
      std::set_intersection(hits.begin(), hits.end(), used.begin(), used.end(), std::back_inserter(among));
      if (among.empty()) continue;
      for (Simulated& loss : losses) {
        if (limits_.cancelled && limits_.cancelled())
          return absl::CancelledError("the evaluation was cancelled");
        const auto [entry, is_new] = known.try_emplace({among, loss.times});
        if (is_new) {
          auto runs = timeline.RunDown(ScenarioOf(loss.times), {among});
          if (!runs.ok()) return runs.status();
          for (const DownRun& run : *runs) {
            if (is_asked[run.consumer.value])
              entry->second.push_back({needed[run.consumer.value], run.seconds});
          }
        }
        loss.runs->insert(loss.runs->end(), entry->second.begin(), entry->second.end());
      }
    }
    return absl::OkStatus();
  }

  static Scenario ScenarioOf(const Times& times) {
    Cutoff cutoff;
    cutoff.start_seconds = times.start_seconds;
    cutoff.notice_seconds = times.notice_seconds;
    cutoff.duration_seconds = times.duration_seconds;
    return {{cutoff}, kYearSeconds};
  }

  const EvaluationPlan& plan_;
  const Reading reading_;
  const Limits& limits_;
  std::map<Hits, std::vector<Simulated>> losses_;
};

// The losses of each world, by reading.
class Worlds {
 public:
  Worlds(const EvaluationPlan& plan, const Limits& limits,
         const std::optional<std::vector<DeploymentIndex>>& among)
      : plan_(plan), limits_(limits), among_(among) {}

  ByReading<DownRuns> Add(const AtomLoss& loss) {
    const Cutoff cutoff = CutoffOf(plan_.graph(), loss.entry->atom, loss.hazard);
    ByReading<DownRuns> runs;
    for (Reading reading : kReadings) {
      const Hits hits = among_.has_value() ? HitsAmong(*loss.index, *loss.entry, reading, *among_)
                                           : loss.index->HitsOf(*loss.entry, reading);
      runs[reading] = hits.empty() ? nobody_ : WorldOf(reading).Add(cutoff, hits);
    }
    return runs;
  }
  absl::Status Run() {
    for (Reading reading : kReadings) {
      if (worlds_[reading] == nullptr) continue;
      if (absl::Status status = worlds_[reading]->Run(); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  World& WorldOf(Reading reading) {
    if (!plan_.Differ(Reading::kProven, reading)) reading = Reading::kProven;
    std::unique_ptr<World>& world = worlds_[reading];
    if (world == nullptr) world = std::make_unique<World>(plan_, reading, limits_);
    return *world;
  }

  const EvaluationPlan& plan_;
  const Limits& limits_;
  const std::optional<std::vector<DeploymentIndex>>& among_;
  const DownRuns nobody_ = std::make_shared<const std::vector<DownRun>>();
  ByReading<std::unique_ptr<World>> worlds_;
};

}  // namespace

absl::StatusOr<std::vector<ByReading<DownRuns>>> FindDownRuns(
    const EvaluationPlan& plan, std::span<const AtomLoss> losses, const Limits& limits,
    const std::optional<std::vector<DeploymentIndex>>& among) {
  Worlds worlds(plan, limits, among);
  std::vector<ByReading<DownRuns>> runs;
  for (const AtomLoss& loss : losses) runs.push_back(worlds.Add(loss));
  if (absl::Status status = worlds.Run(); !status.ok()) return status;
  return runs;
}

}  // namespace linchpin::engine
