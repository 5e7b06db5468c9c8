#include "services/engine/structure/decision_diagram.h"

#include <algorithm>
#include <utility>

namespace linchpin::engine {

DiagramNode DecisionDiagram::And(DiagramNode a, DiagramNode b) { return Apply(true, a, b); }
DiagramNode DecisionDiagram::Or(DiagramNode a, DiagramNode b) { return Apply(false, a, b); }

DiagramNode DecisionDiagram::Apply(bool is_and, DiagramNode a, DiagramNode b) {
  if (a == kNoNode || b == kNoNode) return kNoNode;
  const DiagramNode deciding = is_and ? kEndFalse : kEndTrue, neutral = is_and ? kEndTrue : kEndFalse;
  if (a == deciding || b == deciding) return deciding;
  if (a == neutral || a == b) return b;
  if (b == neutral) return a;
  if (a > b) std::swap(a, b);
  const uint32_t operation = is_and ? 0 : 1;
  if (const DiagramNode known = store_.Recall(operation, a, b); known != kNoNode) return known;
  const NodeStore::Node x = store_.at(a), y = store_.at(b);
  const uint32_t place = std::min(x.variable, y.variable);
  const DiagramNode high = Apply(is_and, x.variable == place ? x.high : a, y.variable == place ? y.high : b);
  if (high == kNoNode) return kNoNode;
  const DiagramNode low = Apply(is_and, x.variable == place ? x.low : a, y.variable == place ? y.low : b);
  if (low == kNoNode) return kNoNode;
  const DiagramNode result = Choose(place, high, low);
  store_.Keep(operation, a, b, result);
  return result;
}

// Last variables first: the results so far then stay small.
DiagramNode DecisionDiagram::Fold(Formula::Kind kind, std::vector<DiagramNode> arguments) {
  const bool is_and = kind == Formula::Kind::kAnd;
  if (std::count(arguments.begin(), arguments.end(), kNoNode) > 0) return kNoNode;
  std::sort(arguments.begin(), arguments.end(), [this](DiagramNode a, DiagramNode b) {
    return std::make_pair(store_.VariableOf(a), a) > std::make_pair(store_.VariableOf(b), b);
  });
  DiagramNode result = is_and ? kEndTrue : kEndFalse;
  for (DiagramNode argument : arguments) result = Apply(is_and, argument, result);
  return result;
}

std::vector<DiagramNode> DecisionDiagram::FromFormula(const Formula& formula, Gate root,
                                                      const std::vector<uint32_t>& place_of) {
  std::vector<DiagramNode> node_of(root + 1, kNoNode);
  for (Gate gate : formula.Below(root)) {
    switch (formula.kind(gate)) {
      case Formula::Kind::kConstant:
        node_of[gate] = gate == kTrueGate ? kEndTrue : kEndFalse;
        break;
      case Formula::Kind::kVariable:
        node_of[gate] = Variable(place_of[formula.variable(gate)]);
        break;
      default:
        std::vector<DiagramNode> arguments;
        for (Gate argument : formula.arguments(gate)) arguments.push_back(node_of[argument]);
        node_of[gate] = Fold(formula.kind(gate), std::move(arguments));
    }
  }
  return node_of;
}

double DecisionDiagram::Probability(DiagramNode root, const std::vector<double>& chance) const {
  if (root <= kEndTrue) return root;
  std::vector<double> of(root + 1, 0);
  of[kEndTrue] = 1;
  for (DiagramNode node : store_.Below(root)) {
    const NodeStore::Node& n = store_.at(node);
    of[node] = chance[n.variable] * of[n.high] + (1 - chance[n.variable]) * of[n.low];
  }
  return of[root];
}

}  // namespace linchpin::engine
