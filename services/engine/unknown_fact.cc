#include "services/engine/unknown_fact.h"

#include <algorithm>

namespace linchpin::engine {

std::string SubjectOf(const Graph& graph, const UnknownFact& fact) {
  switch (fact.kind) {
    case UnknownKind::kHostingMode:
    case UnknownKind::kModel:
    case UnknownKind::kOperator:
    case UnknownKind::kHost:
    case UnknownKind::kPassThrough:
      return graph.deployments()[{fact.subject}].name;
    case UnknownKind::kHostProvider:
    case UnknownKind::kHostCountry:
      return graph.hosts()[{fact.subject}].name;
    case UnknownKind::kVendorCountry:
    case UnknownKind::kVendorParent:
      return graph.vendors()[{fact.subject}].name;
    case UnknownKind::kDeveloper:
    case UnknownKind::kOrigin:
    case UnknownKind::kWeights:
    case UnknownKind::kActivation:
    case UnknownKind::kLicence:
    case UnknownKind::kDerivations:
    case UnknownKind::kRelation:
      return graph.models()[{fact.subject}].name;
    case UnknownKind::kIrrevocability:
      return graph.licences()[{fact.subject}].name;
    case UnknownKind::kTier:
      return std::string(graph.consumers().NameOf({fact.subject}));
    case UnknownKind::kSwitchTime: {
      const ConsumerView consumer = graph.consumers()[{fact.subject}];
      return std::string(consumer.name()) + "/dependencies/" + std::string(consumer.group(fact.detail).id());
    }
  }
  return "";
}

std::string FieldOf(const Graph& graph, const UnknownFact& fact) {
  switch (fact.kind) {
    case UnknownKind::kHostingMode:
      return "hosting_mode";
    case UnknownKind::kModel:
      return "model";
    case UnknownKind::kOperator:
      return "operator";
    case UnknownKind::kHost:
      return "host";
    case UnknownKind::kPassThrough:
      return "pass_through";
    case UnknownKind::kHostProvider:
      return "provider";
    case UnknownKind::kHostCountry:
    case UnknownKind::kVendorCountry:
      return "country";
    case UnknownKind::kVendorParent:
      return "parent";
    case UnknownKind::kDeveloper:
      return "developer";
    case UnknownKind::kOrigin:
      return "origin_country";
    case UnknownKind::kWeights:
      return "weights";
    case UnknownKind::kActivation:
      return "requires_activation";
    case UnknownKind::kLicence:
      return "licence";
    case UnknownKind::kDerivations:
      return "derivations";
    case UnknownKind::kIrrevocability:
      return "irrevocable";
    case UnknownKind::kTier:
      return "tier";
    case UnknownKind::kSwitchTime:
      return "alternatives[" + std::to_string(fact.alternative) + "].switch_duration";
    case UnknownKind::kRelation: {
      const std::vector<Derivation>& bases = graph.models()[{fact.subject}].derivations.value();
      const auto base = std::find_if(bases.begin(), bases.end(), [&](const Derivation& derivation) {
        return derivation.base.value == fact.detail;
      });
      return "derivations[" + std::to_string(base - bases.begin()) + "].relation";
    }
  }
  return "";
}

}  // namespace linchpin::engine
