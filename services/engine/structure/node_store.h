// The nodes of a decision diagram: each (variable, high, low) once.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_NODE_STORE_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_NODE_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"

namespace linchpin::engine {

// A node of a diagram. 0 and 1 are the ends; a child has a smaller number than its parent.
using DiagramNode = uint32_t;
inline constexpr DiagramNode kEndFalse = 0;
inline constexpr DiagramNode kEndTrue = 1;
// What an operation returns once a limit was passed or the call was cancelled; NodeStore::status() says
// which.
inline constexpr DiagramNode kNoNode = UINT32_MAX;

// Bounds of one diagram. Memory: at most about 48 bytes for each node, the tables included.
struct DiagramLimits {
  uint32_t nodes_max = 4'000'000;
  std::function<bool()> cancelled = {};  // Asked every few thousand nodes; may be null.
};

// The unique table and the cache of operations that diagrams of both kinds (decision_diagram.h, set_family.h)
// share. What a node without a variable-high child means is theirs to say.
//
// Thread safety: one thread at a time.
class NodeStore {
 public:
  static constexpr uint32_t kEndVariable = UINT32_MAX;

  struct Node {
    uint32_t variable;  // Its place in the order; kEndVariable for an end.
    DiagramNode high;
    DiagramNode low;
  };

  explicit NodeStore(DiagramLimits limits);

  // The one node with these parts; kNoNode if it would be one too many or a part is kNoNode.
  DiagramNode Make(uint32_t variable, DiagramNode high, DiagramNode low);
  const Node& at(DiagramNode node) const { return nodes_[node]; }
  uint32_t VariableOf(DiagramNode node) const { return nodes_[node].variable; }
  size_t size() const { return nodes_.size(); }

  // The result kept for an operation, kNoNode if there is none: the cache forgets.
  DiagramNode Recall(uint32_t operation, DiagramNode a, DiagramNode b) const;
  void Keep(uint32_t operation, DiagramNode a, DiagramNode b, DiagramNode result);

  // OK; ResourceExhausted after the limit of nodes was reached, Cancelled after the caller stopped it.
  const absl::Status& status() const { return status_; }

  // All nodes below `root`, itself included and the ends excluded, ascending: children before parents.
  std::vector<DiagramNode> Below(DiagramNode root) const;

 private:
  struct Operation {
    uint32_t operation = UINT32_MAX;
    DiagramNode a = 0;
    DiagramNode b = 0;
    DiagramNode result = kNoNode;
  };
  void Grow();
  bool MayAdd();

  const DiagramLimits limits_;
  absl::Status status_;
  std::vector<Node> nodes_;
  std::vector<DiagramNode> table_;  // Open addressing; 0 is an empty place.
  std::vector<Operation> cache_;    // Direct-mapped.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_NODE_STORE_H_
