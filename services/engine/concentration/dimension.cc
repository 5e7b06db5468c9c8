#include "services/engine/concentration/dimension.h"

#include <algorithm>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "services/engine/graph/lineage.h"

namespace linchpin::engine {
namespace {

DimensionValues OneKnown(std::string_view key) { return {.known = {key}, .unknown = {}}; }
DimensionValues OneUnknown(std::string_view resource, std::string_view field) {
  return {.known = {}, .unknown = {{resource, field}}};
}

// The code of a country within the graph, which outlives the values.
std::string_view Key(const std::optional<Country>& country) { return {country->code, 2}; }

DimensionValues VendorValues(const Graph& graph, VendorIndex vendor, bool group) {
  if (!group) return OneKnown(graph.vendors()[vendor].name);
  const Owners owners = OwnersOf(graph, vendor);
  const std::string_view last = graph.vendors()[owners.vendors.back()].name;
  return owners.open ? OneUnknown(last, "parent") : OneKnown(last);
}

// Where the origin of a model is stated: nothing if it is unknown; then `missing` says through what.
const std::optional<Country>* FindOrigin(const Graph& graph, ModelIndex index, UnknownValue& missing) {
  const Model& model = graph.models()[index];
  if (model.stated_origin.has_value()) return &model.stated_origin;
  if (!model.developer.has_value()) {
    missing = {model.name, "origin_country"};
    return nullptr;
  }
  const Vendor& developer = graph.vendors()[*model.developer];
  if (developer.country.has_value()) return &developer.country;
  missing = {developer.name, "country"};
  return nullptr;
}

void SortDistinct(DimensionValues& values) {
  std::sort(values.known.begin(), values.known.end());
  values.known.erase(std::unique(values.known.begin(), values.known.end()), values.known.end());
  const auto by_resource = [](const UnknownValue& a, const UnknownValue& b) {
    return a.resource < b.resource;
  };
  const auto same = [](const UnknownValue& a, const UnknownValue& b) { return a.resource == b.resource; };
  std::stable_sort(values.unknown.begin(), values.unknown.end(), by_resource);
  values.unknown.erase(std::unique(values.unknown.begin(), values.unknown.end(), same), values.unknown.end());
}

void AddRoot(const Graph& graph, ModelIndex root, Dimension dimension, DimensionValues& values) {
  if (dimension == Dimension::kBaseModelRoot) {
    values.known.push_back(graph.models()[root].name);
    return;
  }
  UnknownValue missing;
  const std::optional<Country>* origin = FindOrigin(graph, root, missing);
  if (origin != nullptr) {
    values.known.push_back(Key(*origin));
  } else {
    values.unknown.push_back(missing);
  }
}

DimensionValues RootValues(const Graph& graph, ModelIndex model, Dimension dimension) {
  DimensionValues values;
  absl::flat_hash_set<uint32_t> met{model.value};
  std::vector<ModelIndex> open{model};
  while (!open.empty()) {
    const ModelIndex at = open.back();
    open.pop_back();
    const auto& derivations = graph.models()[at].derivations;
    bool ends_unknown = derivations.is_unknown();
    bool ends_here = true;
    for (const Derivation& derivation : derivations.value()) {
      const Truth carries = Carries(derivation.relation, Reach::kWeights);
      if (carries == Truth::kFalse) continue;
      ends_here = false;
      if (carries == Truth::kUnknown) ends_unknown = true;
      if (carries == Truth::kTrue && met.insert(derivation.base.value).second)
        open.push_back(derivation.base);
    }
    if (ends_unknown) {
      values.unknown.push_back({graph.models()[at].name, "derivations"});
    } else if (ends_here) {
      AddRoot(graph, at, dimension, values);
    }
  }
  SortDistinct(values);
  return values;
}

DimensionValues OperatorValues(const Graph& graph, const Deployment& deployment, bool group) {
  if (deployment.operator_vendor.has_value()) return VendorValues(graph, *deployment.operator_vendor, group);
  if (deployment.mode == HostingMode::kSelfHosted) return OneKnown(kNoneKey);
  return OneUnknown(deployment.name, "operator");
}

DimensionValues HostValues(const Graph& graph, const Deployment& deployment, Dimension dimension) {
  if (!deployment.host.has_value()) return OneUnknown(deployment.name, "host");
  const Host& host = graph.hosts()[*deployment.host];
  if (dimension == Dimension::kHostCountry) {
    return host.country.has_value() ? OneKnown(Key(host.country)) : OneUnknown(host.name, "country");
  }
  if (host.provider.is_none()) return OneKnown(kNoneKey);
  if (host.provider.is_unknown()) return OneUnknown(host.name, "provider");
  return VendorValues(graph, host.provider.value(), dimension == Dimension::kHostProviderGroup);
}

}  // namespace

DimensionValues ValuesOf(const Graph& graph, DeploymentIndex index, Dimension dimension) {
  const Deployment& deployment = graph.deployments()[index];
  switch (dimension) {
    case Dimension::kOperator:
      return OperatorValues(graph, deployment, false);
    case Dimension::kOperatorGroup:
      return OperatorValues(graph, deployment, true);
    case Dimension::kHostProvider:
    case Dimension::kHostProviderGroup:
    case Dimension::kHostCountry:
      return HostValues(graph, deployment, dimension);
    default:
      break;
  }
  if (!deployment.model.has_value()) return OneUnknown(deployment.name, "model");
  return ValuesOf(graph, *deployment.model, dimension);
}

DimensionValues ValuesOf(const Graph& graph, ModelIndex index, Dimension dimension) {
  const Model& model = graph.models()[index];
  switch (dimension) {
    case Dimension::kDeveloper:
    case Dimension::kDeveloperGroup:
      if (!model.developer.has_value()) return OneUnknown(model.name, "developer");
      return VendorValues(graph, *model.developer, dimension == Dimension::kDeveloperGroup);
    case Dimension::kOriginCountry: {
      UnknownValue missing;
      const std::optional<Country>* origin = FindOrigin(graph, index, missing);
      return origin != nullptr ? OneKnown(Key(*origin)) : OneUnknown(missing.resource, missing.field);
    }
    case Dimension::kRootOriginCountry:
    case Dimension::kBaseModelRoot:
      return RootValues(graph, index, dimension);
    case Dimension::kLicence:
      if (model.licence.is_none()) return OneKnown(kNoneKey);
      if (model.licence.is_unknown()) return OneUnknown(model.name, "licence");
      return OneKnown(graph.licences()[model.licence.value()].name);
    default:
      return OneKnown(model.name);
  }
}

}  // namespace linchpin::engine
