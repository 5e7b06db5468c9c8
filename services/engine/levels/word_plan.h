// The graph as a sweep by machine words reads it: what is lost with what, for hundreds of atoms at once.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_WORD_PLAN_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_WORD_PLAN_H_

#include <cstdint>
#include <span>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/levels/reading.h"

namespace linchpin::engine {

class EvaluationPlan;
struct State;
enum class Readiness : uint8_t;

// Deployments and consumers in the order of solving, with the alternatives that are ready, in one array.
//
// A *plain* consumer is at ONE with nothing cut, all its groups are essential, and each of their ready
// alternatives could carry the group alone at full quality: then it is down iff in some group all are down,
// and at ONE otherwise, whatever number of atoms is asked about. Of any other consumer only two things are
// known without numbers: that it is as before while nothing it reads has changed, and that it is down when
// all alternatives of an essential group are.
//
// Thread safety: immutable. Memory: 4 bytes for each alternative, some 30 for each consumer.
class WordPlan {
 public:
  // `baseline` is that of the reading and the readiness.
  WordPlan(const EvaluationPlan& plan, Reading reading, Readiness readiness, const State& baseline);

  // In `code`: the last alternative of its group.
  static constexpr uint32_t kLastBit = 1u << 31;
  static constexpr uint32_t kPlaceMask = kLastBit - 1;

  enum Trait : uint8_t {
    kNumbers = 1,  // Not plain.
    kCycle = 2,    // Among consumers that need each other.
    kPool = 4,     // Draws on a pool that can run short.
  };

  // Places: deployments by index, then consumers from consumer_begin() on, in the order of solving.
  uint32_t consumer_begin() const { return consumer_begin_; }
  uint32_t place_count() const { return consumer_begin_ + static_cast<uint32_t>(consumers_.size()); }
  uint32_t consumer_count() const { return static_cast<uint32_t>(consumers_.size()); }
  // The i-th consumer of the order.
  ConsumerIndex Consumer(uint32_t i) const { return consumers_[i]; }
  uint8_t TraitsOf(uint32_t i) const { return traits_[i]; }
  // Its alternatives: places, the last of each group marked.
  std::span<const uint32_t> CodesOf(uint32_t i) const {
    return {codes_.data() + begin_[i], codes_.data() + begin_[i + 1]};
  }
  const uint32_t* codes() const { return codes_.data(); }
  // One more than consumers, into codes().
  const std::vector<uint32_t>& begin() const { return begin_; }
  // Of a consumer that is not plain, group by group as in codes: whether the group is essential, and whether
  // its first alternative carries it alone while that is as before.
  struct GroupTraits {
    bool essential;
    bool first_carries;
    uint32_t ordinal;  // Of the group within its consumer.
  };
  std::span<const GroupTraits> GroupsOf(uint32_t i) const {
    return {groups_.data() + group_begin_[i], groups_.data() + group_begin_[i + 1]};
  }
  // Consumers [i, end) that need each other, where i is the first of a cycle; else i + 1.
  uint32_t ComponentEnd(uint32_t i) const { return component_end_[i]; }

  // No consumer needs numbers, and there is no cycle.
  bool all_plain() const { return all_plain_; }
  // Deployments whose pool can run short.
  const std::vector<DeploymentIndex>& short_pools() const { return short_pools_; }

  // Consumers alike in weight and level with nothing cut, so that they are counted together.
  struct Alike {
    int64_t weight;
    int32_t base;
  };
  static constexpr uint32_t kAlikeMax = 64;
  const std::vector<Alike>& alike() const { return alike_; }
  static constexpr uint32_t kNotCounted = UINT32_MAX;
  // Of which kind the i-th consumer is; kAlikeMax if there are too many kinds, kNotCounted of one that nobody
  // counts.
  uint32_t AlikeOf(uint32_t i) const { return alike_of_[i]; }

 private:
  void Order(const EvaluationPlan& plan);
  void AddConsumer(const EvaluationPlan& plan, Reading reading, Readiness readiness, const State& baseline,
                   ConsumerIndex consumer);
  void FindCycles();
  void FindAlike(const EvaluationPlan& plan, const State& baseline);

  uint32_t consumer_begin_ = 0;
  std::vector<ConsumerIndex> consumers_;
  std::vector<uint32_t> place_of_;  // Of a consumer, by index; only while it is made.
  std::vector<uint8_t> traits_;
  std::vector<uint32_t> begin_{0};
  std::vector<uint32_t> codes_;
  std::vector<uint32_t> group_begin_{0};
  std::vector<GroupTraits> groups_;
  std::vector<uint32_t> component_end_;
  std::vector<DeploymentIndex> short_pools_;
  std::vector<bool> is_short_;  // By deployment; only while it is made.
  std::vector<Alike> alike_;
  std::vector<uint32_t> alike_of_;
  bool all_plain_ = true;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_WORD_PLAN_H_
