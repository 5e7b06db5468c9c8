// Predicates over facts, stated or not, as values of a logic. Internal to conditions.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_FORMULAS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_FORMULAS_H_

#include <optional>

#include "services/engine/cutoff/logic.h"
#include "services/engine/cutoff/predicates.h"

namespace linchpin::engine {

// What the conditions of one resolved cutoff ask of one deployment. `likely`: where what is proven leaves a
// fact open, likelihoods are read. Ownership: all must outlive it. Thread safety: immutable.
template <typename Logic>
class FactFormulas {
 public:
  using Value = typename Logic::Value;
  FactFormulas(const Knowledge& knowledge, const ResolvedCutoff& resolved, DeploymentIndex index, bool likely)
      : knowledge_(knowledge),
        graph_(knowledge.graph()),
        cutoff_(resolved),
        index_(index),
        deployment_(graph_.deployments()[index]),
        likely_(likely),
        members_(knowledge, resolved),
        owners_(knowledge, QuestionOf(resolved)) {}

 protected:
  static Truth TruthOf(Truth value) { return value; }
  static Truth TruthOf(const Explained& value) { return value.truth; }
  static OwnerQuestion QuestionOf(const ResolvedCutoff& resolved) {
    if (resolved.kind == CutoffKind::kCountryServiceCutoff) return {{}, resolved.country};
    return {{resolved.index}, std::nullopt};
  }
  static Value Known(bool value) { return Logic::Of(engine::Known(value)); }
  static Value Stated(bool value, FactKind kind, uint32_t subject, uint32_t detail = 0) {
    return Logic::Stated(value, FactRef{kind, subject, detail, 0});
  }

  // --- Facts without a value -----------------------------------------------------------------------------
  // `ask(domain)` on what is proven, else on what is likely. `open`: the fact that is listed if neither
  // decides.
  template <typename Ask>
  Value Open(FactKind kind, uint32_t subject, const FactRef& open, const Ask& ask) const {
    const OpenFact& fact = knowledge_.Of(kind, subject);
    return Decided(
        FactRef{kind, subject}, open, [&] { return ask(fact.proven); },
        [&] { return fact.likely.has_value() ? ask(*fact.likely) : Truth::kUnknown; });
  }
  template <typename Ask>
  Value Open(FactKind kind, uint32_t subject, const Ask& ask) const {
    return Open(kind, subject, FactRef{kind, subject}, ask);
  }
  template <typename Proven, typename Likely>
  Value Decided(const FactRef& fact, const FactRef& open, const Proven& proven, const Likely& likely) const {
    if (cutoff_.of_unlisted) return Logic::Open(open);
    const Truth on_proven = proven();
    if (on_proven != Truth::kUnknown) return Logic::Stated(on_proven == Truth::kTrue, fact);
    const Truth on_likely = likely_ ? likely() : Truth::kUnknown;
    if (on_likely != Truth::kUnknown) return Logic::Likely(on_likely == Truth::kTrue, fact);
    return Logic::Open(open);
  }
  // A fact of yes or no.
  Value Flag(const std::optional<bool>& value, FactKind kind, uint32_t subject, bool wanted = true) const {
    if (value.has_value()) return Stated(*value == wanted, kind, subject);
    return Open(kind, subject, [&](const Domain& domain) { return IsValue(domain, wanted ? 1 : 0); });
  }

  // --- Who runs it ---------------------------------------------------------------------------------------
  template <typename Wanted>
  Value Mode(const Wanted& wanted) const {
    if (deployment_.mode.has_value()) {
      return Stated(wanted(*deployment_.mode), FactKind::kHostingMode, index_.value);
    }
    return Open(FactKind::kHostingMode, index_.value, [&](const Domain& domain) {
      OverMembers modes;
      for (Member mode : domain.values) modes.Add(engine::Known(wanted(static_cast<HostingMode>(mode))));
      return modes.truth();
    });
  }
  Value ModeIs(HostingMode wanted) const {
    return Mode([wanted](HostingMode mode) { return mode == wanted; });
  }
  Value NotSelfHosted() const {
    return Mode([](HostingMode mode) { return mode != HostingMode::kSelfHosted; });
  }

  Value Closed(ModelIndex model) const {
    const std::optional<Weights> weights = knowledge_.WeightsOf(model);
    if (weights.has_value()) {
      return Stated(*weights == Weights::kProprietary, FactKind::kWeights, model.value);
    }
    return Open(FactKind::kWeights, model.value, [](const Domain& domain) {
      return IsValue(domain, static_cast<Member>(Weights::kProprietary));
    });
  }
  // --- Owners --------------------------------------------------------------------------------------------
  // What is cut is among the owners of a vendor that is not known.
  Value OneOwned(FactKind kind, uint32_t subject, const FactRef& open, Truth other) const {
    return Open(kind, subject, open,
                [&](const Domain& vendors) { return owners_.Over(vendors, kind, other); });
  }
  Value OneOwned(FactKind kind, uint32_t subject, const FactRef& open) const {
    return OneOwned(kind, subject, open, owners_.OfOther());
  }
  Value OneOwned(FactKind kind, uint32_t subject) const {
    return OneOwned(kind, subject, FactRef{kind, subject});
  }
  // What is cut is among owners(vendor): by itself, or as a vendor of the country that is cut.
  Value Owned(VendorIndex vendor) const {
    Value result = Known(false);
    Value way = Known(true);  // From the vendor to the owner looked at.
    while (true) {
      result = Or(result, And(way, IsCut(vendor)));
      const Fact<VendorIndex>& parent = graph_.vendors()[vendor].parent;
      if (parent.is_none()) return result;
      if (parent.is_unknown()) {
        return Or(result, Open(FactKind::kVendorParent, vendor.value,
                               [&](const Domain& parents) { return owners_.OverParents(vendor, parents); }));
      }
      way = And(way, Stated(true, FactKind::kVendorParent, vendor.value));
      vendor = parent.value();
    }
  }
  Value IsCut(VendorIndex vendor) const {
    if (cutoff_.kind != CutoffKind::kCountryServiceCutoff) return Known(vendor.value == cutoff_.index);
    const std::optional<Country>& country = graph_.vendors()[vendor].country;
    if (country.has_value()) {
      return Stated(*country == cutoff_.country, FactKind::kVendorCountry, vendor.value);
    }
    return Open(FactKind::kVendorCountry, vendor.value,
                [this](const Domain& countries) { return IsValue(countries, CodeOf(cutoff_.country)); });
  }

  // Of a model that is not known, nor perhaps whose it is.
  template <typename Ask>
  Value OverModels(const Ask& ask) const {
    const OpenFact& developers = knowledge_.Of(FactKind::kDeveloperOfModel, index_.value);
    const OpenFact& models = knowledge_.Of(FactKind::kModel, index_.value);
    const bool by_model = models.proven.listed || models.likely.has_value();
    const FactRef decides{by_model ? FactKind::kModel : FactKind::kDeveloperOfModel, index_.value};
    return Decided(
        decides, FactRef{FactKind::kModel, index_.value},
        [&] { return ask(models.proven, developers.proven); },
        [&] { return ask(models.OnLikely(), developers.OnLikely()); });
  }

  const Knowledge& knowledge_;
  const Graph& graph_;
  const ResolvedCutoff& cutoff_;
  const DeploymentIndex index_;
  const Deployment& deployment_;
  const bool likely_;
  const MemberPredicates members_;
  const Ownership owners_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_FACT_FORMULAS_H_
