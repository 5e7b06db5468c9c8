#include "services/engine/cutoff/fact_ref.h"

#include <algorithm>

namespace linchpin::engine {
namespace {

size_t PlaceOfBase(const Graph& graph, const FactRef& fact) {
  const std::vector<Derivation>& bases = graph.models()[{fact.subject}].derivations.value();
  const auto base = std::find_if(bases.begin(), bases.end(), [&](const Derivation& derivation) {
    return derivation.base.value == fact.detail;
  });
  return static_cast<size_t>(base - bases.begin());
}

size_t PlaceOfIntermediary(const Graph& graph, const FactRef& fact) {
  const std::vector<VendorIndex>& vendors = graph.deployments()[{fact.subject}].intermediaries.value();
  return static_cast<size_t>(std::find(vendors.begin(), vendors.end(), VendorIndex{fact.detail}) -
                             vendors.begin());
}

// As the enums of the inventory write them.
const char* TextOf(HostingMode mode) {
  switch (mode) {
    case HostingMode::kVendorApi:
      return "VENDOR_API";
    case HostingMode::kThirdPartyHosted:
      return "THIRD_PARTY_HOSTED";
    case HostingMode::kSelfHosted:
      return "SELF_HOSTED";
  }
  return "";
}

const char* TextOf(Relation relation) {
  switch (relation) {
    case Relation::kFineTune:
      return "FINE_TUNE";
    case Relation::kContinuedPretraining:
      return "CONTINUED_PRETRAINING";
    case Relation::kAdapter:
      return "ADAPTER";
    case Relation::kAdapterMerged:
      return "ADAPTER_MERGED";
    case Relation::kMerge:
      return "MERGE";
    case Relation::kQuantised:
      return "QUANTISED";
    case Relation::kConverted:
      return "CONVERTED";
    case Relation::kPruned:
      return "PRUNED";
    case Relation::kHostedFineTune:
      return "HOSTED_FINE_TUNE";
    case Relation::kDistilled:
      return "DISTILLED";
    case Relation::kSyntheticData:
      return "SYNTHETIC_DATA";
  }
  return "";
}

const char* TextOf(Weights weights) { return weights == Weights::kOpen ? "OPEN" : "PROPRIETARY"; }
const char* TextOf(bool value) { return value ? "true" : "false"; }
const char* PassThroughText(bool value) { return value ? "YES" : "NO"; }
std::string TextOf(const Country& country) { return country.ToString(); }

template <typename T>
std::string TextOf(const std::optional<T>& value) {
  return value.has_value() ? std::string(TextOf(*value)) : "";
}

std::string NameOf(const Graph& graph, const std::optional<VendorIndex>& vendor) {
  return vendor.has_value() ? graph.vendors()[*vendor].name : "";
}

std::string NameOf(const Graph& graph, const Fact<VendorIndex>& vendor) {
  return vendor.has_value() ? graph.vendors()[vendor.value()].name : "";
}

std::string ValueOfDeployment(const Graph& graph, const FactRef& fact) {
  const Deployment& deployment = graph.deployments()[{fact.subject}];
  switch (fact.kind) {
    case FactKind::kHostingMode:
      return TextOf(deployment.mode);
    case FactKind::kModel:
      return deployment.model.has_value() ? graph.models()[*deployment.model].name : "";
    case FactKind::kOperator:
      return NameOf(graph, deployment.operator_vendor);
    case FactKind::kHost:
      return deployment.host.has_value() ? graph.hosts()[*deployment.host].name : "";
    case FactKind::kPassThrough:
      return deployment.pass_through.has_value() ? PassThroughText(*deployment.pass_through) : "";
    default:
      return graph.vendors()[{fact.detail}].name;  // An intermediary.
  }
}

std::string ValueOfModel(const Graph& graph, const FactRef& fact) {
  const Model& model = graph.models()[{fact.subject}];
  switch (fact.kind) {
    case FactKind::kDeveloper:
      return NameOf(graph, model.developer);
    case FactKind::kOrigin:
      return TextOf(graph.OriginOf({fact.subject}).country);
    case FactKind::kWeights:
      return TextOf(model.weights);
    case FactKind::kActivation:
      return TextOf(model.requires_activation);
    case FactKind::kLicence:
      return model.licence.has_value() ? graph.licences()[model.licence.value()].name : "";
    case FactKind::kBase:
      return graph.models()[{fact.detail}].name;
    case FactKind::kRelation: {
      const std::vector<Derivation>& bases = model.derivations.value();
      const size_t place = PlaceOfBase(graph, fact);
      return place < bases.size() ? TextOf(bases[place].relation) : "";
    }
    default:
      return "";
  }
}

}  // namespace

std::string SubjectOf(const Graph& graph, const FactRef& fact) {
  switch (fact.kind) {
    case FactKind::kHostingMode:
    case FactKind::kModel:
    case FactKind::kOperator:
    case FactKind::kHost:
    case FactKind::kPassThrough:
    case FactKind::kIntermediary:
      return graph.deployments()[{fact.subject}].name;
    case FactKind::kHostProvider:
    case FactKind::kHostCountry:
      return graph.hosts()[{fact.subject}].name;
    case FactKind::kVendorCountry:
    case FactKind::kVendorParent:
      return graph.vendors()[{fact.subject}].name;
    case FactKind::kDeveloper:
    case FactKind::kOrigin:
    case FactKind::kWeights:
    case FactKind::kActivation:
    case FactKind::kLicence:
    case FactKind::kDerivations:
    case FactKind::kRelation:
    case FactKind::kBase:
      return graph.models()[{fact.subject}].name;
    case FactKind::kIrrevocability:
      return graph.licences()[{fact.subject}].name;
    case FactKind::kTier:
      return std::string(graph.consumers().NameOf({fact.subject}));
    case FactKind::kSwitchTime: {
      const ConsumerView consumer = graph.consumers()[{fact.subject}];
      return std::string(consumer.name()) + "/dependencies/" + std::string(consumer.group(fact.detail).id());
    }
  }
  return "";
}

std::string FieldOf(const Graph& graph, const FactRef& fact) {
  switch (fact.kind) {
    case FactKind::kHostingMode:
      return "hosting_mode";
    case FactKind::kModel:
      return "model";
    case FactKind::kOperator:
      return "operator";
    case FactKind::kHost:
      return "host";
    case FactKind::kPassThrough:
      return "pass_through";
    case FactKind::kHostProvider:
      return "provider";
    case FactKind::kHostCountry:
    case FactKind::kVendorCountry:
      return "country";
    case FactKind::kVendorParent:
      return "parent";
    case FactKind::kDeveloper:
      return "developer";
    case FactKind::kOrigin:
      return "origin_country";
    case FactKind::kWeights:
      return "weights";
    case FactKind::kActivation:
      return "requires_activation";
    case FactKind::kLicence:
      return "licence";
    case FactKind::kDerivations:
      return "derivations";
    case FactKind::kIrrevocability:
      return "irrevocable";
    case FactKind::kTier:
      return "tier";
    case FactKind::kSwitchTime:
      return "alternatives[" + std::to_string(fact.alternative) + "].switch_duration";
    case FactKind::kIntermediary:
      return "intermediaries[" + std::to_string(PlaceOfIntermediary(graph, fact)) + "]";
    case FactKind::kBase:
      return "derivations[" + std::to_string(PlaceOfBase(graph, fact)) + "].base_model";
    case FactKind::kRelation:
      return "derivations[" + std::to_string(PlaceOfBase(graph, fact)) + "].relation";
  }
  return "";
}

std::string ValueOf(const Graph& graph, const FactRef& fact) {
  switch (fact.kind) {
    case FactKind::kHostingMode:
    case FactKind::kModel:
    case FactKind::kOperator:
    case FactKind::kHost:
    case FactKind::kPassThrough:
    case FactKind::kIntermediary:
      return ValueOfDeployment(graph, fact);
    case FactKind::kHostProvider:
      return NameOf(graph, graph.hosts()[{fact.subject}].provider);
    case FactKind::kHostCountry:
      return TextOf(graph.hosts()[{fact.subject}].country);
    case FactKind::kVendorCountry:
      return TextOf(graph.vendors()[{fact.subject}].country);
    case FactKind::kVendorParent:
      return NameOf(graph, graph.vendors()[{fact.subject}].parent);
    case FactKind::kIrrevocability:
      return TextOf(graph.licences()[{fact.subject}].irrevocable);
    case FactKind::kTier:
    case FactKind::kSwitchTime:
      return "";
    default:
      return ValueOfModel(graph, fact);
  }
}

}  // namespace linchpin::engine
