// The unknown facts that the results of many consumers rest on, found together.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/cutoff/unknowns.h"

namespace linchpin::engine {

// What UnknownFinder::Of answers, for one consumer after the other, without walking twice what two of them
// reach: each strongly connected component keeps the first facts of all that it reaches.
//
// Ownership: the finder and its graph must outlive it. Thread safety: one thread at a time.
// Cost: all facts are put in order once; then each thing reached is visited once, with `max` facts for each
// alternative.
class UnknownReach {
 public:
  UnknownReach(const Prepared& prepared, const UnknownFinder& finder, size_t max);

  // All facts of the finder, by (SubjectOf, FieldOf).
  const std::vector<FactRef>& all() const { return facts_; }
  // The first `max` of those of the consumer, in the same order.
  std::vector<FactRef> Of(ConsumerIndex consumer);

 private:
  // Consumers by their index, then pools.
  using Node = uint32_t;
  using Ranks = std::vector<uint32_t>;  // Positions in facts_, ascending.
  static constexpr uint32_t kNone = UINT32_MAX;
  struct Frame {
    Node node;
    std::vector<Node> successors;
    size_t next = 0;
  };

  void Visit(Node start);
  void Open(Node node);
  void Close(Node node);
  std::vector<Node> Successors(Node node) const;
  void AppendOwn(Node node, Ranks& ranks) const;
  void AppendRanks(const std::vector<FactRef>& facts, Ranks& ranks) const;
  bool IsPool(Node node) const { return node >= graph_.consumers().slots(); }
  DeploymentIndex PoolAt(Node node) const {
    return prepared_.DeploymentOfPool(node - graph_.consumers().slots());
  }

  const Prepared& prepared_;
  const Graph& graph_;
  const UnknownFinder& finder_;
  const size_t max_;
  std::vector<FactRef> facts_;
  absl::flat_hash_map<FactRef, uint32_t> rank_;
  std::vector<uint32_t> number_, low_;  // By node; 0: not met.
  std::vector<uint32_t> component_;     // By node.
  std::vector<Ranks> of_component_;
  std::vector<Node> open_;
  std::vector<Frame> frames_;
  uint32_t last_number_ = 0;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_
