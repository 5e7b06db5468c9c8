#include "services/engine/structure/variable_order.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

struct Measures {
  std::vector<uint32_t> parents;
  std::vector<uint32_t> depth;
  std::vector<double> weight;
};

Measures Measure(const Formula& formula, Gate root) {
  Measures m{std::vector<uint32_t>(root + 1, 0), std::vector<uint32_t>(root + 1, 0),
             std::vector<double>(root + 1, 1)};
  for (Gate gate : formula.Below(root)) {
    const std::span<const Gate> arguments = formula.arguments(gate);
    if (!arguments.empty()) m.weight[gate] = 0;
    for (Gate argument : arguments) {
      ++m.parents[argument];
      m.depth[gate] = std::max(m.depth[gate], m.depth[argument] + 1);
      m.weight[gate] += m.weight[argument];
    }
  }
  return m;
}

std::vector<Gate> Sorted(std::span<const Gate> arguments, const Measures& m, OrderRule rule) {
  std::vector<Gate> sorted(arguments.begin(), arguments.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](Gate a, Gate b) {
    switch (rule) {
      case OrderRule::kMostShared:
        return m.parents[a] > m.parents[b];
      case OrderRule::kShallowest:
        return m.depth[a] < m.depth[b];
      case OrderRule::kHeaviest:
        break;
    }
    return m.weight[a] > m.weight[b];
  });
  return sorted;
}

}  // namespace

VariableOrder FindOrder(const Formula& formula, Gate root, uint32_t variables, OrderRule rule) {
  const Measures measures = Measure(formula, root);
  VariableOrder order;
  order.place_of.assign(variables, UINT32_MAX);
  const auto place = [&order](uint32_t variable) {
    if (order.place_of[variable] != UINT32_MAX) return;
    order.place_of[variable] = static_cast<uint32_t>(order.variable_at.size());
    order.variable_at.push_back(variable);
  };
  std::vector<bool> met(root + 1, false);
  std::vector<Gate> open{root};
  while (!open.empty()) {
    const Gate gate = open.back();
    open.pop_back();
    if (met[gate]) continue;
    met[gate] = true;
    if (formula.kind(gate) == Formula::Kind::kVariable) place(formula.variable(gate));
    const std::vector<Gate> next = Sorted(formula.arguments(gate), measures, rule);
    open.insert(open.end(), next.rbegin(), next.rend());
  }
  for (uint32_t variable = 0; variable < variables; ++variable) place(variable);
  return order;
}

}  // namespace linchpin::engine
