// What every evaluation of one graph shares: an order of solving, the pools of finite capacity, baselines.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_EVALUATION_PLAN_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_EVALUATION_PLAN_H_

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/base/steady.h"
#include "services/engine/graph/counted.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/levels/reading.h"
#include "services/engine/levels/word_plan.h"

namespace linchpin::engine {

// Bounds of one evaluation, and the hook by which its caller stops it.
// Errors: ResourceExhausted when a bound is passed.
//   Cancelled when `cancelled` returns true.
//   Never a part of a result.
struct Limits {
  int64_t evaluations_max = 2'000'000'000;  // Evaluations of a group.
  int64_t instants_max = 1'000'000;         // Instants of one trajectory at which something changes.
  int64_t segments_max = 2'000'000;  // Segments of one trajectory, of all consumers: about 60 bytes each.
  // Evaluations of one solution after which levels around a cycle are looked at as a whole: what falls in
  // tiny steps is then lowered at once. Changes the cost alone.
  int64_t leap_after = 65'536;
  int64_t path_steps_max = 2'000'000'000;  // Steps taken in looking for causes.
  int64_t path_nodes_max = 16'000'000;     // Nodes on the paths of all causes kept, 16 more for each cause.
  std::function<bool()> cancelled;         // Asked every few thousand evaluations; may be null.
};

// Evaluations of a group that a baseline may take: some ten seconds. Around a cycle of dependencies levels
// may fall by a millionth a round; most of that is leapt over (Limits::leap_after), but what rounding down
// takes off in a cycle of hundreds of consumers may still be followed step by step.
inline constexpr int64_t kBaselineEvaluationsMax = 500'000'000;

// Which alternatives are ready in a static evaluation (S5): only the hot ones, or all but those whose switch
// time is unknown in the reading not excluded.
enum class Readiness : uint8_t { kImmediate, kSustained };

// One alternative on a pool, in the serial order of S5.
struct PoolEntry {
  ConsumerIndex consumer;
  uint32_t group = 0;  // Ordinal within the consumer.
  uint32_t alternative = 0;
};

// The state that a solver works on. Arrays by consumer index, by group number, by pool entry.
struct State {
  std::vector<int32_t> level;      // Of consumers.
  std::vector<int32_t> essential;  // The least delivery of the essential groups: E of S5.
  std::vector<int64_t> shortfall;  // Sum of weight * (ONE - delivery) over the others: L of S5.
  std::vector<int32_t> delivery;   // Of groups, bridged: the D that step 3 of S5 reads.
  std::vector<int64_t> filled;     // By pool entry: what the group has after it, micro-units.
};

// Sums over consumers in a baseline, for the indices of S7.
struct Weighted {
  __int128 weight_times_base = 0;
};

// Ownership: keeps its graph. Thread safety: all members may run at once; baselines are found on first use.
// Cost: Create walks the graph once (order of solving, pools); each baseline evaluates it once.
class EvaluationPlan : public std::enable_shared_from_this<EvaluationPlan> {
 public:
  static constexpr uint32_t kNoPool = UINT32_MAX;

  static absl::StatusOr<std::shared_ptr<const EvaluationPlan>> Create(
      std::shared_ptr<const Knowledge> knowledge);
  // The same with every rule of knowledge.md K4 switched on.
  static absl::StatusOr<std::shared_ptr<const EvaluationPlan>> Create(std::shared_ptr<const Graph> graph) {
    return Create(Knowledge::Create(std::move(graph)));
  }

  // The same, of which answers count only those selected. Levels are those of all: who is not counted uses
  // capacity all the same. Shares the levels with nothing cut; keeps this one. Cost: the walk of Create.
  absl::StatusOr<std::shared_ptr<const EvaluationPlan>> Count(Selected selected) const;

  const Graph& graph() const { return *graph_; }
  const Knowledge& knowledge() const { return *knowledge_; }
  const std::shared_ptr<const Knowledge>& shared_knowledge() const { return knowledge_; }
  const std::shared_ptr<const Graph>& shared_graph() const { return graph_; }

  // Whom answers count, and with what weight.
  const Counted& counted() const { return counted_; }

  // Nodes of the order of solving: consumers by their index, then pools.
  uint32_t node_count() const { return static_cast<uint32_t>(node_at_.size()); }
  uint32_t NodeOf(ConsumerIndex consumer) const { return consumer.value; }
  uint32_t NodeOfPool(uint32_t pool) const { return graph_->consumers().slots() + pool; }
  // Position of a node: what it needs comes before it, except around a cycle.
  uint32_t RankOf(uint32_t node) const { return rank_of_[node]; }
  uint32_t NodeAt(uint32_t rank) const { return node_at_[rank]; }

