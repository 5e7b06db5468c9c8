// Who owns a vendor, and what a model descends from (S1, S3), with what is unknown about both.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_LINEAGE_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_LINEAGE_H_

#include <vector>

#include "services/engine/graph/fact.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// owners(v): the vendor itself, then its parents in order. `open`: the parent of the last one is unknown, so
// that any vendor may be an owner.
struct Owners {
  std::vector<VendorIndex> vendors;
  bool open = false;
};
Owners OwnersOf(const Graph& graph, VendorIndex vendor);

// Which derivations a lineage follows: none, those that carry weights, or distillation too (S3, reach).
enum class Reach : uint8_t { kDirect, kWeights, kDistilled };

// Does a derivation of this relation carry at this reach? An unspecified relation may.
Truth Carries(std::optional<Relation> relation, Reach reach);

struct LineageMember {
  ModelIndex model;
  Truth member;  // kTrue, or kUnknown where every way to it has an unspecified relation.
  bool open;     // Its derivations are unknown, so that anything may be among its ancestors.
};
// The model itself first, then its ancestors breadth first, each once.
std::vector<LineageMember> LineageOf(const Graph& graph, ModelIndex model, Reach reach);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_LINEAGE_H_
