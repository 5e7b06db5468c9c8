// Reduced ordered binary decision diagrams of monotone functions.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_DECISION_DIAGRAM_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_DECISION_DIAGRAM_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "services/engine/structure/formula.h"
#include "services/engine/structure/node_store.h"

namespace linchpin::engine {

// Functions of variables that are numbered by their place in the order. A node is the function "high if its
// variable is true, else low" (R. E. Bryant, Graph-based algorithms for Boolean function manipulation, 1986).
//
// Thread safety: one thread at a time. Errors: operations return kNoNode, and status() says why; what was
//   made before stays good. Recursion goes as deep as there are variables.
class DecisionDiagram {
 public:
  explicit DecisionDiagram(DiagramLimits limits) : store_(std::move(limits)) {}

  DiagramNode Variable(uint32_t place) { return store_.Make(place, kEndTrue, kEndFalse); }
  DiagramNode And(DiagramNode a, DiagramNode b);
  DiagramNode Or(DiagramNode a, DiagramNode b);
  // "high if the variable is true, else low"; the variable comes before those of both.
  DiagramNode Choose(uint32_t place, DiagramNode high, DiagramNode low) {
    return high == low ? high : store_.Make(place, high, low);
  }

  // The diagram of each gate below `root`, by gate number; kNoNode where a limit was passed. `place_of` gives
  // the place of each variable of the formula.
  std::vector<DiagramNode> FromFormula(const Formula& formula, Gate root,
                                       const std::vector<uint32_t>& place_of);

  // The chance that the function is true, for independent variables; `chance` by place. `fixed` is a place
  // whose variable is taken as having `fixed_to`, if any. Cost: the nodes of the function.
  double Probability(DiagramNode root, const std::vector<double>& chance) const;

  const NodeStore& store() const { return store_; }
  const absl::Status& status() const { return store_.status(); }

 private:
  DiagramNode Apply(bool is_and, DiagramNode a, DiagramNode b);
  DiagramNode Fold(Formula::Kind kind, std::vector<DiagramNode> arguments);

  NodeStore store_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_DECISION_DIAGRAM_H_
