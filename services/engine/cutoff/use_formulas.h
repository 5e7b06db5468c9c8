// Whether a deployment has anything of an entity, as a formula over a logic. Internal to entity_use.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_FORMULAS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_FORMULAS_H_

#include <algorithm>
#include <vector>

#include "services/engine/cutoff/fact_formulas.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {

// What is known of vendors and models before deployments are asked about, by index.
//
// Other than in S3, members of a domain are not read as they stand: that a possible provider is of the entity
// may itself be open, and then nothing is excluded. So an answer holds however many facts come to be known at
// once.
struct UseTables {
  std::vector<Truth> vendors = {};         // It, or one of its owners, is the entity or of the country.
  std::vector<VendorIndex> suspects = {};  // Those of which that is not false, ascending.
  std::vector<Truth> own = {};             // Of models: the developer or the origin is of the entity.
  std::vector<Truth> stated = {};  // So is that of a model that it is stated to be made from, or its own.
  std::vector<Truth> whole = {};   // So may be that of one which nobody stated.
  // Models of which `stated` is not false, ascending: what an unstated base model would have to be.
  std::vector<ModelIndex> tainted = {};
};

// Not a condition of S3: nothing here asks whether the deployment would stop, only whether something of the
// entity is part of it. So no mode, pass-through, custody or relation makes a difference, and what is not in
// the inventory counts as of any country.
template <typename Logic>
class UseFormulas : public FactFormulas<Logic> {
 public:
  using Base = FactFormulas<Logic>;
  using Value = typename Logic::Value;

  // `strict`: an absent list of intermediaries and an absent source of weights are open, else they are none.
  UseFormulas(const Knowledge& knowledge, const ResolvedCutoff& entity, DeploymentIndex index,
              const UseTables& tables, bool strict)
      : Base(knowledge, entity, index, /*likely=*/false), tables_(tables), strict_(strict) {}

  // `of_model` answers for the lineage of a model that is known.
  template <typename OfModel>
  Value Uses(const OfModel& of_model) const {
    return Or(Or(RunBy(), FetchedFrom()), Or(Hosted(), Modelled(of_model)));
  }

  // The developer of one model, or its origin.
  Value OfModelItself(ModelIndex model) const {
    const std::optional<VendorIndex> developer = knowledge_.DeveloperOf(model);
    const Value developed = developer.has_value()
                                ? And(Stated(true, FactKind::kDeveloper, model.value), Owned(*developer))
                                : OneOwned(FactKind::kDeveloper, model.value);
    return IsOfCountry() ? Or(developed, Originates(model, developer)) : developed;
  }

  // Some base model that nobody stated.
  Value UnstatedBase(ModelIndex model) const {
    return Base::Decided(
        FactRef{FactKind::kLineageDeveloper, model.value}, FactRef{FactKind::kDerivations, model.value},
        [&] { return UnstatedBaseOnProven(model); }, [] { return Truth::kUnknown; });
  }

 private:
  using Base::cutoff_;
  using Base::deployment_;
  using Base::graph_;
  using Base::index_;
  using Base::knowledge_;
  using Base::Known;
  using Base::ModeIs;
  using Base::NotSelfHosted;
  using Base::Open;
  using Base::Stated;
  using Base::TruthOf;

  bool IsOfCountry() const { return cutoff_.kind == CutoffKind::kCountryServiceCutoff; }

  // --- Owners --------------------------------------------------------------------------------------------
  Value Owned(VendorIndex vendor) const {
    const Value value = Base::Owned(vendor);
    const Truth truth = tables_.vendors[vendor.value];
    if (TruthOf(value) == truth) return value;
    const FactRef parent{FactKind::kVendorParent, OwnersOf(graph_, vendor).vendors.back().value};
    return truth == Truth::kTrue ? Logic::Stated(true, parent) : Logic::Open(parent);
  }
  Value OneOwned(FactKind kind, uint32_t subject, const FactRef& open) const {
    return Open(kind, subject, open,
                [this, kind](const Domain& vendors) { return OverVendors(vendors, kind); });
  }
  Value OneOwned(FactKind kind, uint32_t subject) const {
    return OneOwned(kind, subject, FactRef{kind, subject});
  }
  Truth OverVendors(const Domain& domain, FactKind kind) const {
    if (domain.listed) {
      OverMembers members;
      if (domain.none) members.Add(Truth::kFalse);
      for (Member vendor : domain.values) members.Add(tables_.vendors[vendor]);
      return members.truth();
    }
    // Who is not in the inventory may be of any country, and has no owner in it.
    if (IsOfCountry()) return Truth::kUnknown;
    const bool some = std::any_of(tables_.suspects.begin(), tables_.suspects.end(), [&](VendorIndex vendor) {
      return domain.Allows(vendor.value) && knowledge_.parts().Can(PartOf(kind), vendor);
    });
    return some ? Truth::kUnknown : Truth::kFalse;
  }

