// Families of sets without supersets: minimal cut sets, kept as zero-suppressed decision diagrams.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_FAMILY_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_FAMILY_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "services/engine/structure/decision_diagram.h"
#include "services/engine/structure/formula.h"
#include "services/engine/structure/node_store.h"

namespace linchpin::engine {

// A node is the family "the sets of high with the variable added, and the sets of low" (S. Minato, Zero-
// suppressed BDDs for set manipulation, 1993). kEndFalse has no set, kEndTrue the empty set only. In every
// family that is made here no set contains another.
//
// Thread safety: one thread at a time. Errors: as DecisionDiagram. Recursion goes as deep as there are
//   variables.
class SetFamilies {
 public:
  static constexpr uint32_t kAnySize = UINT32_MAX;

  explicit SetFamilies(DiagramLimits limits) : store_(std::move(limits)) {}

  DiagramNode Single(uint32_t place) { return store_.Make(place, kEndTrue, kEndFalse); }
  // The sets of both, but those that contain another of them.
  DiagramNode Union(DiagramNode a, DiagramNode b);
  // Every union of a set of `a` with one of `b` that has at most `size_max` members, but those that contain
  // another.
  DiagramNode Product(DiagramNode a, DiagramNode b, uint32_t size_max);
  // The sets of `a` that contain none of `b`.
  DiagramNode Without(DiagramNode a, DiagramNode b);

  // The sets of `a` with at most `size_max` members.
  DiagramNode AtMost(DiagramNode a, uint32_t size_max);

  // The minimal sets of at most `size_max` variables that make the gate true, gate by gate.
  DiagramNode FromFormula(const Formula& formula, Gate root, const std::vector<uint32_t>& place_of,
                          uint32_t size_max);
  // The minimal sets that make the function true (A. Rauzy, New algorithms for fault trees analysis, 1993).
  // One SetFamilies reads one diagram only.
  DiagramNode FromDiagram(const DecisionDiagram& diagram, DiagramNode function);
  // Back: the function that is true where all of some set is.
  static DiagramNode ToDiagram(const SetFamilies& families, DiagramNode family, DecisionDiagram& diagram);

  // The number of sets of each size, from 0; `members` gives, by place, of how many alike the place is one.
  // A number that passes 2^64 - 1 stays there.
  std::vector<uint64_t> CountBySize(DiagramNode family, const std::vector<uint32_t>& members) const;
  // Calls `visit` with every set, ascending places; false from it ends the walk.
  bool ForEach(DiagramNode family, const std::function<bool(const std::vector<uint32_t>&)>& visit) const;
  // The sets that contain the place, with it taken out.
  DiagramNode Containing(DiagramNode family, uint32_t place);

  const NodeStore& store() const { return store_; }
  const absl::Status& status() const { return store_.status(); }

 private:
  DiagramNode Node(uint32_t place, DiagramNode high, DiagramNode low) {
    return high == kEndFalse ? low : store_.Make(place, high, low);
  }
  NodeStore::Node Split(DiagramNode family, uint32_t place) const;
  // The sets of `a` that do not make the function true.
  DiagramNode WithoutSolutions(DiagramNode a, const DecisionDiagram& diagram, DiagramNode function);

  NodeStore store_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_FAMILY_H_
