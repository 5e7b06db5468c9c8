#include "services/engine/cutoff/entity_use.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

ResolvedCutoff Resolved(const Entity& entity) {
  if (entity.country.has_value())
    return {.kind = CutoffKind::kCountryServiceCutoff, .country = *entity.country};
  return {.kind = CutoffKind::kVendorExit, .index = entity.vendor->value};
}

// A model met on the way up a lineage.
struct Met {
  ModelIndex model;
  size_t child = 0;  // Its place among those met; its own for the first.
};

}  // namespace

EntityUse::EntityUse(const Knowledge& knowledge, const Entity& entity, bool strict)
    : knowledge_(knowledge), graph_(knowledge.graph()), resolved_(Resolved(entity)), strict_(strict) {
  ReadVendors();
  if (graph_.deployments().size() > 0) ReadModels();
}

// Unknown parents can name each other's vendors: what is found is raised until nothing changes.
void EntityUse::ReadVendors() {
  tables_.vendors.assign(graph_.vendors().slots(), Truth::kFalse);
  const Ownership ownership(knowledge_, resolved_.kind == CutoffKind::kCountryServiceCutoff
                                            ? OwnerQuestion{{}, resolved_.country}
                                            : OwnerQuestion{{resolved_.index}, std::nullopt});
  for (VendorIndex vendor : graph_.vendors()) tables_.vendors[vendor.value] = ownership.Is(vendor);
  for (bool raised = true; raised;) {
    raised = false;
    for (VendorIndex vendor : graph_.vendors()) {
      Truth& truth = tables_.vendors[vendor.value];
      const Truth with_parent = Or(truth, OfParent(vendor));
      raised = raised || with_parent != truth;
      truth = with_parent;
    }
  }
  for (VendorIndex vendor : graph_.vendors()) {
    if (tables_.vendors[vendor.value] != Truth::kFalse) tables_.suspects.push_back(vendor);
  }
}

Truth EntityUse::OfParent(VendorIndex vendor) const {
  const Fact<VendorIndex>& parent = graph_.vendors()[vendor].parent;
  if (parent.is_none()) return Truth::kFalse;
  if (parent.has_value()) return tables_.vendors[parent.value().value];
  const Domain& domain = knowledge_.Of(FactKind::kVendorParent, vendor.value).proven;
  if (domain.listed) {
    OverMembers members;
    if (domain.none) members.Add(Truth::kFalse);
    for (Member member : domain.values) members.Add(tables_.vendors[member]);
    return members.truth();
  }
  if (resolved_.kind == CutoffKind::kCountryServiceCutoff) return Truth::kUnknown;
  // Nobody owns who owns it.
  for (VendorIndex other : graph_.vendors()) {
    if (tables_.vendors[other.value] == Truth::kFalse || !domain.Allows(other.value)) continue;
    const std::vector<VendorIndex> owners = OwnersOf(graph_, other).vendors;
    if (std::find(owners.begin(), owners.end(), vendor) == owners.end()) return Truth::kUnknown;
  }
  return Truth::kFalse;
}

// The formulas of models ask nothing of the deployment; any one will do.
void EntityUse::ReadModels() {
  const Formulas<PlainLogic> formulas(knowledge_, resolved_, *graph_.deployments().begin(), tables_, strict_);
  tables_.own.assign(graph_.models().slots(), Truth::kFalse);
  for (ModelIndex model : graph_.models()) tables_.own[model.value] = formulas.OfModelItself(model);
  tables_.stated = tables_.own;
  Spread(tables_.stated);
  for (ModelIndex model : graph_.models()) {
    if (tables_.stated[model.value] != Truth::kFalse) tables_.tainted.push_back(model);
  }
  tables_.whole = tables_.stated;
  for (ModelIndex model : graph_.models()) {
    Truth& whole = tables_.whole[model.value];
    if (whole != Truth::kTrue && knowledge_.DerivationsOf(model).is_unknown())
      whole = Or(whole, formulas.UnstatedBase(model));
  }
  Spread(tables_.whole);
}

// What a model is made from makes it what that is. No lineage has a cycle.
void EntityUse::Spread(std::vector<Truth>& truths) const {
  std::vector<bool> done(truths.size(), false);
  std::vector<std::pair<ModelIndex, size_t>> stack;
  for (ModelIndex start : graph_.models()) {
    if (!done[start.value]) stack.emplace_back(start, 0);
    while (!stack.empty()) {
      auto& [model, next] = stack.back();
      const std::vector<Derivation>& bases = knowledge_.DerivationsOf(model).value();
      if (next < bases.size()) {
        const ModelIndex base = bases[next++].base;
        if (!done[base.value]) stack.emplace_back(base, 0);
        continue;
      }
      for (const Derivation& derivation : bases)
        truths[model.value] = Or(truths[model.value], truths[derivation.base.value]);
      done[model.value] = true;
      stack.pop_back();
    }
  }
}

Truth EntityUse::OfDeployment(DeploymentIndex deployment) const {
  return Formulas<PlainLogic>(knowledge_, resolved_, deployment, tables_, strict_)
      .Uses([this](ModelIndex model) { return tables_.whole[model.value]; });
}

UseReason EntityUse::Explain(DeploymentIndex deployment) const {
  const Formulas<ExplainingLogic> formulas(knowledge_, resolved_, deployment, tables_, strict_);
  Explained explained = formulas.Uses([&](ModelIndex model) { return ExplainModel(formulas, model); });
  UseReason reason{explained.truth, std::move(explained.facts)};
  if (reason.truth == Truth::kUnknown) std::sort(reason.facts.begin(), reason.facts.end());
  if (reason.truth == Truth::kFalse) reason.facts.clear();
  return reason;
}

// The nearest model of the lineage that is of the entity, by the way to it; else all that is open.
Explained EntityUse::ExplainModel(const Formulas<ExplainingLogic>& formulas, ModelIndex model) const {
  Explained open;
  std::vector<Met> met{{model, 0}};
  absl::flat_hash_set<uint32_t> seen{model.value};
  for (size_t at = 0; at < met.size(); ++at) {
    const ModelIndex here = met[at].model;
    const Fact<std::vector<Derivation>>& derivations = knowledge_.DerivationsOf(here);
    Explained found = formulas.OfModelItself(here);
    if (derivations.is_unknown()) found = Or(found, formulas.UnstatedBase(here));
    if (found.truth == Truth::kTrue) {
      for (size_t step = at; step != 0; step = met[step].child) {
        const ModelIndex child = met[met[step].child].model;
        const ModelIndex stating = knowledge_.StatingModel(child, FactKind::kDerivations);
        found.facts.insert(found.facts.begin(),
                           FactRef{FactKind::kBase, stating.value, met[step].model.value});
        if (stating != child)
          found.facts.insert(found.facts.begin(), FactRef{FactKind::kVersionOf, child.value});
      }
      return found;
    }
    if (found.truth == Truth::kUnknown) open = Or(open, found);
    for (const Derivation& derivation : derivations.value()) {
      if (seen.insert(derivation.base.value).second) met.push_back({derivation.base, at});
    }
  }
  return open;
}

}  // namespace linchpin::engine
