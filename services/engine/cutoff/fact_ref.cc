#include "services/engine/cutoff/fact_ref.h"

#include <algorithm>

#include "services/engine/graph/fact_text.h"

namespace linchpin::engine {
namespace {

enum class Owner : uint8_t { kDeployment, kHost, kVendor, kModel, kLicence, kConsumer };

// The kind of thing that has the fact.
Owner OwnerOf(FactKind kind) {
  switch (kind) {
    case FactKind::kHostingMode:
    case FactKind::kModel:
    case FactKind::kOperator:
    case FactKind::kHost:
    case FactKind::kPassThrough:
    case FactKind::kIntermediary:
    case FactKind::kOutlives:
    case FactKind::kCustody:
    case FactKind::kWeightsSource:
    case FactKind::kProviderOfHost:
    case FactKind::kCountryOfHost:
    case FactKind::kDeveloperOfModel:
      return Owner::kDeployment;
    case FactKind::kHostProvider:
    case FactKind::kHostCountry:
      return Owner::kHost;
    case FactKind::kVendorCountry:
    case FactKind::kVendorParent:
      return Owner::kVendor;
    case FactKind::kIrrevocability:
      return Owner::kLicence;
    case FactKind::kTier:
    case FactKind::kSwitchTime:
      return Owner::kConsumer;
    default:
      return Owner::kModel;
  }
}

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

std::string TextOfFlag(FactKind kind, bool value) {
  const bool enumerated = kind == FactKind::kPassThrough || kind == FactKind::kOutlives;
  if (enumerated) return value ? "YES" : "NO";
  return value ? "true" : "false";
}

template <typename T>
std::string TextIf(const std::optional<T>& value) {
  return value.has_value() ? std::string(TextOf(*value)) : "";
}
std::string TextIf(const std::optional<Country>& value) { return value.has_value() ? value->ToString() : ""; }
std::string TextIf(FactKind kind, const std::optional<bool>& value) {
  return value.has_value() ? TextOfFlag(kind, *value) : "";
}

std::string NameOf(const Graph& graph, const std::optional<VendorIndex>& vendor) {
  return vendor.has_value() ? graph.vendors()[*vendor].name : "";
}
std::string NameOf(const Graph& graph, const Fact<VendorIndex>& vendor) {
  if (vendor.is_none()) return "none";
  return vendor.has_value() ? graph.vendors()[vendor.value()].name : "";
}
std::string NameOf(const Graph& graph, const std::optional<ModelIndex>& model) {
  return model.has_value() ? graph.models()[*model].name : "";
}

std::string ValueOfDeployment(const Graph& graph, const FactRef& fact) {
  const Deployment& deployment = graph.deployments()[{fact.subject}];
  switch (fact.kind) {
    case FactKind::kHostingMode:
      return TextIf(deployment.mode);
    case FactKind::kModel:
      return NameOf(graph, deployment.model);
    case FactKind::kOperator:
      return NameOf(graph, deployment.operator_vendor);
    case FactKind::kHost:
      return deployment.host.has_value() ? graph.hosts()[*deployment.host].name : "";
    case FactKind::kPassThrough:
      return TextIf(fact.kind, deployment.pass_through);
    case FactKind::kOutlives:
      return TextIf(fact.kind, deployment.outlives_developer);
    case FactKind::kCustody:
      return TextIf(deployment.custody);
    case FactKind::kWeightsSource:
      return NameOf(graph, deployment.weights_source);
    case FactKind::kIntermediary:
      return graph.vendors()[{fact.detail}].name;
    default:
      return "";
  }
}

std::string ValueOfModel(const Knowledge& knowledge, const FactRef& fact) {
  const Graph& graph = knowledge.graph();
  const ModelIndex index{fact.subject};
  const Model& model = graph.models()[index];
  switch (fact.kind) {
    case FactKind::kDeveloper:
      return NameOf(graph, knowledge.DeveloperOf(index));
    case FactKind::kOrigin:
      return TextIf(knowledge.OriginOf(index));
    case FactKind::kWeights:
      return TextIf(knowledge.WeightsOf(index));
    case FactKind::kActivation:
      return TextIf(fact.kind, model.requires_activation);
    case FactKind::kLicence: {
      const Fact<LicenceIndex>& licence = knowledge.LicenceOf(index);
      return licence.has_value() ? graph.licences()[licence.value()].name : "";
    }
    case FactKind::kVersionOf:
      return NameOf(graph, model.version_of);
    case FactKind::kBase:
      return graph.models()[{fact.detail}].name;
    case FactKind::kRelation: {
      const std::vector<Derivation>& bases = model.derivations.value();
      const size_t place = PlaceOfBase(graph, fact);
      return place < bases.size() ? TextIf(bases[place].relation) : "";
    }
    default:
      return "";
  }
}

// The value that a field holds, or a line's.
std::string StatedValueOf(const Knowledge& knowledge, const FactRef& fact) {
  const Graph& graph = knowledge.graph();
  switch (fact.kind) {
    case FactKind::kHostProvider:
      return NameOf(graph, graph.hosts()[{fact.subject}].provider);
    case FactKind::kHostCountry:
      return TextIf(graph.hosts()[{fact.subject}].country);
    case FactKind::kVendorCountry:
      return TextIf(graph.vendors()[{fact.subject}].country);
    case FactKind::kVendorParent:
      return NameOf(graph, graph.vendors()[{fact.subject}].parent);
    case FactKind::kIrrevocability:
      return TextIf(fact.kind, graph.licences()[{fact.subject}].irrevocable);
    case FactKind::kTier:
    case FactKind::kSwitchTime:
    case FactKind::kDerivations:
      return "";
    default:
      return OwnerOf(fact.kind) == Owner::kDeployment ? ValueOfDeployment(graph, fact)
                                                      : ValueOfModel(knowledge, fact);
  }
}

// A domain is written as long as people read it.
constexpr size_t kValuesShown = 8;

std::string TextOfDomain(const Graph& graph, FactKind kind, const Domain& domain) {
  if (domain.values.empty()) {
    if (domain.listed) return domain.none ? "none" : "";
    return !domain.none && WholeDomain(kind).none ? "not none" : "";
  }
  const bool single = domain.listed && domain.values.size() == 1 && !domain.none;
  std::string text = single ? "" : domain.listed ? "one of " : "none of ";
  for (size_t i = 0; i < domain.values.size(); ++i) {
    if (i > 0) text += ", ";
    if (i == kValuesShown) return text + std::to_string(domain.values.size() - i) + " more";
    text += TextOfMember(graph, kind, domain.values[i]);
  }
  if (domain.listed && domain.none) text += ", none";
  return text;
}

}  // namespace

bool IsOfDeployment(FactKind kind) { return OwnerOf(kind) == Owner::kDeployment; }

bool HasDomain(FactKind kind) {
  switch (kind) {
    case FactKind::kIntermediary:
    case FactKind::kBase:
    case FactKind::kRelation:
    case FactKind::kSwitchTime:
    case FactKind::kTier:
    case FactKind::kDerivations:
    case FactKind::kVersionOf:
    case FactKind::kWeightsSource:
      return false;
    default:
      return true;
  }
}

std::string SubjectOf(const Graph& graph, const FactRef& fact) {
  switch (OwnerOf(fact.kind)) {
    case Owner::kDeployment:
      return graph.deployments()[{fact.subject}].name;
    case Owner::kHost:
      return graph.hosts()[{fact.subject}].name;
    case Owner::kVendor:
      return graph.vendors()[{fact.subject}].name;
    case Owner::kModel:
      return graph.models()[{fact.subject}].name;
    case Owner::kLicence:
      return graph.licences()[{fact.subject}].name;
    case Owner::kConsumer:
      break;
  }
  const ConsumerView consumer = graph.consumers()[{fact.subject}];
  const bool is_route = consumer.record().kind == ConsumerKind::kRoute;
  if (fact.kind == FactKind::kTier || is_route) return std::string(consumer.name());
  return std::string(consumer.name()) + "/dependencies/" + std::string(consumer.group(fact.detail).id());
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
    case FactKind::kOutlives:
      return "outlives_developer";
    case FactKind::kCustody:
      return "custody";
    case FactKind::kWeightsSource:
      return "weights_source";
    case FactKind::kProviderOfHost:
      return "host.provider";
    case FactKind::kCountryOfHost:
      return "host.country";
    case FactKind::kDeveloperOfModel:
      return "model.developer";
    case FactKind::kLineageDeveloper:
      return "lineage.developer";
    case FactKind::kLineageOrigin:
      return "lineage.origin_country";
    case FactKind::kVersionOf:
      return "version_of";
  }
  return "";
}

