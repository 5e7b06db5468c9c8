#include "services/engine/loss/monte_carlo.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/engine/cutoff/conditions.h"
#include "services/engine/graph/message.h"
#include "services/engine/loss/draws.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {
namespace {

// Trials that a thread takes at a time: enough that taking them costs nothing, few enough that the threads
// end together and that a cancelled run ends soon where a trial takes long.
constexpr int64_t kBatchMax = 256;
constexpr int64_t kBatchesPerThread = 64;
int64_t BatchOf(const MonteCarloOptions& options) {
  return std::clamp<int64_t>(options.trials / (kBatchesPerThread * std::max(options.threads, 1)), 1,
                             kBatchMax);
}

// A source that can hit something, ready to be drawn.
struct ReadySource {
  size_t place;  // Among all.
  const LossSource* source;
  uint64_t key_hash;
  std::vector<DeploymentIndex> hits;
};

std::vector<DeploymentIndex> HitsOf(const Knowledge& knowledge, const ResolvedCutoff& resolved,
                                    Reading reading) {
  std::vector<DeploymentIndex> hits;
  for (const Hit& hit : AllHits(knowledge, resolved)) {
    if (hit.IsIn(reading)) hits.push_back(hit.deployment);
  }
  return hits;
}

// The same of these deployments alone.
std::vector<DeploymentIndex> HitsOf(const Knowledge& knowledge, const ResolvedCutoff& resolved,
                                    Reading reading, const std::vector<DeploymentIndex>& among) {
  std::vector<DeploymentIndex> hits;
  for (DeploymentIndex deployment : among) {
    if (HitOf(knowledge, resolved, deployment).IsIn(reading)) hits.push_back(deployment);
  }
  return hits;
}

std::vector<DeploymentIndex> UsedDeployments(const Graph& graph) {
  std::vector<DeploymentIndex> used;
  for (DeploymentIndex deployment : graph.deployments()) {
    if (graph.HasDependents(Target(deployment))) used.push_back(deployment);
  }
  return used;
}

absl::StatusOr<std::vector<ReadySource>> Prepare(const EvaluationPlan& plan,
                                                 const std::vector<LossSource>& sources, Reading reading,
                                                 bool only_used) {
  const Knowledge& knowledge = plan.knowledge();
  std::vector<DeploymentIndex> used;
  if (only_used) used = UsedDeployments(plan.graph());
  std::vector<ReadySource> ready;
  for (size_t place = 0; place < sources.size(); ++place) {
    const LossSource& source = sources[place];
    absl::StatusOr<ResolvedCutoff> resolved = Resolve(knowledge.graph(), source.cutoff);
    if (!resolved.ok()) return resolved.status();
    if (source.p_ppb == 0 || source.cutoff.severity_ppm == 0) continue;
    ReadySource one{place, &source, Fnv1a64(source.key), {}};
    one.hits =
        only_used ? HitsOf(knowledge, *resolved, reading, used) : HitsOf(knowledge, *resolved, reading);
    if (!one.hits.empty()) ready.push_back(std::move(one));
  }
  return ready;
}

// Plays trials on one thread.
class Player {
 public:
  static absl::StatusOr<std::unique_ptr<Player>> Create(const EvaluationPlan& plan,
                                                        const std::vector<ReadySource>& sources,
                                                        const MonteCarloOptions& options) {
    absl::StatusOr<std::unique_ptr<Timeline>> timeline =
        Timeline::Create(plan, options.reading, options.limits);
    if (!timeline.ok()) return timeline.status();
    return std::unique_ptr<Player>(new Player(sources, options.seed, *std::move(timeline)));
  }

  // What happened in the last trial: places among all sources.
  const std::vector<size_t>& happened() const { return happened_; }

  absl::StatusOr<int64_t> Play(int64_t trial) {
    scenario_.cutoffs.clear();
    hits_.clear();
    happened_.clear();
    const uint64_t state = TrialState(seed_, static_cast<uint64_t>(trial));
    for (const ReadySource& source : sources_) {
      std::optional<Cutoff> cutoff = DrawnCutoff(*source.source, source.key_hash, state);
      if (!cutoff.has_value()) continue;
      scenario_.cutoffs.push_back(*std::move(cutoff));
      hits_.push_back(source.hits);
      happened_.push_back(source.place);
    }
    if (hits_.empty()) return 0;
    return timeline_->RunCost(scenario_, hits_);
  }

 private:
  Player(const std::vector<ReadySource>& sources, uint64_t seed, std::unique_ptr<Timeline> timeline)
      : sources_(sources), seed_(seed), timeline_(std::move(timeline)) {
    scenario_.horizon_seconds = kTrialYearSeconds;
  }

