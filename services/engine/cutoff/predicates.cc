#include "services/engine/cutoff/predicates.h"

#include <algorithm>
#include <vector>

#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

// Listed members, or, where anything may be meant, no more than that some may hold and some not.
template <typename Predicate>
Truth MemberPredicates::Over(const Domain& models, const Predicate& predicate, Truth other) const {
  OverMembers members;
  if (!models.listed) members.Add(other);
  if (models.listed) {
    for (Member model : models.values) members.Add(predicate(ModelIndex{model}));
    return members.truth();
  }
  for (ModelIndex model : graph_.models()) {
    if (members.is_open()) break;
    if (models.Allows(model.value)) members.Add(predicate(model));
  }
  return members.truth();
}

Truth MemberPredicates::IsProprietary(const Domain& models) const {
  return Over(
      models,
      [this](ModelIndex model) {
        const std::optional<Weights> weights = knowledge_.WeightsOf(model);
        return weights.has_value() ? Known(*weights == Weights::kProprietary) : Truth::kUnknown;
      },
      Truth::kUnknown);
}

Truth MemberPredicates::NeedsActivation(const Domain& models) const {
  return Over(
      models,
      [this](ModelIndex model) {
        const std::optional<bool>& needs = graph_.models()[model].requires_activation;
        return needs.has_value() ? Known(*needs) : Truth::kUnknown;
      },
      Truth::kUnknown);
}

// A hosted fine-tune runs on its base, and so does an adapter that is not merged; of a base whose weights are
// open everybody can have them.
Truth MemberPredicates::RunsOn(const Derivation& derivation) const {
  if (!derivation.relation.has_value()) return Truth::kUnknown;
  if (*derivation.relation == Relation::kHostedFineTune) return Truth::kTrue;
  if (*derivation.relation != Relation::kAdapter) return Truth::kFalse;
  const std::optional<Weights> weights = knowledge_.WeightsOf(derivation.base);
  return weights.has_value() ? Known(*weights == Weights::kProprietary) : Truth::kUnknown;
}

Truth MemberPredicates::Needs(ModelIndex model, ModelIndex wanted) const {
  if (model == wanted) return Truth::kTrue;
  const std::optional<ModelIndex>& line = graph_.models()[model].version_of;
  Truth needs = line.has_value() ? Needs(*line, wanted) : Truth::kFalse;
  for (const Derivation& derivation : knowledge_.DerivationsOf(model).value()) {
    const Truth runs_on = RunsOn(derivation);
    if (runs_on != Truth::kFalse) needs = Or(needs, And(runs_on, Needs(derivation.base, wanted)));
  }
  return needs;
}

Truth MemberPredicates::NeedsWithdrawn(const Domain& models, const Domain& developers) const {
  const auto needs = [this](ModelIndex model) { return Needs(model, {cutoff_.index}); };
  if (models.listed) return Over(models, needs, Truth::kFalse);
  OverMembers members;
  members.Add(Truth::kFalse);  // What is not in the inventory needs nothing of it.
  AddUnlisted(models, developers, needs, members);
  return members.truth();
}

Truth MemberPredicates::IsCut(ModelIndex model) const {
  if (IsBan()) {
    const std::optional<Country> origin = knowledge_.OriginOf(model);
    if (origin.has_value()) return Known(*origin == cutoff_.country);
    return IsValue(knowledge_.Of(FactKind::kOrigin, model.value).proven, CodeOf(cutoff_.country));
  }
  const Fact<LicenceIndex>& licence = knowledge_.LicenceOf(model);
  if (!licence.is_unknown()) return Known(licence.has_value() && licence.value().value == cutoff_.index);
  const Domain& domain = knowledge_.Of(FactKind::kLicence, model.value).proven;
  return domain.none ? Truth::kFalse : IsValue(domain, cutoff_.index);
}

// Of a model as it stands: derivations that it does not state are none.
Truth MemberPredicates::LineageIsCut(ModelIndex model) const {
  Truth truth = IsCut(model);
  if (cutoff_.reach == Reach::kDirect || truth == Truth::kTrue) return truth;
  for (const Derivation& derivation : knowledge_.DerivationsOf(model).value()) {
    const Truth carried = Carries(derivation.relation, cutoff_.reach);
    if (carried != Truth::kFalse) truth = Or(truth, And(carried, LineageIsCut(derivation.base)));
  }
  return truth;
}

// Of a model that is not in the inventory: of a country where models of its developers can come from, under
// no licence of the inventory.
Truth MemberPredicates::OtherIsCut(const Domain& developers) const {
  if (!IsBan()) return Truth::kFalse;
  if (!developers.listed) return Truth::kUnknown;
  return IsValue(knowledge_.OriginsOfModelsBy(developers.values), CodeOf(cutoff_.country));
}

template <typename Predicate>
void MemberPredicates::AddUnlisted(const Domain& models, const Domain& developers, const Predicate& predicate,
                                   OverMembers& members) const {
  for (ModelIndex model : graph_.models()) {
    if (members.is_open()) return;
    if (!models.Allows(model.value)) continue;
    const std::optional<VendorIndex> developer = knowledge_.DeveloperOf(model);
    if (developer.has_value() && !developers.Allows(developer->value)) continue;
    members.Add(predicate(model));
  }
}

Truth MemberPredicates::HasAncestor(const Domain& models, const Domain& developers) const {
  OverMembers members;
  const auto is_cut = [this](ModelIndex model) { return LineageIsCut(model); };
  if (models.listed) {
    for (Member model : models.values) members.Add(is_cut({model}));
    return members.truth();
  }
  members.Add(OtherIsCut(developers));
  if (members.is_open()) return Truth::kUnknown;
  // No lineage has a licence that no model bears.
  const bool borne = IsBan() || !knowledge_.ModelsOf({cutoff_.index}).empty();
  if (borne) AddUnlisted(models, developers, is_cut, members);
  return members.truth();
}

Truth MemberPredicates::HasUnstatedBase(ModelIndex child, bool likely) const {
  auto domain = [&](FactKind kind) -> const Domain& {
    const OpenFact& fact = knowledge_.Of(kind, child.value);
    return likely ? fact.OnLikely() : fact.proven;
  };
  const Domain& developers = domain(FactKind::kLineageDeveloper);
  if (developers.listed && developers.values.empty()) return Truth::kFalse;
  if (IsBan()) {
    // What is not in the inventory remains possible, so that origins alone decide.
    const Truth is_cut = IsValue(domain(FactKind::kLineageOrigin), CodeOf(cutoff_.country));
    return is_cut == Truth::kTrue && developers.none ? Truth::kUnknown : is_cut;
  }
  const std::vector<ModelIndex>& bearers = knowledge_.ModelsOf({cutoff_.index});
  const bool possible = std::any_of(bearers.begin(), bearers.end(), [&](ModelIndex base) {
    return knowledge_.MayBeBase(child, base, likely);
  });
  return possible ? Truth::kUnknown : Truth::kFalse;
}

Truth MemberPredicates::RunsOnHost(DeploymentIndex deployment, const Domain& hosts) const {
  const bool cut = !knowledge_.Of(FactKind::kHost, deployment.value).contradicted;
  if (cut && !hosts.listed && !knowledge_.MayRunOn(deployment, {cutoff_.index})) return Truth::kFalse;
  return IsValue(hosts, cutoff_.index);
}

}  // namespace linchpin::engine
