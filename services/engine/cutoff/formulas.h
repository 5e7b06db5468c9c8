// The conditions of S3 as formulas over a logic. Internal to conditions.cc.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_FORMULAS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_FORMULAS_H_

#include "services/engine/cutoff/lineage_formulas.h"

namespace linchpin::engine {

// The formulas of one resolved cutoff for one deployment.
template <typename Logic>
class Formulas : public LineageFormulas<Logic> {
 public:
  using Base = LineageFormulas<Logic>;
  using Value = typename Logic::Value;
  using Base::Base;

  Value Condition() const {
    switch (cutoff_.kind) {
      case CutoffKind::kVendorApiCutoff:
        return Or(Or(Operated(), Fetched()), And(PassedThrough(), Developed()));
      case CutoffKind::kVendorExit:
        return Exit();
      case CutoffKind::kCountryServiceCutoff:
        return Or(Exit(), And(HostInCountry(), NotOwnPremises()));
      case CutoffKind::kCountryWeightsBan:
        return SomeAncestor();
      case CutoffKind::kLicenceRevocation:
        return And(SomeAncestor(), Revocable());
      case CutoffKind::kModelWithdrawal:
        return And(Needed(), Or(Or(ModeIs(HostingMode::kVendorApi), PassedThrough()), Activated()));
      case CutoffKind::kCloudFailure:
        return cutoff_.of_provider ? Provided() : OnHost();
      case CutoffKind::kDeploymentOutage:
        return Known(index_.value == cutoff_.index);
    }
    return Known(false);
  }

 private:
  using Base::Closed;
  using Base::cutoff_;
  using Base::deployment_;
  using Base::Flag;
  using Base::graph_;
  using Base::index_;
  using Base::knowledge_;
  using Base::Known;
  using Base::members_;
  using Base::ModeIs;
  using Base::Needed;
  using Base::NotSelfHosted;
  using Base::OneOwned;
  using Base::Open;
  using Base::Owned;
  using Base::owners_;
  using Base::Revocable;
  using Base::SomeAncestor;
  using Base::Stated;

  // --- Who runs it ---------------------------------------------------------------------------------------
  // op: an intermediary, or the operator of what is not self-hosted, is owned by what is cut.
  Value Operated() const {
    Value result = Known(false);
    for (VendorIndex vendor : deployment_.intermediaries.value()) {
      result =
          Or(result, And(Stated(true, FactKind::kIntermediary, index_.value, vendor.value), Owned(vendor)));
    }
    if (deployment_.mode == HostingMode::kSelfHosted) return result;
    return Or(result, And(NotSelfHosted(), OperatorOwned()));
  }
  Value OperatorOwned() const {
    if (deployment_.operator_vendor.has_value()) {
      return And(Stated(true, FactKind::kOperator, index_.value), Owned(*deployment_.operator_vendor));
    }
    return OneOwned(FactKind::kOperator, index_.value);
  }
  // src: a copy that is not held is fetched from what is cut.
  Value Fetched() const {
    if (!deployment_.weights_source.has_value()) return Known(false);
    return And(And(ModeIs(HostingMode::kSelfHosted), NotHeld()),
               And(Stated(true, FactKind::kWeightsSource, index_.value), Owned(*deployment_.weights_source)));
  }
  Value NotHeld() const {
    const auto is_not_held = [](Custody custody) {
      return custody == Custody::kObtainable || custody == Custody::kNotHeld;
    };
    if (deployment_.custody.has_value()) {
      return Stated(is_not_held(*deployment_.custody), FactKind::kCustody, index_.value);
    }
    return Open(FactKind::kCustody, index_.value, [&](const Domain& domain) {
      OverMembers custodies;
      for (Member custody : domain.values) {
        custodies.Add(engine::Known(is_not_held(static_cast<Custody>(custody))));
      }
      return custodies.truth();
    });
  }
  // The developer's refusal goes through a third party.
  Value PassedThrough() const {
    return And(And(ModeIs(HostingMode::kThirdPartyHosted), Proprietary()),
               Flag(deployment_.pass_through, FactKind::kPassThrough, index_.value));
  }
  // A copy that is self-hosted, but asks its developer's server.
  Value Activated() const {
    return And(ModeIs(HostingMode::kSelfHosted), And(NeedsActivation(), Proprietary()));
  }
  Value Exit() const {
    const Value gone_with_developer =
        Or(Or(And(ModeIs(HostingMode::kVendorApi), Proprietary()),
              And(And(ModeIs(HostingMode::kThirdPartyHosted), Proprietary()), EndsWithDeveloper())),
           Activated());
    return Or(Or(Or(Operated(), Fetched()), Provided()), And(gone_with_developer, Developed()));
  }
  Value EndsWithDeveloper() const {
    return Flag(deployment_.outlives_developer, FactKind::kOutlives, index_.value, /*wanted=*/false);
  }