  const std::vector<ReadySource>& sources_;
  const uint64_t seed_;
  std::unique_ptr<Timeline> timeline_;
  Scenario scenario_;
  std::vector<std::vector<DeploymentIndex>> hits_;
  std::vector<size_t> happened_;
};

// Sums of one thread; integers, so that it does not matter who adds what.
struct Sum {
  int64_t happened = 0;
  __int128 loss = 0;
};

// The trials of all threads: each takes the next batch until none is left or one has failed.
class Run {
 public:
  Run(const EvaluationPlan& plan, const std::vector<ReadySource>& sources, size_t source_count,
      const MonteCarloOptions& options)
      : plan_(plan),
        sources_(sources),
        options_(options),
        source_count_(source_count),
        batch_(BatchOf(options)),
        losses_(static_cast<size_t>(options.trials)),
        sums_(source_count) {}

  absl::StatusOr<DrawnLosses> Finish() {
    std::vector<std::thread> others;
    for (int i = 1; i < options_.threads; ++i) others.emplace_back([this] { Work(); });
    Work();
    for (std::thread& other : others) other.join();
    absl::MutexLock lock(&mutex_);
    if (!status_.ok()) return status_;
    DrawnLosses drawn{std::move(losses_), {}};
    for (const Sum& sum : sums_) drawn.tallies.push_back({sum.happened, static_cast<double>(sum.loss)});
    return drawn;
  }

 private:
  void Work() {
    absl::StatusOr<std::unique_ptr<Player>> player = Player::Create(plan_, sources_, options_);
    if (!player.ok()) return Fail(player.status());
    std::vector<Sum> sums(source_count_);
    while (!failed_) {
      const int64_t first = next_.fetch_add(batch_), last = std::min(first + batch_, options_.trials);
      if (first >= options_.trials) return Add(sums);
      if (options_.limits.cancelled && options_.limits.cancelled()) {
        return Fail(absl::CancelledError("the evaluation was cancelled"));
      }
      for (int64_t trial = first; trial < last; ++trial) {
        absl::StatusOr<int64_t> loss = (*player)->Play(trial);
        if (!loss.ok()) return Fail(loss.status());
        losses_[static_cast<size_t>(trial)] = *loss;
        for (size_t place : (*player)->happened()) {
          ++sums[place].happened;
          sums[place].loss += *loss;
        }
      }
      Report(last - first);
    }
  }

  void Report(int64_t count) {
    absl::MutexLock lock(&mutex_);
    done_ += count;
    if (options_.progress) options_.progress(done_);
  }
  void Add(const std::vector<Sum>& sums) {
    absl::MutexLock lock(&mutex_);
    for (size_t i = 0; i < sums.size(); ++i) {
      sums_[i].happened += sums[i].happened;
      sums_[i].loss += sums[i].loss;
    }
  }
  // Of several failures the first to be told is kept.
  void Fail(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    if (status_.ok()) status_ = std::move(status);
    failed_ = true;
  }

  const EvaluationPlan& plan_;
  const std::vector<ReadySource>& sources_;
  const MonteCarloOptions& options_;
  const size_t source_count_;
  const int64_t batch_;
  std::vector<int64_t> losses_;  // Each trial has a place of its own.
  std::atomic<int64_t> next_{0};
  std::atomic<bool> failed_{false};
  absl::Mutex mutex_;
  int64_t done_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<Sum> sums_ ABSL_GUARDED_BY(mutex_);
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

absl::StatusOr<DrawnLosses> DrawLosses(const EvaluationPlan& plan, const std::vector<LossSource>& sources,
                                       const MonteCarloOptions& options) {
  if (options.trials < 1 || options.trials > kTrialsMax) {
    return Invalid({"trials is ", std::to_string(options.trials), " but must be from 1 to ",
                    std::to_string(kTrialsMax)});
  }
  if (absl::Status status = ValidateSources(sources); !status.ok()) return status;
  std::vector<Cutoff> cutoffs;
  for (const LossSource& source : sources) cutoffs.push_back(source.cutoff);
  absl::Status status = ValidateScenario(plan.graph(), {cutoffs, kTrialYearSeconds});
  if (!status.ok()) return status;
  absl::StatusOr<std::vector<ReadySource>> ready = Prepare(plan, sources, options.reading, options.only_used);
  if (!ready.ok()) return ready.status();
  return Run(plan, *ready, sources.size(), options).Finish();
}

absl::StatusOr<bool> LossesAgree(const EvaluationPlan& plan, const std::vector<LossSource>& sources,
                                 Reading a, Reading b) {
  if (plan.Differ(a, b)) return false;
  absl::StatusOr<std::vector<ReadySource>> in_a = Prepare(plan, sources, a, false);
  absl::StatusOr<std::vector<ReadySource>> in_b = Prepare(plan, sources, b, false);
  if (!in_a.ok()) return in_a.status();
  if (!in_b.ok()) return in_b.status();
  return std::equal(
      in_a->begin(), in_a->end(), in_b->begin(), in_b->end(),
      [](const ReadySource& x, const ReadySource& y) { return x.place == y.place && x.hits == y.hits; });
}

}  // namespace linchpin::engine