  uint32_t pool_count() const { return static_cast<uint32_t>(pool_begin_.size()) - 1; }
  // kNoPool for a deployment of unlimited capacity.
  uint32_t PoolOf(DeploymentIndex deployment) const { return pool_of_[deployment.value]; }
  DeploymentIndex DeploymentOfPool(uint32_t pool) const { return pool_deployment_[pool]; }
  // Entries of a pool are numbered from PoolBegin(pool).
  uint32_t PoolBegin(uint32_t pool) const { return pool_begin_[pool]; }
  std::span<const PoolEntry> PoolEntries(uint32_t pool) const {
    return {entries_.data() + pool_begin_[pool], entries_.data() + pool_begin_[pool + 1]};
  }
  uint32_t entry_count() const { return static_cast<uint32_t>(entries_.size()); }
  // The entry of an alternative on a pool, by the alternative's number.
  uint32_t EntryOf(uint32_t alternative_number) const { return entry_of_.find(alternative_number)->second; }

  // Some second or later alternative has an unknown switch time, so that the readings differ even with equal
  // hits.
  bool has_unknown_switch() const { return has_unknown_switch_; }

  // The seconds that an alternative takes to switch to, in one reading; kNeverReady: never ready. Not of a
  // first alternative, which is always ready.
  static constexpr int64_t kNeverReady = INT64_MAX;
  int64_t SwitchSeconds(Reading reading, const AlternativeTerms& terms, Target first, Target target) const {
    if (terms.switch_seconds != AlternativeTerms::kUnknownSwitch) return terms.switch_seconds;
    if (reading == Reading::kProven) return 0;
    if (reading == Reading::kNotExcluded) return kNeverReady;
    return knowledge_->LikelySwitchSeconds(first, target, terms);
  }

  // Can levels differ between two readings though the same is hit in both?
  bool Differ(Reading a, Reading b) const { return FactsOf(a) != FactsOf(b); }

  // Levels and deliveries with nothing cut, found by the first who asks; others wait for it.
  // Errors: Cancelled, also while waiting: whoever asks next begins anew. ResourceExhausted if it takes more
  //   than kBaselineEvaluationsMax or, if that is less, limits.evaluations_max, naming a consumer in whose
  //   cycle levels fall too slowly; that it takes the former is found out once.
  absl::StatusOr<const State*> Baseline(Reading reading, Readiness readiness,
                                        const Limits& limits = {}) const;
  // What a sweep by machine words reads, made by the first who asks. Errors: those of Baseline.
  absl::StatusOr<const WordPlan*> Words(Reading reading, Readiness readiness,
                                        const Limits& limits = {}) const;
  // Sum of weight * base over all consumers. Only after Baseline succeeded.
  const Weighted& Sums(Reading reading, Readiness readiness) const;
  // Consumers whose baseline with immediate readiness is below ONE (S1: a warning), ascending by index.
  absl::StatusOr<std::vector<ConsumerIndex>> BaselineWarnings(Reading reading,
                                                              const Limits& limits = {}) const;

 private:
  struct Made {
    enum class Stage : uint8_t { kOpen, kRunning, kDone };
    absl::Mutex mutex;
    base::SteadyCondition changed;
    Stage stage ABSL_GUARDED_BY(mutex) = Stage::kOpen;
    absl::Status status;  // From here on only written before kDone, and read after it.
    std::shared_ptr<const State> state;
    Weighted sums;
    std::once_flag words_once;
    std::unique_ptr<const WordPlan> words;
  };
  explicit EvaluationPlan(std::shared_ptr<const Knowledge> knowledge, Selected selected = {})
      : knowledge_(std::move(knowledge)),
        graph_(knowledge_->shared_graph()),
        counted_(*graph_, std::move(selected)) {}
  void Fill();
  void FindPools();
  void FindUnknownSwitches();
  void Rank();
  // The first reading that is as this one while nothing is cut.
  Reading FactsOf(Reading reading) const { return has_unknown_switch_ ? reading : Reading::kProven; }
  Made& MadeOf(Reading reading, Readiness readiness) const;
  // Waits while another makes it. True if the caller is to make it; else it is made, or has failed for good.
  // Errors: CANCELLED.
  absl::StatusOr<bool> Claim(const Limits& limits, Made& made) const;
  absl::StatusOr<std::shared_ptr<const State>> SharedBaseline(Reading reading, Readiness readiness,
                                                              const Limits& limits) const;
  absl::StatusOr<std::shared_ptr<const State>> Solve(Reading reading, Readiness readiness,
                                                     const Limits& limits) const;
  void Keep(absl::StatusOr<std::shared_ptr<const State>> state, const Limits& limits, Made& made) const;

  std::shared_ptr<const Knowledge> knowledge_;
  std::shared_ptr<const Graph> graph_;
  Counted counted_;
  std::shared_ptr<const EvaluationPlan> all_;  // Of whom this counts a part; null where it counts all.
  std::vector<uint32_t> rank_of_;
  std::vector<uint32_t> node_at_;
  std::vector<uint32_t> pool_of_;
  std::vector<DeploymentIndex> pool_deployment_;
  std::vector<uint32_t> pool_begin_;  // One more than pools.
  std::vector<PoolEntry> entries_;
  absl::flat_hash_map<uint32_t, uint32_t> entry_of_;
  bool has_unknown_switch_ = false;
  mutable std::array<Made, 6> made_;  // By reading, then readiness.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_EVALUATION_PLAN_H_