  // --- Who runs it ---------------------------------------------------------------------------------------
  Value RunBy() const {
    Value result = Known(false);
    if (strict_ && deployment_.intermediaries.is_unknown())
      result = Logic::Open(FactRef{FactKind::kIntermediary, index_.value, UINT32_MAX});
    for (VendorIndex vendor : deployment_.intermediaries.value()) {
      result =
          Or(result, And(Stated(true, FactKind::kIntermediary, index_.value, vendor.value), Owned(vendor)));
    }
    if (deployment_.mode == HostingMode::kSelfHosted) return result;
    if (deployment_.operator_vendor.has_value()) {
      return Or(result,
                And(Stated(true, FactKind::kOperator, index_.value), Owned(*deployment_.operator_vendor)));
    }
    return Or(result, And(NotSelfHosted(), OneOwned(FactKind::kOperator, index_.value)));
  }
  Value FetchedFrom() const {
    if (deployment_.weights_source.has_value()) {
      return And(Stated(true, FactKind::kWeightsSource, index_.value), Owned(*deployment_.weights_source));
    }
    if (!strict_) return Known(false);
    return And(ModeIs(HostingMode::kSelfHosted),
               Logic::Open(FactRef{FactKind::kWeightsSource, index_.value}));
  }

  // --- Where it runs -------------------------------------------------------------------------------------
  Value Hosted() const {
    const FactRef host_ref{FactKind::kHost, index_.value};
    if (!deployment_.host.has_value()) {
      const Value provided = OneOwned(FactKind::kProviderOfHost, index_.value, host_ref);
      if (!IsOfCountry()) return provided;
      return Or(provided, Open(FactKind::kCountryOfHost, index_.value, host_ref, LiesThere()));
    }
    const uint32_t host = deployment_.host->value;
    return And(Logic::Stated(true, host_ref),
               IsOfCountry() ? Or(Provided(host), HostLiesThere(host)) : Provided(host));
  }
  Value Provided(uint32_t host) const {
    const Fact<VendorIndex>& provider = graph_.hosts()[{host}].provider;
    if (provider.is_none()) return Known(false);
    if (provider.is_unknown()) return OneOwned(FactKind::kHostProvider, host);
    return And(Stated(true, FactKind::kHostProvider, host), Owned(provider.value()));
  }
  Value HostLiesThere(uint32_t host) const {
    const std::optional<Country>& country = graph_.hosts()[{host}].country;
    if (country.has_value()) return Stated(*country == cutoff_.country, FactKind::kHostCountry, host);
    return Open(FactKind::kHostCountry, host, LiesThere());
  }
  auto LiesThere() const {
    return [this](const Domain& countries) { return IsValue(countries, CodeOf(cutoff_.country)); };
  }

  // --- What it serves ------------------------------------------------------------------------------------
  template <typename OfModel>
  Value Modelled(const OfModel& of_model) const {
    if (deployment_.model.has_value())
      return And(Stated(true, FactKind::kModel, index_.value), of_model(*deployment_.model));
    const FactRef model_ref{FactKind::kModel, index_.value};
    const Domain& models = knowledge_.Of(FactKind::kModel, index_.value).proven;
    if (models.listed)
      return Open(FactKind::kModel, index_.value, [&](const Domain& listed) { return OverListed(listed); });
    // A model that the inventory does not list may be made from anything.
    return Or(OneOwned(FactKind::kDeveloperOfModel, index_.value, model_ref), Logic::Open(model_ref));
  }
  Truth OverListed(const Domain& models) const {
    OverMembers members;
    for (Member model : models.values) members.Add(tables_.whole[model]);
    return members.truth();
  }
  // Of a model that states no origin the developer's country stands for it, which its owners answer for.
  Value Originates(ModelIndex model, const std::optional<VendorIndex>& developer) const {
    const ModelIndex stating = knowledge_.StatingModel(model, FactKind::kOrigin);
    if (graph_.models()[stating].stated_origin.has_value()) {
      return Stated(*graph_.models()[stating].stated_origin == cutoff_.country, FactKind::kOrigin,
                    model.value);
    }
    if (developer.has_value()) return Known(false);
    return Open(FactKind::kOrigin, model.value, LiesThere());
  }
  Truth UnstatedBaseOnProven(ModelIndex model) const {
    const Domain& developers = knowledge_.Of(FactKind::kLineageDeveloper, model.value).proven;
    if (developers.listed && developers.values.empty()) return Truth::kFalse;
    Truth truth = OverVendors(developers, FactKind::kLineageDeveloper);
    if (IsOfCountry())
      truth = Or(truth, LiesThere()(knowledge_.Of(FactKind::kLineageOrigin, model.value).proven));
    // There may be no further base.
    if (truth == Truth::kTrue && developers.none) return Truth::kUnknown;
    if (truth != Truth::kFalse) return truth;
    for (ModelIndex base : tables_.tainted) {
      if (knowledge_.MayBeBase(model, base, /*likely=*/false)) return Truth::kUnknown;
    }
    return Truth::kFalse;
  }

  const UseTables& tables_;
  const bool strict_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_USE_FORMULAS_H_
