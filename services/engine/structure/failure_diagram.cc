#include "services/engine/structure/failure_diagram.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace linchpin::engine {
namespace {

// What each order is given before any is given all.
constexpr uint32_t kFirstNodesMax = 200'000;

absl::StatusOr<std::optional<FailureDiagram>> FromFormula(const FailureFunction& function,
                                                          const StructureLimits& limits) {
  const uint32_t variables = static_cast<uint32_t>(function.variables().size());
  for (uint32_t nodes_max : {std::min(kFirstNodesMax, limits.nodes_max), limits.nodes_max}) {
    for (OrderRule rule : kOrderRules) {
      VariableOrder order = FindOrder(function.formula(), function.root(), variables, rule);
      DecisionDiagram diagram({nodes_max, limits.evaluation.cancelled});
      const DiagramNode root =
          diagram.FromFormula(function.formula(), function.root(), order.place_of)[function.root()];
      if (absl::IsCancelled(diagram.status())) return diagram.status();
      if (root != kNoNode) return FailureDiagram{std::move(diagram), root, std::move(order)};
    }
    if (nodes_max == limits.nodes_max) break;
  }
  return std::nullopt;
}

// Those that hit the most come first: they decide the most.
VariableOrder OrderByHits(const FailureFunction& function) {
  VariableOrder order;
  order.variable_at.resize(function.variables().size());
  std::iota(order.variable_at.begin(), order.variable_at.end(), 0);
  std::stable_sort(order.variable_at.begin(), order.variable_at.end(), [&](uint32_t a, uint32_t b) {
    return function.variables()[a].hits.size() > function.variables()[b].hits.size();
  });
  order.place_of.resize(order.variable_at.size());
  for (uint32_t place = 0; place < order.variable_at.size(); ++place)
    order.place_of[order.variable_at[place]] = place;
  return order;
}

absl::StatusOr<std::optional<FailureDiagram>> FromSearch(const FailureFunction& function,
                                                         const StructureLimits& limits) {
  auto search = FailureSearch::Create(function, limits.evaluation);
  if (!search.ok()) return search.status();
  FailureDiagram found{DecisionDiagram({limits.nodes_max, limits.evaluation.cancelled}), kNoNode,
                       OrderByHits(function)};
  const auto root = (*search)->FindDiagram(found.order.variable_at, limits.search, found.diagram);
  if (!root.ok()) return root.status();
  if (absl::IsCancelled(found.diagram.status())) return found.diagram.status();
  if (*root == kNoNode) return std::nullopt;
  found.root = *root;
  return found;
}

}  // namespace

absl::StatusOr<std::optional<FailureDiagram>> BuildDiagram(const FailureFunction& function,
                                                           const StructureLimits& limits) {
  return function.has_formula() ? FromFormula(function, limits) : FromSearch(function, limits);
}

}  // namespace linchpin::engine
