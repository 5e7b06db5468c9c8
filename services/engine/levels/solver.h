// The greatest fix-point of S5, by a work list that only touches what changes.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_SOLVER_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_SOLVER_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/rank_queue.h"

namespace linchpin::engine {

// Solves one graph in one reading, again and again. It holds a state at the fix-point; a caller lowers
// deployments, or raises what may rise, and solves anew.
//
// How: every quantity (level, delivery, what a group has after a pool) is an upper bound of its value and is
// only ever lowered to what the quantities that it needs allow. S5 is monotone in all of them, also written
// out with what is left of each pool before each group, so that any order of lowering ends at the greatest
// fix-point below the start; the start is above it, because nothing that may rise is left below its top.
// The order of solving makes most quantities final at once; it decides about cost, not about values.
//
// Thread safety: one thread at a time. The EvaluationPlan must outlive it.
class Solver {
 public:
  // A group that carries on without deliveries for a while (S6). The solver asks what is still held.
  class Bridges {
   public:
    virtual ~Bridges() = default;
    // What step 3 reads for a group with a bridge, given its number and what it is delivered now.
    virtual int32_t Bridged(ConsumerIndex consumer, uint32_t group, uint32_t number, int32_t delivered) = 0;
  };

  // Starts at the baseline of the reading, which must be `baseline`.
  Solver(const EvaluationPlan& plan, Reading reading, Readiness readiness, const State& baseline,
         const Limits& limits);

  const State& state() const { return state_; }
  const State& baseline() const { return baseline_; }
  const EvaluationPlan& plan() const { return plan_; }
  Reading reading() const { return reading_; }
  // Whether an alternative that takes time has become ready; of one that takes none, false.
  bool IsPrepared(uint32_t alternative_number) const { return ready_[alternative_number]; }
  int32_t DeploymentLevel(DeploymentIndex deployment) const { return deployment_level_[deployment.value]; }

  // What the alternative of a pool's entry, by its number, asks of the pool and gets from it; both 0 while it
  // is not ready. Micro-units. Only at the fix-point.
  struct PoolFlow {
    int64_t asked = 0;
    int64_t got = 0;
  };
  PoolFlow FlowOf(const PoolEntry& entry, uint32_t entry_number) const;

  // An alternative that was not ready when its group was evaluated.
  struct Wait {
    ConsumerIndex consumer;
    uint32_t group = 0;
    uint32_t alternative_number = 0;
    int64_t switch_seconds = 0;
  };
  // From now on, what takes `elapsed` seconds to switch to, or less, is ready, whether or not SetReady was
  // called. Below 0: only what takes none. Rises between two calls of Restore().
  void SetElapsed(int64_t elapsed) { elapsed_seconds_ = elapsed; }
  // Adds to `waits` the alternatives that still wait when one of their groups is evaluated, each once between
  // two calls of Restore(). Null: none. `waits` must outlive the solver, or be replaced.
  void CollectWaits(std::vector<Wait>* waits) { waits_ = waits; }
  // Whether some group would take more from an alternative if that were ready. Only at the fix-point. Cost:
  // all alternatives.
  bool IsAnyWaiting() const;

  // Leaves out work that cannot change a level: what a consumer at 0 is delivered. For evaluations of one
  // instant, which read levels only; deliveries may then stay above their values.
  void ReadLevelsOnly() { levels_only_ = true; }

  // --- Lowering -------------------------------------------------------------------------------------------
  // Lowers a deployment to `level`, if it is above. Takes effect in Solve().
  void Lower(DeploymentIndex deployment, int32_t level);
  // Has a group evaluated again because its bridge ran out.
  void Reevaluate(ConsumerIndex consumer, uint32_t group);
  // Lowers until nothing changes. After an error the state is of no use but to be restored.
  absl::Status Solve();

  // Consumers whose level was lowered since the last Mark(), each once, with their level then.
  struct Change {
    ConsumerIndex consumer;
    int32_t before;
  };
  std::span<const Change> changes() const { return changes_; }
  // Begins a new list of changes and, if `undoable`, a log by which Undo() returns to this point. Marks nest:
  // each Undo() ends the latest one. Only lowering may happen between a mark and its Undo().
  void Mark(bool undoable);
  void Undo();

  // --- Raising (over time) --------------------------------------------------------------------------------
  // Everything that may rise is lifted to its top, to be lowered again by Solve(). Call in this order: Lift
  // for each cause of a rise, SetReady and SetDeployment as the cause says, then Drop() once, then Solve().
  void LiftDependents(Target target);                      // The target rises.
  void LiftGroup(ConsumerIndex consumer, uint32_t group);  // The group itself may rise.
  // Is a group fully carried by its alternatives before this one, so that its becoming ready changes nothing?
  bool IsFilledBefore(ConsumerIndex consumer, uint32_t group, uint32_t alternative_number) const;
  void SetReady(uint32_t alternative_number);
  void SetDeployment(DeploymentIndex deployment, int32_t level);
  void Drop();

