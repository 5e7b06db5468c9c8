// The parts of the conditions of S3 that follow what a model is made from. Internal to conditions.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_LINEAGE_FORMULAS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_LINEAGE_FORMULAS_H_

#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/cutoff/fact_formulas.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

// Of one resolved cutoff and one deployment.
template <typename Logic>
class LineageFormulas : public FactFormulas<Logic> {
 public:
  using Base = FactFormulas<Logic>;
  using Value = typename Logic::Value;
  using Base::Base;

 protected:
  using Base::Closed;
  using Base::cutoff_;
  using Base::Decided;
  using Base::deployment_;
  using Base::Flag;
  using Base::graph_;
  using Base::index_;
  using Base::knowledge_;
  using Base::Known;
  using Base::members_;
  using Base::Open;
  using Base::OverModels;
  using Base::Stated;
  using Base::TruthOf;

  // --- Lineage -------------------------------------------------------------------------------------------
  // Some model of the lineage has the origin, or the licence, that is cut.
  Value SomeAncestor() const {
    if (deployment_.model.has_value()) return SomeAncestorOf(*deployment_.model);
    return OverModels([this](const Domain& models, const Domain& developers) {
      return members_.HasAncestor(models, developers);
    });
  }
  Value SomeAncestorOf(ModelIndex of) const {
    Value result = Known(false);
    absl::flat_hash_map<uint32_t, size_t> places;
    std::vector<Ancestor> ancestors = TopologicalLineage(of, places);
    for (size_t at = 0; at < ancestors.size(); ++at) {
      const ModelIndex model = ancestors[at].model;
      const Value is_member = ancestors[at].value;
      const Value has = ModelIsCut(model);
      result = Or(result, And(is_member, has));
      if (cutoff_.reach == Reach::kDirect) break;
      // Who satisfies the test absorbs what lies above: that can no longer change the truth.
      if (TruthOf(has) == Truth::kTrue || TruthOf(is_member) == Truth::kFalse) continue;
      const Value on_line = And(is_member, OnLine(model));
      const Fact<std::vector<Derivation>>& derivations = knowledge_.DerivationsOf(model);
      if (derivations.is_unknown()) result = Or(result, And(is_member, UnstatedBase(model)));
      for (const Derivation& derivation : derivations.value()) {
        const auto place = places.find(derivation.base.value);
        if (place == places.end()) continue;
        Value& base = ancestors[place->second].value;
        base = Or(base, And(on_line, Carried(model, derivation)));
      }
    }
    return result;
  }
  // The line whose derivations are read, if they are not the model's own.
  Value OnLine(ModelIndex model) const {
    const bool own = knowledge_.StatingModel(model, FactKind::kDerivations) == model;
    return own ? Known(true) : Stated(true, FactKind::kVersionOf, model.value);
  }
  Value UnstatedBase(ModelIndex model) const {
    const FactKind kind = cutoff_.kind == CutoffKind::kCountryWeightsBan ? FactKind::kLineageOrigin
                                                                         : FactKind::kLineageDeveloper;
    return Decided(
        FactRef{kind, model.value}, FactRef{FactKind::kDerivations, model.value},
        [&] { return members_.HasUnstatedBase(model, /*likely=*/false); },
        [&] { return members_.HasUnstatedBase(model, /*likely=*/true); });
  }
  Value Carried(ModelIndex model, const Derivation& derivation) const {
    const uint32_t stating = knowledge_.StatingModel(model, FactKind::kDerivations).value;
    const Truth truth = Carries(derivation.relation, cutoff_.reach);
    const FactRef relation{FactKind::kRelation, stating, derivation.base.value};
    if (truth == Truth::kUnknown) return Logic::Open(relation);
    const bool carried = truth == Truth::kTrue;
    return And(Stated(carried, FactKind::kBase, stating, derivation.base.value),
               Logic::Stated(carried, relation));
  }
  Value ModelIsCut(ModelIndex model) const {
    return cutoff_.kind == CutoffKind::kCountryWeightsBan ? OriginIs(model) : LicenceIs(model);
  }
  Value OriginIs(ModelIndex model) const {
    const bool stated =
        graph_.models()[knowledge_.StatingModel(model, FactKind::kOrigin)].stated_origin.has_value();
    const std::optional<Country> origin = knowledge_.OriginOf(model);
    const std::optional<VendorIndex> developer = knowledge_.DeveloperOf(model);
    if (origin.has_value()) {
      const bool matches = *origin == cutoff_.country;
      if (stated) return Stated(matches, FactKind::kOrigin, model.value);
      return And(Stated(matches, FactKind::kDeveloper, model.value),
                 Stated(matches, FactKind::kVendorCountry, developer->value));
    }
    // Open because the developer's country is: that is the fact.
    FactRef open{FactKind::kOrigin, model.value};
    if (developer.has_value() && !graph_.vendors()[*developer].country.has_value()) {
      open = {FactKind::kVendorCountry, developer->value};
    }
    return Open(FactKind::kOrigin, model.value, open,
                [this](const Domain& origins) { return IsValue(origins, CodeOf(cutoff_.country)); });
  }
  Value LicenceIs(ModelIndex model) const {
    const Fact<LicenceIndex>& licence = knowledge_.LicenceOf(model);
    if (licence.is_unknown()) {
      return Open(FactKind::kLicence, model.value,
                  [this](const Domain& licences) { return IsValue(licences, cutoff_.index); });
    }
    return Stated(licence.has_value() && licence.value().value == cutoff_.index, FactKind::kLicence,
                  model.value);
  }
  Value Revocable() const {
    if (cutoff_.of_unlisted) return Known(true);
    return Flag(graph_.licences()[{cutoff_.index}].irrevocable, FactKind::kIrrevocability, cutoff_.index,
                /*wanted=*/false);
  }

