#include "services/engine/cutoff/conditions.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace linchpin::engine {
namespace {

// The formulas of S3 are written once, over a logic: the plain one yields a Truth, the explaining one also
// the facts that make it so.
struct PlainLogic {
  using Value = Truth;
  static Value Of(Truth truth) { return truth; }
  static Value Stated(bool value, const FactRef&) { return Known(value); }
  static Value Open(const FactRef&) { return Truth::kUnknown; }
};

struct ExplainingLogic {
  // The facts of HitReason, in the order of the formula, perhaps with repeats.
  using Value = HitReason;
  static Value Of(Truth truth) { return {truth, {}}; }
  static Value Stated(bool value, const FactRef& fact) {
    return value ? Value{Truth::kTrue, {fact}} : Value{Truth::kFalse, {}};
  }
  static Value Open(const FactRef& fact) { return {Truth::kUnknown, {fact}}; }
};

// The facts of those operands that have the truth of the whole.
HitReason Joined(Truth truth, const HitReason& a, const HitReason& b) {
  HitReason joined{truth, {}};
  for (const HitReason* operand : {&a, &b}) {
    if (operand->truth == truth) {
      joined.facts.insert(joined.facts.end(), operand->facts.begin(), operand->facts.end());
    }
  }
  return joined;
}

HitReason And(const HitReason& a, const HitReason& b) { return Joined(engine::And(a.truth, b.truth), a, b); }
HitReason Or(const HitReason& a, const HitReason& b) {
  const Truth truth = engine::Or(a.truth, b.truth);
  if (truth != Truth::kTrue) return Joined(truth, a, b);
  if (a.truth != b.truth) return a.truth == Truth::kTrue ? a : b;
  return b.facts.size() < a.facts.size() ? b : a;  // One proof is enough.
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
        return And(SomeAncestor([this](ModelIndex model) { return LicenceIs(model); }), Revocable());
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
  static Value Open(FactKind kind, uint32_t subject, uint32_t detail = 0) {
    return Logic::Open(FactRef{kind, subject, detail, 0});
  }
  static Value Stated(bool value, FactKind kind, uint32_t subject, uint32_t detail = 0) {
    return Logic::Stated(value, FactRef{kind, subject, detail, 0});
  }

  // op: an intermediary, or the operator of what is not self-hosted, is owned by what is cut.
  Value Operated() const {
    Value result = Known(false);
    for (VendorIndex vendor : deployment_.intermediaries.value()) {
      result =
          Or(result, And(Stated(true, FactKind::kIntermediary, index_.value, vendor.value), Owned(vendor)));
    }
    return Or(result, And(NotSelfHosted(), OperatorOwned()));
  }
  Value OperatorOwned() const {
    if (!deployment_.operator_vendor.has_value()) return Open(FactKind::kOperator, index_.value);
    return And(Stated(true, FactKind::kOperator, index_.value), Owned(*deployment_.operator_vendor));
  }
  Value PassedThrough() const {
    const Value passes = deployment_.pass_through.has_value()
                             ? Stated(*deployment_.pass_through, FactKind::kPassThrough, index_.value)
                             : Open(FactKind::kPassThrough, index_.value);
    return And(And(ModeIs(HostingMode::kThirdPartyHosted), Proprietary()), And(passes, Developed()));
  }
  Value Exit() const { return Or(Or(Operated(), Provided()), And(DeveloperReaches(), Developed())); }

  // reach(d)
  Value DeveloperReaches() const { return And(Proprietary(), Or(NotSelfHosted(), NeedsActivation())); }
  Value NotSelfHosted() const {
    if (!deployment_.mode.has_value()) return Open(FactKind::kHostingMode, index_.value);
    return Stated(*deployment_.mode != HostingMode::kSelfHosted, FactKind::kHostingMode, index_.value);
  }
  Value ModeIs(HostingMode mode) const {
    if (!deployment_.mode.has_value()) return Open(FactKind::kHostingMode, index_.value);
    return Stated(*deployment_.mode == mode, FactKind::kHostingMode, index_.value);
  }

  // What holds of the model, if that is known.
  template <typename Condition>
  Value OfModel(const Condition& condition) const {
    if (!deployment_.model.has_value()) return Open(FactKind::kModel, index_.value);
    return And(Stated(true, FactKind::kModel, index_.value), condition(*deployment_.model));
  }
  Value Proprietary() const {
    return OfModel([this](ModelIndex index) {
      const std::optional<Weights>& weights = graph_.models()[index].weights;
      if (!weights.has_value()) return Open(FactKind::kWeights, index.value);
      return Stated(*weights == Weights::kProprietary, FactKind::kWeights, index.value);
    });
  }
  Value NeedsActivation() const {
    return OfModel([this](ModelIndex index) {
      const std::optional<bool>& needs = graph_.models()[index].requires_activation;
      if (!needs.has_value()) return Open(FactKind::kActivation, index.value);
      return Stated(*needs, FactKind::kActivation, index.value);
    });
  }
  Value Developed() const {
    return OfModel([this](ModelIndex index) {
      const std::optional<VendorIndex>& developer = graph_.models()[index].developer;
      if (!developer.has_value()) return Open(FactKind::kDeveloper, index.value);
      return And(Stated(true, FactKind::kDeveloper, index.value), Owned(*developer));
    });
  }

  // What holds of the host, if that is known.
  template <typename Condition>
  Value OfHost(const Condition& condition) const {
    if (!deployment_.host.has_value()) return Open(FactKind::kHost, index_.value);
    return And(Stated(true, FactKind::kHost, index_.value), condition(*deployment_.host));
  }
  Value Provided() const {
    return OfHost([this](HostIndex host) {
      const Fact<VendorIndex>& provider = graph_.hosts()[host].provider;
      if (provider.is_unknown()) return Open(FactKind::kHostProvider, host.value);
      if (provider.is_none()) return Known(false);
      return And(Stated(true, FactKind::kHostProvider, host.value), Owned(provider.value()));
    });
  }
  Value OnHost() const {
    return OfHost([this](HostIndex host) { return Known(host.value == strike_.index); });
  }
  Value HostInCountry() const {
    return OfHost([this](HostIndex host) {
      const std::optional<Country>& country = graph_.hosts()[host].country;
      if (!country.has_value()) return Open(FactKind::kHostCountry, host.value);
      return Stated(*country == strike_.country, FactKind::kHostCountry, host.value);
    });
  }

  // What is cut is among owners(vendor): by itself, or as a vendor of the country that is cut.
  Value Owned(VendorIndex vendor) const {
    Value result = Known(false);
    Value way = Known(true);  // From the vendor to the owner looked at.
    while (true) {
      result = Or(result, And(way, IsCut(vendor)));
      const Fact<VendorIndex>& parent = graph_.vendors()[vendor].parent;
      if (parent.is_unknown()) return Or(result, Open(FactKind::kVendorParent, vendor.value));
      if (parent.is_none()) return result;
      way = And(way, Stated(true, FactKind::kVendorParent, vendor.value));
      vendor = parent.value();
    }
  }
  Value IsCut(VendorIndex vendor) const {
    if (strike_.kind != CutoffKind::kCountryServiceCutoff) return Known(vendor.value == strike_.index);
    const std::optional<Country>& country = graph_.vendors()[vendor].country;
    if (!country.has_value()) return Open(FactKind::kVendorCountry, vendor.value);
    return Stated(*country == strike_.country, FactKind::kVendorCountry, vendor.value);
  }

  Value OriginIs(ModelIndex model) const {
    const Origin origin = graph_.OriginOf(model);
    if (!origin.country.has_value()) return Open(FactKind::kOrigin, model.value);
    const bool matches = *origin.country == strike_.country;
    if (!origin.derived) return Stated(matches, FactKind::kOrigin, model.value);
    const VendorIndex developer = *graph_.models()[model].developer;
    return And(Stated(matches, FactKind::kDeveloper, model.value),
               Stated(matches, FactKind::kVendorCountry, developer.value));
  }
  Value LicenceIs(ModelIndex model) const {
    const Fact<LicenceIndex>& licence = graph_.models()[model].licence;
    if (licence.is_unknown()) return Open(FactKind::kLicence, model.value);
    return Stated(licence.has_value() && licence.value().value == strike_.index, FactKind::kLicence,
                  model.value);
  }
  Value Revocable() const {
    if (strike_.index == UINT32_MAX) return Known(true);
    const std::optional<bool> irrevocable = graph_.licences()[{strike_.index}].irrevocable;
    if (!irrevocable.has_value()) return Open(FactKind::kIrrevocability, strike_.index);
    return Stated(!*irrevocable, FactKind::kIrrevocability, strike_.index);
  }

  // Some model of the lineage satisfies `test`. An ancestor whose derivations are unknown may have any model
  // above it, so it leaves the question open.
  template <typename Test>
  Value SomeAncestor(const Test& test) const {
    if (!deployment_.model.has_value()) return Open(FactKind::kModel, index_.value);
    Value result = Known(false);
    absl::flat_hash_map<uint32_t, size_t> places;
    std::vector<Member> members = TopologicalLineage(places);
    for (Member& member : members) {
      const Model& model = graph_.models()[member.model];
      result = Or(result, And(member.value, test(member.model)));
      if (strike_.reach == Reach::kDirect) break;
      if (model.derivations.is_unknown()) {
        result = Or(result, And(member.value, Open(FactKind::kDerivations, member.model.value)));
      }
      for (const Derivation& derivation : model.derivations.value()) {
        const Value carried = And(member.value, Carried(member.model, derivation));
        const auto place = places.find(derivation.base.value);
        if (place == places.end()) continue;
        Member& base = members[place->second];
        base.value = Or(base.value, carried);
      }
    }
    return result;
  }
  Value Carried(ModelIndex model, const Derivation& derivation) const {
    const Truth truth = Carries(derivation.relation, strike_.reach);
    if (truth == Truth::kUnknown) return Open(FactKind::kRelation, model.value, derivation.base.value);
    const bool carried = truth == Truth::kTrue;
    return And(Stated(carried, FactKind::kBase, model.value, derivation.base.value),
               Stated(carried, FactKind::kRelation, model.value, derivation.base.value));
  }

  struct Member {
    ModelIndex model;
    Value value;  // Is it in the lineage?
  };
  // The model and whatever it may descend from, each before its bases; `places` gets the place of each by its
  // index.
  std::vector<Member> TopologicalLineage(absl::flat_hash_map<uint32_t, size_t>& places) const {
    std::vector<ModelIndex> finished;
    std::vector<std::pair<ModelIndex, size_t>> stack{{*deployment_.model, 0}};
    places.emplace(deployment_.model->value, 0);
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
      if (places.emplace(derivation.base.value, 0).second) stack.emplace_back(derivation.base, 0);
    }
    std::vector<Member> members;
    for (auto at = finished.rbegin(); at != finished.rend(); ++at) {
      places[at->value] = members.size();
      members.push_back(
          {*at, *at == *deployment_.model ? Stated(true, FactKind::kModel, index_.value) : Known(false)});
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

HitReason Explain(const Graph& graph, const Strike& strike, DeploymentIndex deployment) {
  // Most are plain; only what is not false is worth the facts.
  if (Hits(graph, strike, deployment) == Truth::kFalse) return {};
  HitReason reason = Formulas<ExplainingLogic>(graph, strike, deployment).Condition();
  if (reason.truth == Truth::kUnknown) {
    std::sort(reason.facts.begin(), reason.facts.end());
    reason.facts.erase(std::unique(reason.facts.begin(), reason.facts.end()), reason.facts.end());
    return reason;
  }
  absl::flat_hash_set<FactRef> seen;
  std::erase_if(reason.facts, [&seen](const FactRef& fact) { return !seen.insert(fact).second; });
  return reason;
}

std::vector<Hit> AllHits(const Graph& graph, const Strike& strike) {
  std::vector<Hit> hits;
  for (DeploymentIndex deployment : graph.deployments()) {
    const Truth truth = Hits(graph, strike, deployment);
    if (truth != Truth::kFalse) hits.push_back({deployment, truth, truth == Truth::kTrue});
  }
  return hits;
}

}  // namespace linchpin::engine
