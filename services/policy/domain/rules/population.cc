#include "services/policy/domain/rules/population.h"

#include <string_view>
#include <vector>

namespace linchpin::policy {

using engine::Truth;

Population PopulationOf(const World& world, const Selections& selections, const BoundRule& rule) {
  const BoundSelector& over = SelectorOf(rule);
  const engine::Graph& graph = world.graph();
  const std::vector<std::string_view>& names = selections.Names(over.kind());
  const Selection& selection = selections.Of(over);
  Population population{std::string(graph.consumers().slots(), '\0'), "", {}};
  population.certain = population.members;
  for (size_t place = 0; place < names.size(); ++place) {
    const Truth selected = SelectedBy(rule, selection.at(place));
    if (selected == Truth::kFalse) continue;
    if (const auto consumer = graph.consumers().Find(names[place])) {
      population.members[consumer->value] = 1;
      population.certain[consumer->value] = selected == Truth::kTrue;
    }
    if (selected != Truth::kUnknown) continue;
    const MissingFacts& missing = selection.missing.at(static_cast<uint32_t>(place));
    population.missing.insert(population.missing.end(), missing.begin(), missing.end());
  }
  return population;
}

Truth SelectedBy(const BoundRule& rule, Truth selected) {
  if (selected != Truth::kUnknown) return selected;
  if (rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE) return Truth::kFalse;
  return rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION ? Truth::kTrue : selected;
}

engine::Population CountedBy(const std::string& members) {
  engine::Population counted;
  counted.consumer = [&members](engine::ConsumerIndex consumer) { return members[consumer.value] != 0; };
  return counted;
}

engine::Basis EngineBasis(common::v1::Basis basis) {
  return static_cast<engine::Basis>(static_cast<int>(basis) - 1);
}

}  // namespace linchpin::policy
