#include "services/engine/conditions.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

// The formulas of S3 are written once, over a logic: the plain one yields a Truth, the explaining one also
// the operands left open.
struct PlainLogic {
  using Value = Truth;
  static Value Of(Truth truth) { return truth; }
  static Value Open(const UnknownFact&) { return Truth::kUnknown; }
  static Truth TruthOf(Value value) { return value; }
};

struct ExplainingLogic {
  struct Value {
    Truth truth = Truth::kFalse;
    std::vector<UnknownFact> open;  // Only where truth is kUnknown.
  };
  static Value Of(Truth truth) { return {truth, {}}; }
  static Value Open(const UnknownFact& fact) { return {Truth::kUnknown, {fact}}; }
  static Truth TruthOf(const Value& value) { return value.truth; }
};

ExplainingLogic::Value Combine(Truth truth, const ExplainingLogic::Value& a,
                               const ExplainingLogic::Value& b) {
  ExplainingLogic::Value out{truth, {}};
  if (truth != Truth::kUnknown) return out;
  out.open = a.open;
  out.open.insert(out.open.end(), b.open.begin(), b.open.end());
  return out;
}
ExplainingLogic::Value And(const ExplainingLogic::Value& a, const ExplainingLogic::Value& b) {
  return Combine(engine::And(a.truth, b.truth), a, b);
}
ExplainingLogic::Value Or(const ExplainingLogic::Value& a, const ExplainingLogic::Value& b) {
  return Combine(engine::Or(a.truth, b.truth), a, b);
}
using engine::And;
using engine::Or;

// The formulas of one strike for one deployment.
template <typename Logic>
class Formulas {
 public:
  using Value = typename Logic::Value;
  Formulas(const Graph& graph, const Strike& strike, DeploymentIndex index)
      : graph_(graph), strike_(strike), index_(index), deployment_(graph.deployments()[index]) {}

  Value Condition() const {
    switch (strike_.kind) {
      case CutoffKind::kVendorApiCutoff:
        return Or(Operated(), PassedThrough());
      case CutoffKind::kVendorExit:
        return Exit();
      case CutoffKind::kCountryServiceCutoff:
        return Or(Exit(), HostInCountry());
      case CutoffKind::kCountryWeightsBan:
        return SomeAncestor([this](ModelIndex model) { return OriginIs(model); });
      case CutoffKind::kLicenceRevocation:
        return And(Revocable(), SomeAncestor([this](ModelIndex model) { return LicenceIs(model); }));
      case CutoffKind::kModelWithdrawal:
        return And(SomeAncestor([this](ModelIndex model) { return Known(model.value == strike_.index); }),
                   Or(ModeIs(HostingMode::kVendorApi), DeveloperReaches()));
      case CutoffKind::kCloudFailure:
        return strike_.of_provider ? Provided() : OnHost();
      case CutoffKind::kDeploymentOutage:
        return Known(index_.value == strike_.index);
    }
    return Known(false);
  }

 private:
  static Value Known(bool value) { return Logic::Of(engine::Known(value)); }
  static Value Open(UnknownKind kind, uint32_t subject, uint32_t detail = 0) {
    return Logic::Open(UnknownFact{kind, subject, detail, 0});
  }
  const Model& model() const { return graph_.models()[*deployment_.model]; }

  // op: an intermediary, or the operator of what is not self-hosted, is owned by what is cut.
  Value Operated() const {
    Value result = Known(false);
    for (VendorIndex vendor : deployment_.intermediaries.value()) result = Or(result, Owned(vendor));
    return Or(result, And(NotSelfHosted(), OperatorOwned()));
  }
  Value OperatorOwned() const {
    if (deployment_.operator_vendor.has_value()) return Owned(*deployment_.operator_vendor);
    return Open(UnknownKind::kOperator, index_.value);
  }
  Value PassedThrough() const {
    const Value passes = deployment_.pass_through.has_value() ? Known(*deployment_.pass_through)
                                                              : Open(UnknownKind::kPassThrough, index_.value);
    return And(And(ModeIs(HostingMode::kThirdPartyHosted), Proprietary()), And(passes, Developed()));
  }
  Value Exit() const { return Or(Or(Operated(), Provided()), And(DeveloperReaches(), Developed())); }

