// Who depends on what: every link of the supply graph, from both ends, for questions about single things.
#ifndef LINCHPIN_SERVICES_ENGINE_TRACE_SUPPLY_LINKS_H_
#define LINCHPIN_SERVICES_ENGINE_TRACE_SUPPLY_LINKS_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

enum class NodeKind : uint8_t { kConsumer, kDeployment, kModel, kHost, kLicence, kVendor };

// One thing of the graph, of any kind.
struct Node {
  NodeKind kind = NodeKind::kConsumer;
  uint32_t index = UINT32_MAX;  // In the table of its kind.

  friend auto operator<=>(const Node&, const Node&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Node& node) {
    return H::combine(std::move(h), node.kind, node.index);
  }
};

// What makes one thing depend on another.
enum class LinkKind : uint8_t {
  kAlternative,   // A consumer may use a deployment or a consumer.
  kModel,         // A deployment serves a model.
  kOperator,      // A vendor runs a deployment.
  kIntermediary,  // A vendor lies between caller and deployment.
  kHost,          // A deployment runs on a host.
  kProvider,      // A vendor provides a host.
  kDeveloper,     // A vendor developed a model.
  kLicence,       // A licence binds a model.
  kBase,          // A model was made from another.
  kParent,        // A vendor controls another.
};

struct Link {
  LinkKind kind = LinkKind::kAlternative;
  Node from;  // Depends on `to`.
  Node to;
  uint32_t group = 0;                     // Of an alternative: ordinal of the dependency within the consumer.
  uint32_t alternative = 0;               // Of an alternative: its place in the order of preference.
  std::optional<Relation> relation = {};  // Of a base, if known.

  friend bool operator==(const Link&, const Link&) = default;
};

// The thing of that name; nothing if the graph has none.
std::optional<Node> FindNode(const Graph& graph, std::string_view name);
std::string_view NameOf(const Graph& graph, Node node);

// Stated links only: what a document leaves unknown, bounds or calls likely is no link.
//
// Ownership: keeps the graph. Thread safety: const members may run at once.
// Cost: the constructor walks deployments, hosts, models and vendors once; dependencies are read from the
// graph itself.
class SupplyLinks {
 public:
  explicit SupplyLinks(std::shared_ptr<const Graph> graph);

  const Graph& graph() const { return *graph_; }
  // What the node depends on: dependencies in the order of their ids and of preference; of other kinds in the
  // order of LinkKind.
  void ForEachNeed(Node node, absl::FunctionRef<void(const Link&)> visit) const;
  // What depends on the node, ascending by kind and index.
  void ForEachUser(Node node, absl::FunctionRef<void(const Link&)> visit) const;

 private:
  void AddNeeds(NodeKind kind, uint32_t index);

  std::shared_ptr<const Graph> graph_;
  std::vector<Link> by_target_;  // All but alternatives, ascending by `to`, then by `from`.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_TRACE_SUPPLY_LINKS_H_