std::string ValueOf(const Knowledge& knowledge, const FactRef& fact, bool likely) {
  const std::string stated = StatedValueOf(knowledge, fact);
  if (!stated.empty() || !HasDomain(fact.kind)) return stated;
  const OpenFact& open = knowledge.Of(fact.kind, fact.subject);
  return TextOfDomain(knowledge.graph(), fact.kind, likely ? open.OnLikely() : open.proven);
}

namespace {

// What cut the domain last.
FactSource SourceOfDomain(const OpenFact& open, bool likely) {
  if (likely && open.likely.has_value()) return {open.likely_rule, open.likelihood};
  return {open.proven_rule, nullptr};
}

}  // namespace

FactSource SourceOf(const Knowledge& knowledge, const FactRef& fact, bool likely) {
  if (!StatedValueOf(knowledge, fact).empty()) {
    const bool versioned = fact.kind == FactKind::kDeveloper || fact.kind == FactKind::kOrigin ||
                           fact.kind == FactKind::kWeights || fact.kind == FactKind::kLicence;
    const ModelIndex model{fact.subject};
    const bool of_line = versioned && knowledge.StatingModel(model, fact.kind) != model;
    return {of_line ? Rule::kVersionOf : Rule::kStated, nullptr};
  }
  if (!HasDomain(fact.kind)) return {};
  const OpenFact& open = knowledge.Of(fact.kind, fact.subject);
  // What another fact of the same thing leaves has the source of that fact. One step: two can cut each other.
  const std::optional<FactKind>& from =
      likely && open.likely.has_value() ? open.likely_from : open.proven_from;
  if (!from.has_value()) return SourceOfDomain(open, likely);
  return SourceOfDomain(knowledge.Of(*from, fact.subject), likely);
}

}  // namespace linchpin::engine
