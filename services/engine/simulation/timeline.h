// One reading of one scenario over time (S6). Internal to Simulate and Sweep.
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_TIMELINE_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_TIMELINE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/bridge_holds.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/solver.h"
#include "services/engine/levels/touch.h"
#include "services/engine/simulation/causes.h"
#include "services/engine/simulation/outcome.h"

namespace linchpin::engine {

// How long a consumer is down: the longest time at level 0, while its level with nothing cut is above,
// without a break.
struct DownRun {
  ConsumerIndex consumer;
  int64_t seconds = 0;
};

// Runs scenarios one after the other on one graph in one reading. Making it costs a copy of the baseline; a
// run costs what changes in it or, after FindTouched() and in the cases below, what it could touch.
//
// What a cutoff could touch and does not change matters for one thing: when its announcement reached an
// alternative, and so when the next one is ready (S4). Where everything is announced at the same instant,
// what has come to be needed is ready by that instant alone, and nothing else need be looked at. That holds
// as long as with nothing cut no group waits for an alternative that takes time: such a group gains by an
// announcement though nothing that it has is lost. (ADR 0118.)
//
// Thread safety: one thread at a time. The EvaluationPlan must outlive it. After an error it is of no further
// use.
class Timeline {
 public:
  static absl::StatusOr<std::unique_ptr<Timeline>> Create(const EvaluationPlan& plan, Reading reading,
                                                          const Limits& limits);

  // `hits` holds, for each cutoff, the deployments that it hits in this reading, ascending; nothing for a
  // cutoff of severity 0. `causes`: whether to look for them, and of whom (null: of all).
  absl::StatusOr<ReadingOutcome> Run(const Scenario& scenario,
                                     const std::vector<std::vector<DeploymentIndex>>& hits, bool causes,
                                     const std::vector<ConsumerIndex>* causes_of = nullptr);

  // Only the consumers that are down at some time, in no order: what scores are made of, without the rest of
  // an outcome. `hits` as in Run. `settled`, unless null, is called at each instant at which something
  // changes, with the state that holds from then on.
  using Settled = std::function<void(int64_t t, const Solver& solver)>;
  absl::StatusOr<std::vector<DownRun>> RunDown(const Scenario& scenario,
                                               const std::vector<std::vector<DeploymentIndex>>& hits,
                                               const Settled& settled = nullptr);

  // Only the total cost (S7), as Run gives it.
  absl::StatusOr<int64_t> RunCost(const Scenario& scenario,
                                  const std::vector<std::vector<DeploymentIndex>>& hits);

  // Has all runs from now on find what they could touch.
  void FindTouched() { finds_touched_ = true; }
  // The consumers that the last run could touch (S4), in no order. Valid until the next one. Only after
  // FindTouched().
  const std::vector<ConsumerIndex>& touched() const { return touched_->consumers; }
  // The deployments; likewise, and already during a run.
  const std::vector<DeploymentIndex>& touched_deployments() const { return touched_->deployments; }

 private:
  struct Instant {
    std::vector<uint32_t> cutoffs;       // That start or end.
    std::vector<Solver::Wait> prepared;  // That become ready.
    std::vector<uint32_t> holds;         // That run out.
  };
  struct Track {
    ConsumerIndex consumer;
    std::vector<Segment> segments;  // The last one is open.
  };

  Timeline(const EvaluationPlan& plan, Reading reading, const State& baseline, const Limits& limits);
  absl::Status RunBare(const Scenario& scenario, const std::vector<std::vector<DeploymentIndex>>& hits);
  absl::Status RunAll();
  void Begin(const std::vector<ConsumerIndex>* causes_of);
  // When all that hits something is announced, if that is one instant and decides readiness; else none.
  std::optional<int64_t> OneAnnouncement();
  void FindWhatIsTouched();
  void ScheduleWaits(int64_t t);
  absl::Status CheckSegments() const;
  void Schedule();
  absl::Status Play(int64_t t, const Instant& instant);
  int32_t LevelAt(DeploymentIndex deployment, int64_t t) const;
  void Record(int64_t t);
  void Cut(Track& track, int64_t t, int32_t level);
  void Close(Track& track, int64_t end);
  absl::Status ObserveCauses(int64_t t);
  void SortTracks();
  absl::StatusOr<ReadingOutcome> Conclude();
  std::vector<DownRun> ConcludeDown();
  absl::StatusOr<int64_t> ConcludeCost();

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const Reading reading_;
  const Limits limits_;
  Solver solver_;
  TouchFinder touch_;
  CauseFinder cause_finder_;
  BridgeHolds holds_;
  bool finds_touched_ = false;
  std::optional<bool> is_any_waiting_;  // With nothing cut; found out by the first run that asks.

  // Of the run.
  const Scenario* scenario_ = nullptr;
  const std::vector<std::vector<DeploymentIndex>>* hits_ = nullptr;
  const TouchSet* touched_ = nullptr;
  std::optional<int64_t> announced_;  // Where readiness goes by it alone.
  std::vector<Solver::Wait> waits_;   // Of this instant.
  bool causes_ = false;
  const Settled* settled_ = nullptr;  // May be null, as may be what it points at.
  std::map<int64_t, Instant> instants_;
  absl::flat_hash_map<uint32_t, std::vector<uint32_t>> cutoffs_of_;  // By deployment.
  absl::flat_hash_map<uint32_t, uint32_t> track_of_;                 // By consumer.
  std::vector<Track> tracks_;
  int64_t segments_ = 0;  // Of all tracks.
  int64_t impaired_ = 0;
  __int128 missing_ = 0;  // Sum of weight * (base - level) now.
  __int128 missing_peak_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_TIMELINE_H_
