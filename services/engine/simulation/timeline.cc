#include "services/engine/simulation/timeline.h"

#include <algorithm>
#include <string>

#include "services/engine/graph/message.h"

namespace linchpin::engine {

absl::StatusOr<std::unique_ptr<Timeline>> Timeline::Create(const EvaluationPlan& plan, Reading reading,
                                                           const Limits& limits) {
  absl::StatusOr<const State*> baseline = plan.Baseline(reading, Readiness::kImmediate, limits);
  if (!baseline.ok()) return baseline.status();
  return std::unique_ptr<Timeline>(new Timeline(plan, reading, **baseline, limits));
}

Timeline::Timeline(const EvaluationPlan& plan, Reading reading, const State& baseline, const Limits& limits)
    : plan_(plan),
      graph_(plan.graph()),
      reading_(reading),
      limits_(limits),
      solver_(plan, reading, Readiness::kImmediate, baseline, limits_),
      touch_(plan, reading),
      cause_finder_(plan, limits_),
      holds_(graph_.consumers(), baseline) {
  solver_.UseBridges(&holds_);
}

absl::StatusOr<ReadingOutcome> Timeline::Run(const Scenario& scenario,
                                             const std::vector<std::vector<DeploymentIndex>>& hits,
                                             bool causes, const std::vector<ConsumerIndex>* causes_of) {
  scenario_ = &scenario;
  hits_ = &hits;
  causes_ = causes;
  Begin(causes_of);
  absl::Status status = RunAll();
  solver_.Restore();
  if (!status.ok()) return status;
  return Conclude();
}

absl::StatusOr<std::vector<DownRun>> Timeline::RunDown(const Scenario& scenario,
                                                       const std::vector<std::vector<DeploymentIndex>>& hits,
                                                       const Settled& settled) {
  settled_ = settled ? &settled : nullptr;
  absl::Status status = RunBare(scenario, hits);
  settled_ = nullptr;
  if (!status.ok()) return status;
  return ConcludeDown();
}

absl::StatusOr<int64_t> Timeline::RunCost(const Scenario& scenario,
                                          const std::vector<std::vector<DeploymentIndex>>& hits) {
  if (absl::Status status = RunBare(scenario, hits); !status.ok()) return status;
  return ConcludeCost();
}

// Without causes and without what outcomes are named and sorted by.
absl::Status Timeline::RunBare(const Scenario& scenario,
                               const std::vector<std::vector<DeploymentIndex>>& hits) {
  scenario_ = &scenario;
  hits_ = &hits;
  causes_ = false;
  Begin(nullptr);
  absl::Status status = RunAll();
  solver_.Restore();
  return status;
}

void Timeline::Begin(const std::vector<ConsumerIndex>* causes_of) {
  instants_.clear();
  cutoffs_of_.clear();
  track_of_.clear();
  tracks_.clear();
  holds_.Clear();
  cause_finder_.Begin(causes_of);
  impaired_ = segments_ = 0;
  missing_ = missing_peak_ = 0;

  for (uint32_t i = 0; i < scenario_->cutoffs.size(); ++i) {
    for (DeploymentIndex deployment : (*hits_)[i]) cutoffs_of_[deployment.value].push_back(i);
  }
  announced_ = OneAnnouncement();
  waits_.clear();
  solver_.CollectWaits(announced_.has_value() ? &waits_ : nullptr);
  if (!announced_.has_value()) FindWhatIsTouched();
  Schedule();
}

std::optional<int64_t> Timeline::OneAnnouncement() {
  if (finds_touched_ || settled_ != nullptr) return std::nullopt;
  std::optional<int64_t> announced;
  for (uint32_t i = 0; i < scenario_->cutoffs.size(); ++i) {
    if ((*hits_)[i].empty()) continue;
    const int64_t at = scenario_->cutoffs[i].announced_seconds();
    if (announced.value_or(at) != at) return std::nullopt;
    announced = at;
  }
  if (!is_any_waiting_.has_value()) is_any_waiting_ = solver_.IsAnyWaiting();
  return *is_any_waiting_ ? std::nullopt : announced;
}

void Timeline::FindWhatIsTouched() {
  std::vector<Announcement> announcements;
  for (uint32_t i = 0; i < scenario_->cutoffs.size(); ++i) {
    announcements.push_back({scenario_->cutoffs[i].announced_seconds(), (*hits_)[i]});
  }
  touched_ = &touch_.Find(std::move(announcements));
  for (const TouchSet::Preparation& preparation : touched_->preparations) {
    const int64_t ready = std::max<int64_t>(0, preparation.ready_seconds);
    if (ready >= scenario_->horizon_seconds) continue;
    instants_[ready].prepared.push_back(
        {preparation.consumer, preparation.group, preparation.alternative_number});
  }
}

void Timeline::Schedule() {
  const int64_t horizon = scenario_->horizon_seconds;
  for (uint32_t i = 0; i < scenario_->cutoffs.size(); ++i) {
    const Cutoff& cutoff = scenario_->cutoffs[i];
    if ((*hits_)[i].empty() || cutoff.start_seconds >= horizon) continue;
    instants_[cutoff.start_seconds].cutoffs.push_back(i);
    if (!cutoff.duration_seconds.has_value()) continue;
    const int64_t end = cutoff.start_seconds + *cutoff.duration_seconds;
    if (end < horizon) instants_[end].cutoffs.push_back(i);
  }
}

// What has come to wait at `t`.
void Timeline::ScheduleWaits(int64_t t) {
  for (const Solver::Wait& wait : waits_) {
    const int64_t ready = *announced_ + wait.switch_seconds;
    if (ready > t && ready < scenario_->horizon_seconds) instants_[ready].prepared.push_back(wait);
  }
  waits_.clear();
}

absl::Status Timeline::RunAll() {
  std::vector<BridgeHolds::Expiry> expiries;
  for (int64_t played = 0; !instants_.empty(); ++played) {
    if (played >= limits_.instants_max) {
      return absl::ResourceExhaustedError("levels change at more instants than the limit allows");
    }
    const auto node = instants_.extract(instants_.begin());
    const int64_t t = node.key();
    if (absl::Status status = Play(t, node.mapped()); !status.ok()) return status;
    expiries.clear();
    holds_.Settle(t, expiries);
    for (const BridgeHolds::Expiry& expiry : expiries) {
      if (expiry.at_seconds < scenario_->horizon_seconds)
        instants_[expiry.at_seconds].holds.push_back(expiry.hold);
    }
    ScheduleWaits(t);
    Record(t);
    if (settled_ != nullptr) (*settled_)(t, solver_);
    if (absl::Status status = CheckSegments(); !status.ok()) return status;
    if (!causes_ || impaired_ == 0) continue;
    if (absl::Status status = ObserveCauses(t); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Timeline::CheckSegments() const {
  if (segments_ <= limits_.segments_max) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      Join({"the levels of all consumers change more than ", std::to_string(limits_.segments_max),
            " times; cut fewer things at different times, or take a shorter horizon"}));
}

int32_t Timeline::LevelAt(DeploymentIndex deployment, int64_t t) const {
  int64_t level = kOne;
  for (uint32_t i : cutoffs_of_.at(deployment.value)) {
    const Cutoff& cutoff = scenario_->cutoffs[i];
    if (cutoff.IsActiveAt(t)) level = std::min(level, kOne - cutoff.severity_ppm);
  }
  return static_cast<int32_t>(level);
}

absl::Status Timeline::Play(int64_t t, const Instant& instant) {
  solver_.Mark(/*undoable=*/false);
  if (announced_.has_value()) solver_.SetElapsed(t - *announced_);
  std::vector<DeploymentIndex> falling;
  for (uint32_t i : instant.cutoffs) {
    for (DeploymentIndex deployment : (*hits_)[i]) {
      const int32_t level = LevelAt(deployment, t), before = solver_.DeploymentLevel(deployment);
      if (level > before) {
        solver_.LiftDependents(Target(deployment));
        solver_.SetDeployment(deployment, level);
      } else if (level < before) {
        falling.push_back(deployment);
      }
    }
  }
  for (const Solver::Wait& wait : instant.prepared) {
    if (!announced_.has_value()) solver_.SetReady(wait.alternative_number);
    if (!solver_.IsFilledBefore(wait.consumer, wait.group, wait.alternative_number))
      solver_.LiftGroup(wait.consumer, wait.group);
  }
  solver_.Drop();
  for (DeploymentIndex deployment : falling) solver_.Lower(deployment, LevelAt(deployment, t));
  for (uint32_t hold : instant.holds) {
    const auto [consumer, group] = holds_.Expire(hold, t);
    solver_.Reevaluate(consumer, group);
  }
  return solver_.Solve();
}

void Timeline::Record(int64_t t) {
  const State& base = solver_.baseline();
  for (const Solver::Change& change : solver_.changes()) {
    const uint32_t consumer = change.consumer.value;
    const int32_t level = solver_.state().level[consumer];
    if (level == change.before) continue;
    auto [entry, is_new] = track_of_.emplace(consumer, static_cast<uint32_t>(tracks_.size()));
    if (is_new) {
      tracks_.push_back({change.consumer, {}});
      tracks_.back().segments.reserve(3);  // Before, down, back: most have no more.
      // Before 0 and up to the first change stands the baseline.
      if (t > 0) {
        tracks_.back().segments.push_back({.level = base.level[consumer]});
        ++segments_;
      }
    }
    const int64_t weight = plan_.counted().WeightOf(change.consumer);
    const int32_t before = std::max(0, base.level[consumer] - change.before);
    const int32_t now = std::max(0, base.level[consumer] - level);
    missing_ += __int128{weight} * (now - before);
    impaired_ += (now > 0) - (before > 0);
    Cut(tracks_[entry->second], t, level);
  }
  missing_peak_ = std::max(missing_peak_, missing_);
}

void Timeline::Cut(Track& track, int64_t t, int32_t level) {
  if (!track.segments.empty()) Close(track, t);
  const bool impaired = level < solver_.baseline().level[track.consumer.value];
  track.segments.push_back({.start_seconds = t, .level = level, .impaired = impaired});
  ++segments_;
}

void Timeline::Close(Track& track, int64_t end) {
  Segment& segment = track.segments.back();
  segment.end_seconds = end;
  if (!causes_ || !segment.impaired || !cause_finder_.Keeps(track.consumer)) return;
  segment.causes = cause_finder_.Close(track.consumer);
  segment.aftermath = segment.causes.empty();
  for (const Cause& cause : segment.causes) {
    (IsProhibition(scenario_->cutoffs[cause.cutoff].kind) ? segment.prohibited : segment.unavailable) = true;
  }
}

absl::Status Timeline::ObserveCauses(int64_t t) {
  for (uint32_t i = 0; i < scenario_->cutoffs.size(); ++i) {
    if ((*hits_)[i].empty() || !scenario_->cutoffs[i].IsActiveAt(t)) continue;
    if (absl::Status status = cause_finder_.Observe(solver_, i, (*hits_)[i]); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// By name; each name is looked up once.
void Timeline::SortTracks() {
  std::vector<std::pair<std::string_view, uint32_t>> order;
  order.reserve(tracks_.size());
  for (const Track& track : tracks_)
    order.emplace_back(graph_.consumers().NameOf(track.consumer), static_cast<uint32_t>(order.size()));
  std::sort(order.begin(), order.end());
  std::vector<Track> sorted;
  sorted.reserve(tracks_.size());
  for (const auto& [name, place] : order) sorted.push_back(std::move(tracks_[place]));
  tracks_ = std::move(sorted);
}

absl::StatusOr<ReadingOutcome> Timeline::Conclude() {
  ReadingOutcome result;
  __int128 lost = 0, cost = 0;
  SortTracks();
  result.consumers.reserve(tracks_.size());
  for (Track& track : tracks_) {
    Close(track, scenario_->horizon_seconds);
    ConsumerOutcome outcome;
    outcome.consumer = track.consumer;
    outcome.base = solver_.baseline().level[track.consumer.value];
    outcome.segments = std::move(track.segments);
    absl::Status status = Summarise(graph_, scenario_->horizon_seconds, outcome);
    if (!status.ok()) return status;
    lost += __int128{plan_.counted().WeightOf(track.consumer)} * outcome.lost_ppm_seconds;
    if (plan_.counted().IsSelected(track.consumer)) cost += outcome.cost_minor;
    result.consumers.push_back(std::move(outcome));
  }
  if (cost > INT64_MAX) return absl::OutOfRangeError("the cost of the scenario does not fit 64 bits");
  result.Index();
  for (const ConsumerOutcome& outcome : result.consumers) {
    if (outcome.impacted() && plan_.counted().IsCounted(outcome.consumer))
      result.impacted.push_back(outcome.consumer);
  }
  for (const auto& [deployment, cutoffs] : cutoffs_of_) result.hit.push_back({deployment});
  std::sort(result.hit.begin(), result.hit.end());
  const __int128 whole = plan_.Sums(reading_, Readiness::kImmediate).weight_times_base;
  result.cost_minor = static_cast<int64_t>(cost);
  result.impact_index_ppm = IndexPpm(lost, whole * scenario_->horizon_seconds);
  result.peak_index_ppm = IndexPpm(missing_peak_, whole);
  return result;
}

std::vector<DownRun> Timeline::ConcludeDown() {
  std::vector<DownRun> runs;
  for (Track& track : tracks_) {
    Close(track, scenario_->horizon_seconds);
    int64_t run = 0, longest = 0;
    for (const Segment& segment : track.segments) {
      const bool down = segment.impaired && segment.level == 0;
      run = down ? run + segment.end_seconds - segment.start_seconds : 0;
      longest = std::max(longest, run);
    }
    if (longest > 0) runs.push_back({track.consumer, longest});
  }
  return runs;
}

absl::StatusOr<int64_t> Timeline::ConcludeCost() {
  __int128 cost = 0;
  for (Track& track : tracks_) {
    Close(track, scenario_->horizon_seconds);
    if (!plan_.counted().IsSelected(track.consumer)) continue;
    ConsumerOutcome outcome;
    outcome.consumer = track.consumer;
    outcome.base = solver_.baseline().level[track.consumer.value];
    outcome.segments = std::move(track.segments);
    absl::Status status = Summarise(graph_, scenario_->horizon_seconds, outcome);
    if (!status.ok()) return status;
    cost += outcome.cost_minor;
  }
  if (cost > INT64_MAX) return absl::OutOfRangeError("the cost of the scenario does not fit 64 bits");
  return static_cast<int64_t>(cost);
}

}  // namespace linchpin::engine