  // reach(d)
  Value DeveloperReaches() const { return And(Proprietary(), Or(NotSelfHosted(), NeedsActivation())); }
  Value NotSelfHosted() const {
    if (!deployment_.mode.has_value()) return Open(UnknownKind::kHostingMode, index_.value);
    return Known(*deployment_.mode != HostingMode::kSelfHosted);
  }
  Value ModeIs(HostingMode mode) const {
    if (!deployment_.mode.has_value()) return Open(UnknownKind::kHostingMode, index_.value);
    return Known(*deployment_.mode == mode);
  }
  Value Proprietary() const {
    if (!deployment_.model.has_value()) return Open(UnknownKind::kModel, index_.value);
    if (!model().weights.has_value()) return Open(UnknownKind::kWeights, deployment_.model->value);
    return Known(*model().weights == Weights::kProprietary);
  }
  Value NeedsActivation() const {
    if (!deployment_.model.has_value()) return Open(UnknownKind::kModel, index_.value);
    if (!model().requires_activation.has_value())
      return Open(UnknownKind::kActivation, deployment_.model->value);
    return Known(*model().requires_activation);
  }
  Value Developed() const {
    if (!deployment_.model.has_value()) return Open(UnknownKind::kModel, index_.value);
    if (!model().developer.has_value()) return Open(UnknownKind::kDeveloper, deployment_.model->value);
    return Owned(*model().developer);
  }

  Value Provided() const {
    if (!deployment_.host.has_value()) return Open(UnknownKind::kHost, index_.value);
    const Fact<VendorIndex>& provider = graph_.hosts()[*deployment_.host].provider;
    if (provider.is_unknown()) return Open(UnknownKind::kHostProvider, deployment_.host->value);
    return provider.is_none() ? Known(false) : Owned(provider.value());
  }
  Value OnHost() const {
    if (!deployment_.host.has_value()) return Open(UnknownKind::kHost, index_.value);
    return Known(deployment_.host->value == strike_.index);
  }
  Value HostInCountry() const {
    if (!deployment_.host.has_value()) return Open(UnknownKind::kHost, index_.value);
    const std::optional<Country>& country = graph_.hosts()[*deployment_.host].country;
    if (!country.has_value()) return Open(UnknownKind::kHostCountry, deployment_.host->value);
    return Known(*country == strike_.country);
  }

  // What is cut is among owners(vendor): by itself, or as a vendor of the country that is cut.
  Value Owned(VendorIndex vendor) const {
    Value result = Known(false);
    while (true) {
      result = Or(result, IsCut(vendor));
      const Fact<VendorIndex>& parent = graph_.vendors()[vendor].parent;
      if (parent.is_unknown()) return Or(result, Open(UnknownKind::kVendorParent, vendor.value));
      if (parent.is_none()) return result;
      vendor = parent.value();
    }
  }
  Value IsCut(VendorIndex vendor) const {
    if (strike_.kind != CutoffKind::kCountryServiceCutoff) return Known(vendor.value == strike_.index);
    const std::optional<Country>& country = graph_.vendors()[vendor].country;
    if (!country.has_value()) return Open(UnknownKind::kVendorCountry, vendor.value);
    return Known(*country == strike_.country);
  }

  Value OriginIs(ModelIndex model) const {
    const std::optional<Country> country = graph_.OriginOf(model).country;
    if (!country.has_value()) return Open(UnknownKind::kOrigin, model.value);
    return Known(*country == strike_.country);
  }
  Value LicenceIs(ModelIndex model) const {
    const Fact<LicenceIndex>& licence = graph_.models()[model].licence;
    if (licence.is_unknown()) return Open(UnknownKind::kLicence, model.value);
    return Known(licence.has_value() && licence.value().value == strike_.index);
  }
  Value Revocable() const {
    if (strike_.index == UINT32_MAX) return Known(true);
    const std::optional<bool> irrevocable = graph_.licences()[{strike_.index}].irrevocable;
    if (!irrevocable.has_value()) return Open(UnknownKind::kIrrevocability, strike_.index);
    return Known(!*irrevocable);
  }