  // --- The model -----------------------------------------------------------------------------------------
  // What holds of the model; `ask(domain)` where that is unknown.
  template <typename Condition, typename Ask>
  Value OfModel(const Condition& condition, const Ask& ask) const {
    if (!deployment_.model.has_value()) return Open(FactKind::kModel, index_.value, ask);
    return And(Stated(true, FactKind::kModel, index_.value), condition(*deployment_.model));
  }
  Value Proprietary() const {
    return OfModel([this](ModelIndex model) { return Closed(model); },
                   [this](const Domain& models) { return members_.IsProprietary(models); });
  }
  Value NeedsActivation() const {
    return OfModel(
        [this](ModelIndex model) {
          return Flag(graph_.models()[model].requires_activation, FactKind::kActivation, model.value);
        },
        [this](const Domain& models) { return members_.NeedsActivation(models); });
  }
  Value Developed() const {
    if (!deployment_.model.has_value()) {
      return OneOwned(FactKind::kDeveloperOfModel, index_.value, FactRef{FactKind::kModel, index_.value});
    }
    const ModelIndex model = *deployment_.model;
    const std::optional<VendorIndex> developer = knowledge_.DeveloperOf(model);
    const Value owned = developer.has_value()
                            ? And(Stated(true, FactKind::kDeveloper, model.value), Owned(*developer))
                            : OneOwned(FactKind::kDeveloper, model.value);
    return And(Stated(true, FactKind::kModel, index_.value), owned);
  }

  // --- The host ------------------------------------------------------------------------------------------
  FactRef HostRef() const { return {FactKind::kHost, index_.value}; }
  Value HostStated() const { return Logic::Stated(true, HostRef()); }
  Value Provided() const {
    if (!deployment_.host.has_value()) {
      return OneOwned(FactKind::kProviderOfHost, index_.value, HostRef(),
                      OtherProvider(FactKind::kCountryOfHost, index_.value));
    }
    const uint32_t host = deployment_.host->value;
    const Fact<VendorIndex>& provider = graph_.hosts()[{host}].provider;
    if (provider.is_none()) return Known(false);
    if (provider.has_value()) {
      return And(HostStated(), And(Stated(true, FactKind::kHostProvider, host), Owned(provider.value())));
    }
    const std::optional<Country>& country = graph_.hosts()[{host}].country;
    const Truth other = country.has_value() && *country != cutoff_.country
                            ? Truth::kFalse
                            : OtherProvider(FactKind::kHostCountry, host);
    return And(HostStated(),
               OneOwned(FactKind::kHostProvider, host, FactRef{FactKind::kHostProvider, host}, other));
  }
  // A provider that is not in the inventory counts as of a country only where the host may lie there.
  Truth OtherProvider(FactKind country, uint32_t subject) const {
    const bool may_lie_there = cutoff_.kind != CutoffKind::kCountryServiceCutoff ||
                               knowledge_.Of(country, subject).proven.Allows(CodeOf(cutoff_.country));
    return may_lie_there ? owners_.OfOther() : Truth::kFalse;
  }
  Value OnHost() const {
    if (deployment_.host.has_value())
      return And(HostStated(), Known(deployment_.host->value == cutoff_.index));
    return Open(FactKind::kHost, index_.value,
                [this](const Domain& hosts) { return members_.RunsOnHost(index_, hosts); });
  }
  Value HostInCountry() const {
    const auto lies_there = [this](const Domain& countries) {
      return IsValue(countries, CodeOf(cutoff_.country));
    };
    if (!deployment_.host.has_value()) {
      return Open(FactKind::kCountryOfHost, index_.value, HostRef(), lies_there);
    }
    const uint32_t host = deployment_.host->value;
    const std::optional<Country>& country = graph_.hosts()[{host}].country;
    return And(HostStated(), country.has_value()
                                 ? Stated(*country == cutoff_.country, FactKind::kHostCountry, host)
                                 : Open(FactKind::kHostCountry, host, lies_there));
  }
  // Whose host has no provider runs on own premises.
  Value NotOwnPremises() const {
    const auto has_provider = [](const Domain& providers) {
      if (!providers.none) return Truth::kTrue;
      return providers.listed && providers.values.empty() ? Truth::kFalse : Truth::kUnknown;
    };
    if (!deployment_.host.has_value()) {
      // Nobody's premises but a vendor's run what is not self-hosted.
      if (!knowledge_.MaySelfHost(index_)) return NotSelfHosted();
      return Open(FactKind::kProviderOfHost, index_.value, HostRef(), has_provider);
    }
    const uint32_t host = deployment_.host->value;
    const Fact<VendorIndex>& provider = graph_.hosts()[{host}].provider;
    if (!provider.is_unknown()) return Stated(provider.has_value(), FactKind::kHostProvider, host);
    return Open(FactKind::kHostProvider, host, has_provider);
  }
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_FORMULAS_H_
