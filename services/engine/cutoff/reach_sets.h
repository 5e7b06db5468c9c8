// What consumers reach, through targets and through the pools that they share, as sets of numbers.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_REACH_SETS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_REACH_SETS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// What a thing itself adds, appended in no order and perhaps with repeats.
struct ReachedThings {
  std::function<void(ConsumerIndex, std::vector<uint32_t>&)> of_consumer;
  std::function<void(DeploymentIndex, std::vector<uint32_t>&)> of_deployment;
};

// The union of what a consumer and all that it reaches add, for one consumer after the other, without walking
// twice what two of them reach: each strongly connected component keeps its set. A consumer reaches its
// targets, and from a finite pool all that draw on it.
//
// Ownership: the EvaluationPlan must outlive it. Thread safety: one thread at a time.
// Cost: each thing reached is visited once, with its set for each alternative.
class ReachSets {
 public:
  static constexpr size_t kAll = std::numeric_limits<size_t>::max();

  // Keeps the `max` smallest numbers of each set.
  ReachSets(const EvaluationPlan& plan, ReachedThings things, size_t max = kAll);

  // Ascending, without repeats. Valid until the next call.
  std::span<const uint32_t> Of(ConsumerIndex consumer);
  // How many numbers all sets together keep.
  size_t kept() const { return kept_; }

 private:
  // Consumers by their index, then pools.
  using Node = uint32_t;
  using Numbers = std::vector<uint32_t>;
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Frame {
    Node node;
    std::vector<Node> successors;
    size_t next = 0;
  };

  void Visit(Node start);
  void Open(Node node);
  void Close(Node node);
  void KeepFirst(Numbers& numbers) const;
  std::vector<Node> Successors(Node node) const;
  void AppendOwn(Node node, Numbers& numbers) const;
  bool IsPool(Node node) const { return node >= graph_.consumers().slots(); }
  DeploymentIndex PoolAt(Node node) const {
    return plan_.DeploymentOfPool(node - graph_.consumers().slots());
  }

  const EvaluationPlan& plan_;
  const Graph& graph_;
  const ReachedThings things_;
  const size_t max_;
  std::vector<uint32_t> number_, low_;  // By node; 0: not met.
  std::vector<uint32_t> component_;     // By node.
  std::vector<Numbers> of_component_;
  std::vector<Node> open_;
  std::vector<Frame> frames_;
  uint32_t last_number_ = 0;
  size_t kept_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_REACH_SETS_H_