  // Some model of the lineage satisfies `test`. An ancestor whose derivations are unknown may have any model
  // above it, so it leaves the question open.
  template <typename Test>
  Value SomeAncestor(const Test& test) const {
    if (!deployment_.model.has_value()) return Open(UnknownKind::kModel, index_.value);
    Value result = Known(false);
    std::vector<Member> members = TopologicalLineage();
    for (Member& member : members) {
      const Model& model = graph_.models()[member.model];
      result = Or(result, And(member.value, test(member.model)));
      if (strike_.reach == Reach::kDirect) break;
      if (model.derivations.is_unknown()) {
        result = Or(result, And(member.value, Open(UnknownKind::kDerivations, member.model.value)));
      }
      for (const Derivation& derivation : model.derivations.value()) {
        const Value carried = And(member.value, Carried(member.model, derivation));
        auto base = std::find_if(members.begin(), members.end(),
                                 [&](const Member& other) { return other.model == derivation.base; });
        if (base != members.end()) base->value = Or(base->value, carried);
      }
    }
    return result;
  }
  Value Carried(ModelIndex model, const Derivation& derivation) const {
    const Truth truth = Carries(derivation.relation, strike_.reach);
    if (truth != Truth::kUnknown) return Logic::Of(truth);
    return Open(UnknownKind::kRelation, model.value, derivation.base.value);
  }

  struct Member {
    ModelIndex model;
    Value value;  // Is it in the lineage?
  };
  // The model and whatever it may descend from, each before its bases.
  std::vector<Member> TopologicalLineage() const {
    std::vector<ModelIndex> finished;
    std::vector<std::pair<ModelIndex, size_t>> stack{{*deployment_.model, 0}};
    std::vector<ModelIndex> seen{*deployment_.model};
    while (!stack.empty()) {
      auto& [at, next] = stack.back();
      const std::vector<Derivation>& bases = graph_.models()[at].derivations.value();
      if (strike_.reach == Reach::kDirect || next == bases.size()) {
        finished.push_back(at);
        stack.pop_back();
        continue;
      }
      const Derivation& derivation = bases[next++];
      if (Carries(derivation.relation, strike_.reach) == Truth::kFalse) continue;
      if (std::find(seen.begin(), seen.end(), derivation.base) != seen.end()) continue;
      seen.push_back(derivation.base);
      stack.emplace_back(derivation.base, 0);
    }
    std::vector<Member> members;
    for (auto at = finished.rbegin(); at != finished.rend(); ++at) {
      members.push_back({*at, Known(*at == *deployment_.model)});
    }
    return members;
  }

  const Graph& graph_;
  const Strike& strike_;
  DeploymentIndex index_;
  const Deployment& deployment_;
};

}  // namespace

Truth Hits(const Graph& graph, const Strike& strike, DeploymentIndex deployment) {
  return Formulas<PlainLogic>(graph, strike, deployment).Condition();
}

std::vector<UnknownFact> OpenFacts(const Graph& graph, const Strike& strike, DeploymentIndex deployment) {
  if (Hits(graph, strike, deployment) != Truth::kUnknown) return {};
  std::vector<UnknownFact> facts = Formulas<ExplainingLogic>(graph, strike, deployment).Condition().open;
  std::sort(facts.begin(), facts.end());
  facts.erase(std::unique(facts.begin(), facts.end()), facts.end());
  return facts;
}

std::vector<Hit> AllHits(const Graph& graph, const Strike& strike) {
  std::vector<Hit> hits;
  for (DeploymentIndex deployment : graph.deployments()) {
    const Truth truth = Hits(graph, strike, deployment);
    if (truth != Truth::kFalse) hits.push_back({deployment, truth});
  }
  return hits;
}

}  // namespace linchpin::engine
