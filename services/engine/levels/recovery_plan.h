// The graph as a pass reads it that finds from when on each consumer is back, for many total cutoffs at once.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_RECOVERY_PLAN_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_RECOVERY_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/levels/reading.h"

namespace linchpin::engine {

class EvaluationPlan;

// One total cutoff, alone, announced at time 0: what it takes down is down from its start until a fallback is
// ready, and what is ready stays so (S4). Who is down at a time t thus depends on one thing: which switch
// times have passed. The *recovery* of a consumer is the least rank, among the switch times of the graph,
// from which on it is up; it says all about the time that the consumer is down, whatever the notice and the
// duration of the cutoff. With max for "and" and min for "or" it follows from the recoveries of what the
// consumer needs: of a group, the least over its alternatives of the later of the alternative's own rank and
// the recovery of its target; of the consumer, the greatest over its essential groups.
//
// That holds for consumers that are *decided*: whenever each essential group has a ready alternative that is
// not down, their level has a floor above 0 and not below min_viable, whatever all others do. Shares,
// qualities and groups that are not essential only lower the floor. Not decided are those for which it
// reaches 0: who draws on a pool that can run short, has an essential group with a bridge, or needs somebody
// that is not decided, and cycles in which levels fall round by round. These need a Timeline.
//
// Thread safety: immutable. Memory: 8 bytes for each alternative, some 20 for each consumer.
class RecoveryPlan {
 public:
  RecoveryPlan(const EvaluationPlan& plan, Reading reading);

  // One alternative of an essential group.
  struct Option {
    uint32_t code;  // The place of its target, with kLastBit on the last option of a group.
    uint32_t rank;  // Of its switch time; 0 for the first one of a group.
  };
  static constexpr uint32_t kLastBit = 1u << 31;
  static constexpr uint32_t kPlaceMask = kLastBit - 1;

  // Rank 0: never down. A rank below end_rank(): back when that much time has passed since the announcement.
  // end_rank(): back at the end of the cutoff.
  uint32_t end_rank() const { return static_cast<uint32_t>(switches_.size()); }
  int64_t SwitchSeconds(uint32_t rank) const { return switches_[rank]; }

  // Places: decided consumers in the order of solving, then deployments that one of them names.
  uint32_t consumer_count() const { return static_cast<uint32_t>(consumers_.size()); }
  uint32_t place_count() const { return place_count_; }
  ConsumerIndex Consumer(uint32_t place) const { return consumers_[place]; }
  // kNoPlace for a deployment that no decided consumer names.
  uint32_t PlaceOf(DeploymentIndex deployment) const { return place_of_deployment_[deployment.value]; }
  static constexpr uint32_t kNoPlace = UINT32_MAX;
  std::span<const Option> OptionsOf(uint32_t place) const {
    return {options_.data() + begin_[place], options_.data() + begin_[place + 1]};
  }
  // Consumers [place, end) that need each other, where `place` is the first of a cycle; else place + 1.
  uint32_t ComponentEnd(uint32_t place) const { return component_end_[place]; }
  bool IsInCycle(uint32_t place) const { return is_cycle_[place]; }

  // Ascending.
  const std::vector<ConsumerIndex>& undecided() const { return undecided_; }
  // Whether a decided consumer is at 0 or at ONE, always.
  bool IsPlain(uint32_t place) const { return is_plain_[place]; }

 private:
  class Maker;

  std::vector<int64_t> switches_;  // Ascending, from 0 on.
  std::vector<ConsumerIndex> consumers_;
  std::vector<ConsumerIndex> undecided_;
  std::vector<bool> is_plain_;
  std::vector<uint32_t> place_of_deployment_;
  std::vector<uint32_t> begin_{0};  // One more than consumers, into options_.
  std::vector<Option> options_;
  std::vector<uint32_t> component_end_;
  std::vector<bool> is_cycle_;
  uint32_t place_count_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_RECOVERY_PLAN_H_
