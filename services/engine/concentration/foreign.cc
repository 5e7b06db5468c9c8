#include "services/engine/concentration/foreign.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/lineage.h"
#include "services/engine/knowledge/ownership.h"

namespace linchpin::engine {

ForeignFinder::ForeignFinder(const Knowledge& knowledge, std::vector<Country> home)
    : knowledge_(knowledge), graph_(knowledge.graph()), home_(std::move(home)) {}

// Is every origin of the domain outside home, or none?
Truth ForeignFinder::Outside(const Domain& origins) const {
  const auto is_home = [this](Member code) {
    return std::find(home_.begin(), home_.end(), CountryOf(code)) != home_.end();
  };
  if (origins.listed) {
    OverMembers members;
    for (Member code : origins.values) members.Add(Known(!is_home(code)));
    return members.truth();
  }
  const bool home_is_out = std::all_of(home_.begin(), home_.end(),
                                       [&](Country country) { return !origins.Allows(CodeOf(country)); });
  return home_is_out ? Truth::kTrue : Truth::kUnknown;
}

Truth ForeignFinder::OriginOutside(ModelIndex model, bool likely) const {
  const std::optional<Country> origin = knowledge_.OriginOf(model);
  if (origin.has_value()) return Known(std::find(home_.begin(), home_.end(), *origin) == home_.end());
  const OpenFact& fact = knowledge_.Of(FactKind::kOrigin, model.value);
  return Outside(likely ? fact.OnLikely() : fact.proven);
}

// Some base model that `model` does not state.
Truth ForeignFinder::UnstatedBaseOutside(ModelIndex model, bool likely) const {
  const OpenFact& developer = knowledge_.Of(FactKind::kLineageDeveloper, model.value);
  const Domain& developers = likely ? developer.OnLikely() : developer.proven;
  if (developers.listed && developers.values.empty()) return Truth::kFalse;
  const OpenFact& origin = knowledge_.Of(FactKind::kLineageOrigin, model.value);
  const Truth outside = Outside(likely ? origin.OnLikely() : origin.proven);
  return outside == Truth::kTrue && developers.none ? Truth::kUnknown : outside;
}

Truth ForeignFinder::On(ModelIndex model, bool likely) const {
  Truth foreign = Truth::kFalse;
  std::vector<std::pair<ModelIndex, Truth>> lineage{{model, Truth::kTrue}};
  absl::flat_hash_map<uint32_t, Truth> met{{model.value, Truth::kTrue}};
  for (size_t at = 0; at < lineage.size(); ++at) {
    const auto [member, is_member] = lineage[at];
    foreign = Or(foreign, And(is_member, OriginOutside(member, likely)));
    const Fact<std::vector<Derivation>>& derivations = knowledge_.DerivationsOf(member);
    if (derivations.is_unknown()) foreign = Or(foreign, And(is_member, UnstatedBaseOutside(member, likely)));
    for (const Derivation& derivation : derivations.value()) {
      const Truth carried = And(is_member, Carries(derivation.relation, Reach::kWeights));
      // Once more where a way is more certain than those before it.
      Truth& before = met.try_emplace(derivation.base.value, Truth::kFalse).first->second;
      if (carried <= before) continue;
      before = carried;
      lineage.emplace_back(derivation.base, carried);
    }
    if (foreign == Truth::kTrue) break;
  }
  return foreign;
}

Foreignness ForeignFinder::Of(ModelIndex model) const {
  const Truth proven = On(model, /*likely=*/false);
  if (proven != Truth::kUnknown || !knowledge_.has_likely()) return {proven, proven == Truth::kTrue};
  return {proven, On(model, /*likely=*/true) == Truth::kTrue};
}

Truth ForeignFinder::OfListed(const Domain& models, bool likely) const {
  OverMembers members;
  for (Member model : models.values) members.Add(On({model}, likely));
  return members.truth();
}

Foreignness ForeignFinder::OfUnknownModel(DeploymentIndex deployment) const {
  const auto on = [&](bool likely) {
    const OpenFact& fact = knowledge_.Of(FactKind::kModel, deployment.value);
    const Domain& models = likely ? fact.OnLikely() : fact.proven;
    if (models.listed) return OfListed(models, likely);
    const OpenFact& maker = knowledge_.Of(FactKind::kDeveloperOfModel, deployment.value);
    const Domain& developers = likely ? maker.OnLikely() : maker.proven;
    if (!developers.listed) return Truth::kUnknown;
    // Whose origin is abroad is foreign; whose is at home may still be made from what is not.
    return Outside(knowledge_.OriginsOfModelsBy(developers.values)) == Truth::kTrue ? Truth::kTrue
                                                                                    : Truth::kUnknown;
  };
  const Truth proven = on(false);
  return {proven, on(true) == Truth::kTrue};
}

// Base models over derivations that carry weights for certain, by name.
std::vector<ModelIndex> ForeignFinder::CertainBases(ModelIndex model) const {
  std::vector<ModelIndex> bases;
  for (const Derivation& derivation : knowledge_.DerivationsOf(model).value()) {
    if (Carries(derivation.relation, Reach::kWeights) == Truth::kTrue) bases.push_back(derivation.base);
  }
  std::sort(bases.begin(), bases.end(),
            [this](ModelIndex a, ModelIndex b) { return graph_.models()[a].name < graph_.models()[b].name; });
  return bases;
}

std::optional<ForeignModel> ForeignFinder::PathOf(ModelIndex model) const {
  // Breadth first with bases by name: the queue holds paths by length, then by their names.
  std::vector<ModelIndex> queue{model};
  absl::flat_hash_map<uint32_t, ModelIndex> from{{model.value, model}};
  for (size_t at = 0; at < queue.size(); ++at) {
    const ModelIndex reached = queue[at];
    const std::optional<Country> origin = knowledge_.OriginOf(reached);
    if (origin.has_value() && OriginOutside(reached, /*likely=*/false) == Truth::kTrue) {
      ForeignModel result{.model = model, .weight = 0, .path = {}, .origin = *origin};
      for (ModelIndex step = reached; step != model; step = from[step.value]) result.path.push_back(step);
      result.path.push_back(model);
      std::reverse(result.path.begin(), result.path.end());
      return result;
    }
    for (ModelIndex base : CertainBases(reached)) {
      if (from.emplace(base.value, reached).second) queue.push_back(base);
    }
  }
  return std::nullopt;
}

namespace {

void Add(const Foreignness& foreign, uint64_t weight, ForeignWeight& result) {
  (foreign.proven == Truth::kTrue    ? result.foreign
   : foreign.proven == Truth::kFalse ? result.home
                                     : result.unknown) += weight;
  if (foreign.proven == Truth::kUnknown && foreign.likely) result.likely_foreign += weight;
}

}  // namespace

ForeignWeight WeighForeign(const Knowledge& knowledge, const Attribution& attribution,
                           const std::vector<Country>& home) {
  const Graph& graph = knowledge.graph();
  const ForeignFinder finder(knowledge, home);
  ForeignWeight result;
  absl::flat_hash_map<uint32_t, uint64_t> by_model;
  for (DeploymentIndex index : graph.deployments()) {
    const uint64_t weight = attribution.by_deployment[index.value];
    if (weight == 0) continue;
    const std::optional<ModelIndex> model = graph.deployments()[index].model;
    if (model.has_value()) {
      by_model[model->value] += weight;
    } else {
      Add(finder.OfUnknownModel(index), weight, result);
    }
  }
  for (const auto& [value, weight] : by_model) {
    Add(finder.Of({value}), weight, result);
    std::optional<ForeignModel> path = finder.PathOf({value});
    if (!path.has_value()) continue;
    path->weight = weight;
    result.models.push_back(*std::move(path));
  }
  std::sort(result.models.begin(), result.models.end(),
            [&graph](const ForeignModel& a, const ForeignModel& b) {
              return a.weight != b.weight ? a.weight > b.weight
                                          : graph.models()[a.model].name < graph.models()[b.model].name;
            });
  return result;
}

}  // namespace linchpin::engine