  struct Ancestor {
    ModelIndex model;
    Value value;  // Is it in the lineage?
  };
  // The model and whatever it may descend from, each before its bases; `places` gets the place of each by its
  // index.
  std::vector<Ancestor> TopologicalLineage(ModelIndex of,
                                           absl::flat_hash_map<uint32_t, size_t>& places) const {
    std::vector<ModelIndex> finished;
    std::vector<std::pair<ModelIndex, size_t>> stack{{of, 0}};
    places.emplace(of.value, 0);
    while (!stack.empty()) {
      auto& [at, next] = stack.back();
      const std::vector<Derivation>& bases = knowledge_.DerivationsOf(at).value();
      if (cutoff_.reach == Reach::kDirect || next == bases.size()) {
        finished.push_back(at);
        stack.pop_back();
        continue;
      }
      const Derivation& derivation = bases[next++];
      if (Carries(derivation.relation, cutoff_.reach) == Truth::kFalse) continue;
      if (places.emplace(derivation.base.value, 0).second) stack.emplace_back(derivation.base, 0);
    }
    std::vector<Ancestor> ancestors;
    for (auto at = finished.rbegin(); at != finished.rend(); ++at) {
      places[at->value] = ancestors.size();
      ancestors.push_back({*at, *at == of ? Stated(true, FactKind::kModel, index_.value) : Known(false)});
    }
    return ancestors;
  }

  // --- Withdrawal ----------------------------------------------------------------------------------------
  // The model needs what is withdrawn: it is that, a version of it, or runs on it.
  Value Needed() const {
    if (deployment_.model.has_value()) {
      return And(Stated(true, FactKind::kModel, index_.value), NeededBy(*deployment_.model));
    }
    return OverModels([this](const Domain& models, const Domain& developers) {
      return members_.NeedsWithdrawn(models, developers);
    });
  }
  // A graph has no cycle of versions and derivations, so that this ends.
  Value NeededBy(ModelIndex model) const {
    if (model.value == cutoff_.index) return Known(true);
    Value result = Known(false);
    const std::optional<ModelIndex>& line = graph_.models()[model].version_of;
    if (line.has_value()) result = And(Stated(true, FactKind::kVersionOf, model.value), NeededBy(*line));
    for (const Derivation& derivation : knowledge_.DerivationsOf(model).value()) {
      const Value runs_on = RunsOnBase(model, derivation);
      if (TruthOf(runs_on) == Truth::kFalse) continue;
      result = Or(result, And(And(OnLine(model), runs_on), NeededBy(derivation.base)));
    }
    return result;
  }
  // A hosted fine-tune runs on its base, and so does an adapter of closed weights that is not merged.
  Value RunsOnBase(ModelIndex model, const Derivation& derivation) const {
    const uint32_t stating = knowledge_.StatingModel(model, FactKind::kDerivations).value;
    const FactRef relation{FactKind::kRelation, stating, derivation.base.value};
    if (!derivation.relation.has_value()) return Logic::Open(relation);
    const bool hosted = *derivation.relation == Relation::kHostedFineTune;
    const bool runs = hosted || *derivation.relation == Relation::kAdapter;
    const Value by_relation =
        And(Stated(runs, FactKind::kBase, stating, derivation.base.value), Logic::Stated(runs, relation));
    return !runs || hosted ? by_relation : And(by_relation, Closed(derivation.base));
  }
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_LINEAGE_FORMULAS_H_