  // Back to the baseline, as new, also after an error. Cost: what has changed since, whatever else there is.
  void Restore();
  void UseBridges(Bridges* bridges) { bridges_ = bridges; }

 private:
  friend absl::StatusOr<State> SolveFromTop(const EvaluationPlan&, Reading, Readiness, const Limits&);
  struct LogEntry {
    enum class Field : uint8_t { kLevel, kEssential, kShortfall, kDelivery, kFilled, kDeployment } field;
    uint32_t index;
    int64_t before;
  };
  struct LogMark {
    size_t log_size;
    bool undoable;
  };
  // Where a group lies.
  struct GroupPosition {
    const ConsumerChunk* chunk;
    uint32_t row;                 // Within the chunk.
    uint32_t number;              // Of the group.
    uint32_t alternative_number;  // Of its first alternative.
  };

  GroupPosition PositionOf(ConsumerIndex consumer, uint32_t group) const;
  bool IsReady(const GroupPosition& position, uint32_t k, const AlternativeTerms& terms) const;
  void CollectWaitsOf(ConsumerIndex consumer, const GroupPosition& position);
  bool IsWaiting(const GroupPosition& position) const;
  void NoteChanged(ConsumerIndex consumer);
  void NoteChanged(DeploymentIndex deployment);
  void RestoreOne(ConsumerIndex consumer);
  bool CanRise(const GroupPosition& position) const;
  int64_t CapOf(const GroupTerms& terms, const AlternativeTerms& alternative, int32_t level) const;
  // Micro-units that the group has after its first `count` alternatives.
  int64_t FilledBefore(const GroupPosition& position, uint32_t count) const;
  int32_t Deliver(const GroupPosition& position) const;
  void Evaluate(ConsumerIndex consumer, const GroupPosition& position);
  void EvaluateFrom(const Dependent& dependent);
  void DirtyPoolsAfter(const GroupPosition& position, uint32_t alternative);
  void LowerDelivery(ConsumerIndex consumer, const GroupPosition& position, int32_t delivery);
  void SettleConsumer(ConsumerIndex consumer);
  void SettlePool(uint32_t pool);
  int32_t LevelOf(ConsumerIndex consumer) const;
  void RecomputeSums(ConsumerIndex consumer);
  void LowerLevel(ConsumerIndex consumer, int32_t level);
  absl::Status CheckLimits();
  void SolveTop();
  // Lowers all levels around the cycle of the node that was settled last to a bound of them, at once. False
  // if there is no cycle or that lowers nothing.
  class CycleReader;
  bool Leap();
  template <typename T>
  void Write(LogEntry::Field field, std::vector<T>& values, uint32_t index, int64_t value) {
    if (logging_) log_.push_back({field, index, values[index]});
    values[index] = static_cast<T>(value);
  }

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const State& baseline_;
  const Reading reading_;
  const Readiness readiness_;
  const Limits limits_;
  State state_;
  std::vector<int32_t> deployment_level_;
  std::vector<bool> ready_;  // By alternative number: prepared over time.
  RankQueue dirty_;
  Bridges* bridges_ = nullptr;
  int64_t elapsed_seconds_ = -1;
  std::vector<Wait>* waits_ = nullptr;
  std::vector<uint32_t> waiting_groups_;  // By number: whose waits have been collected.
  std::vector<bool> is_waiting_;          // By group number.

  // What may differ from the baseline.
  std::vector<ConsumerIndex> changed_consumers_;
  std::vector<DeploymentIndex> changed_deployments_;
  std::vector<uint32_t> changed_ready_;
  std::vector<bool> consumer_is_changed_;
  std::vector<bool> deployment_is_changed_;

  bool logging_ = false;
  std::vector<LogEntry> log_;
  std::vector<LogMark> marks_;
  std::vector<Change> changes_;
  std::vector<uint32_t> changed_at_;  // By consumer: the epoch in which it entered changes_.
  uint32_t epoch_ = 1;

  std::vector<std::pair<ConsumerIndex, uint32_t>> lifted_groups_;
  std::vector<ConsumerIndex> lifted_consumers_;
  std::vector<uint32_t> lifted_pools_;
  std::vector<bool> group_is_lifted_;
  std::vector<bool> consumer_is_lifted_;
  std::vector<bool> pool_is_lifted_;

  int64_t evaluations_ = 0;
  int64_t next_check_ = 0;
  uint32_t settling_ = 0;  // The node that is settled now, or was last.
  bool levels_only_ = false;
  bool in_first_pass_ = false;
  uint32_t first_pass_rank_ = 0;
};

// The state with nothing cut, from all consumers at ONE.
absl::StatusOr<State> SolveFromTop(const EvaluationPlan& plan, Reading reading, Readiness readiness,
                                   const Limits& limits);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_SOLVER_H_
