#include "services/engine/structure/chance_bounds.h"

#include <algorithm>

#include "services/engine/structure/set_family.h"

namespace linchpin::engine {
namespace {

// Of the diagrams of single gates: each is weighed twice for each variable.
constexpr uint32_t kGateNodesMax = 100'000;
// Of the small cut sets, and of what they make fail.
constexpr uint32_t kSmallSizeMax = 4;
constexpr uint32_t kSmallSetNodesMax = 1'000'000;

class GateBounds {
 public:
  GateBounds(const FailureFunction& function, const StructureLimits& limits)
      : formula_(function.formula()),
        root_(function.root()),
        order_(FindOrder(formula_, root_, static_cast<uint32_t>(function.variables().size()),
                         OrderRule::kMostShared)),
        diagram_({std::min(kGateNodesMax, limits.nodes_max), limits.evaluation.cancelled}),
        node_of_(diagram_.FromFormula(formula_, root_, order_.place_of)),
        gates_(formula_.Below(root_)) {}

  Bounded Weigh(const std::vector<double>& chance) {
    std::vector<double> by_node(diagram_.store().size(), 0);
    by_node[kEndTrue] = 1;
    for (DiagramNode node = 2; node < by_node.size(); ++node) {
      const NodeStore::Node& n = diagram_.store().at(node);
      const double p = chance[order_.variable_at[n.variable]];
      by_node[node] = p * by_node[n.high] + (1 - p) * by_node[n.low];
    }
    std::vector<Bounded> of(root_ + 1);
    for (Gate gate : gates_) {
      of[gate] =
          node_of_[gate] != kNoNode ? Bounded::Exactly(by_node[node_of_[gate]]) : Combine(gate, of, chance);
    }
    return of[root_];
  }

 private:
  Bounded Combine(Gate gate, const std::vector<Bounded>& of, const std::vector<double>& chance) const {
    if (formula_.kind(gate) == Formula::Kind::kVariable)
      return Bounded::Exactly(chance[formula_.variable(gate)]);
    const bool is_and = formula_.kind(gate) == Formula::Kind::kAnd;
    Bounded bounds = is_and ? Bounded{1, 1} : Bounded{0, 0};
    for (Gate argument : formula_.arguments(gate)) {
      const Bounded& a = of[argument];
      bounds.lower = is_and ? bounds.lower * a.lower : std::max(bounds.lower, a.lower);
      bounds.upper = is_and ? std::min(bounds.upper, a.upper) : 1 - (1 - bounds.upper) * (1 - a.upper);
    }
    return bounds;
  }

  const Formula& formula_;
  const Gate root_;
  const VariableOrder order_;
  DecisionDiagram diagram_;
  const std::vector<DiagramNode> node_of_;
  const std::vector<Gate> gates_;
};

// P(more than `size` of independent events occur); the first `size` + 1 counts are kept, the rest is one.
double MoreThan(uint32_t size, const std::vector<double>& chance) {
  std::vector<double> exactly(size + 2, 0);
  exactly[0] = 1;
  for (double p : chance) {
    exactly[size + 1] += p * exactly[size];
    for (uint32_t n = size; n > 0; --n) exactly[n] = exactly[n] * (1 - p) + p * exactly[n - 1];
    exactly[0] *= 1 - p;
  }
  return exactly[size + 1];
}

template <typename Weigh>
ConditionalBounds Condition(std::vector<double> chance, const Weigh& weigh) {
  ConditionalBounds bounds;
  bounds.plain = weigh(chance);
  for (double& p : chance) {
    const double had = p;
    p = 1;
    bounds.if_true.push_back(weigh(chance));
    p = 0;
    bounds.if_false.push_back(weigh(chance));
    p = had;
  }
  return bounds;
}

}  // namespace

ConditionalBounds BoundByGates(const FailureFunction& function, const std::vector<double>& chance,
                               const StructureLimits& limits) {
  GateBounds gates(function, limits);
  return Condition(chance, [&](const std::vector<double>& fixed) { return gates.Weigh(fixed); });
}

std::optional<ConditionalBounds> BoundBySmallSets(const FailureFunction& function,
                                                  const std::vector<double>& chance,
                                                  const StructureLimits& limits) {
  const VariableOrder order = FindOrder(function.formula(), function.root(),
                                        static_cast<uint32_t>(chance.size()), OrderRule::kMostShared);
  const uint32_t nodes_max = std::min(kSmallSetNodesMax, limits.nodes_max);
  for (uint32_t size = kSmallSizeMax; size > 0; --size) {
    SetFamilies families({nodes_max, limits.evaluation.cancelled});
    const DiagramNode sets = families.FromFormula(function.formula(), function.root(), order.place_of, size);
    DecisionDiagram diagram({nodes_max, limits.evaluation.cancelled});
    const DiagramNode occurs = SetFamilies::ToDiagram(families, sets, diagram);
    if (occurs == kNoNode) continue;
    std::vector<double> by_place(chance.size());
    return Condition(chance, [&](const std::vector<double>& fixed) {
      for (uint32_t v = 0; v < fixed.size(); ++v) by_place[order.place_of[v]] = fixed[v];
      const double lower = diagram.Probability(occurs, by_place);
      return Bounded{lower, std::min(1.0, lower + MoreThan(size, fixed))};
    });
  }
  return std::nullopt;
}

ConditionalBounds Tighter(const ConditionalBounds& a, const ConditionalBounds& b) {
  const auto both = [](const Bounded& x, const Bounded& y) {
    return Bounded{std::max(x.lower, y.lower), std::min(x.upper, y.upper)};
  };
  ConditionalBounds tighter{both(a.plain, b.plain), {}, {}};
  for (size_t v = 0; v < a.if_true.size(); ++v) {
    tighter.if_true.push_back(both(a.if_true[v], b.if_true[v]));
    tighter.if_false.push_back(both(a.if_false[v], b.if_false[v]));
  }
  return tighter;
}

ConditionalBounds BoundByCutSets(const std::vector<std::vector<uint32_t>>& sets, uint32_t size,
                                 const std::vector<double>& chance, const StructureLimits& limits) {
  DecisionDiagram diagram({std::min(kGateNodesMax, limits.nodes_max), limits.evaluation.cancelled});
  // Sets beyond the limit are left out of what surely occurs, and counted by themselves in what may.
  DiagramNode known = kEndFalse;
  std::vector<const std::vector<uint32_t>*> rest;
  for (const std::vector<uint32_t>& set : sets) {
    DiagramNode all = kEndTrue;
    for (size_t i = set.size(); i-- > 0;) all = diagram.And(diagram.Variable(set[i]), all);
    const DiagramNode more = diagram.Or(known, all);
    if (more == kNoNode) {
      rest.push_back(&set);
    } else {
      known = more;
    }
  }
  return Condition(chance, [&](const std::vector<double>& fixed) {
    const double lower = diagram.Probability(known, fixed);
    double upper = lower + MoreThan(size, fixed);
    for (const std::vector<uint32_t>* set : rest) {
      double occurs = 1;
      for (uint32_t v : *set) occurs *= fixed[v];
      upper += occurs;
    }
    return Bounded{lower, std::min(1.0, upper)};
  });
}

}  // namespace linchpin::engine
