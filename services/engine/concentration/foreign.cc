#include "services/engine/concentration/foreign.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

Truth OriginOutside(const Graph& graph, ModelIndex model, const std::vector<Country>& home) {
  const std::optional<Country> origin = graph.OriginOf(model).country;
  if (!origin.has_value()) return Truth::kUnknown;
  return Known(std::find(home.begin(), home.end(), *origin) == home.end());
}

// Base models over derivations that carry weights for certain, by name.
std::vector<ModelIndex> CertainBases(const Graph& graph, ModelIndex model) {
  std::vector<ModelIndex> bases;
  for (const Derivation& derivation : graph.models()[model].derivations.value()) {
    if (Carries(derivation.relation, Reach::kWeights) == Truth::kTrue) bases.push_back(derivation.base);
  }
  std::sort(bases.begin(), bases.end(),
            [&graph](ModelIndex a, ModelIndex b) { return graph.models()[a].name < graph.models()[b].name; });
  return bases;
}

}  // namespace

Truth IsForeign(const Graph& graph, ModelIndex model, const std::vector<Country>& home) {
  Truth foreign = Truth::kFalse;
  for (const LineageMember& member : LineageOf(graph, model, Reach::kWeights)) {
    foreign = Or(foreign, And(member.member, OriginOutside(graph, member.model, home)));
    if (member.open) foreign = Or(foreign, Truth::kUnknown);
    if (foreign == Truth::kTrue) break;
  }
  return foreign;
}

std::optional<ForeignModel> ForeignPath(const Graph& graph, ModelIndex model,
                                        const std::vector<Country>& home) {
  // Breadth first with bases by name: the queue holds paths by length, then by their names.
  std::vector<ModelIndex> queue{model};
  absl::flat_hash_map<uint32_t, ModelIndex> from{{model.value, model}};
  for (size_t at = 0; at < queue.size(); ++at) {
    const ModelIndex reached = queue[at];
    if (OriginOutside(graph, reached, home) == Truth::kTrue) {
      ForeignModel result{
          .model = model, .weight = 0, .path = {}, .origin = *graph.OriginOf(reached).country};
      for (ModelIndex step = reached; step != model; step = from[step.value]) result.path.push_back(step);
      result.path.push_back(model);
      std::reverse(result.path.begin(), result.path.end());
      return result;
    }
    for (ModelIndex base : CertainBases(graph, reached)) {
      if (from.emplace(base.value, reached).second) queue.push_back(base);
    }
  }
  return std::nullopt;
}

ForeignWeight WeighForeign(const Graph& graph, const Attribution& attribution,
                           const std::vector<Country>& home) {
  ForeignWeight result;
  absl::flat_hash_map<uint32_t, uint64_t> by_model;
  for (DeploymentIndex index : graph.deployments()) {
    const uint64_t weight = attribution.by_deployment[index.value];
    if (weight == 0) continue;
    const std::optional<ModelIndex> model = graph.deployments()[index].model;
    if (model.has_value()) {
      by_model[model->value] += weight;
    } else {
      result.unknown += weight;
    }
  }
  for (const auto& [value, weight] : by_model) {
    const ModelIndex model{value};
    std::optional<ForeignModel> path = ForeignPath(graph, model, home);
    if (path.has_value()) {
      path->weight = weight;
      result.foreign += weight;
      result.models.push_back(*std::move(path));
      continue;
    }
    (IsForeign(graph, model, home) == Truth::kFalse ? result.home : result.unknown) += weight;
  }
  std::sort(result.models.begin(), result.models.end(),
            [&graph](const ForeignModel& a, const ForeignModel& b) {
              return a.weight != b.weight ? a.weight > b.weight
                                          : graph.models()[a.model].name < graph.models()[b.model].name;
            });
  return result;
}

}  // namespace linchpin::engine
