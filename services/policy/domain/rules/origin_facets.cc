#include "services/policy/domain/rules/origin_facets.h"

#include <string>

#include "services/engine/graph/lineage.h"

namespace linchpin::policy {
namespace {

using engine::Graph;

void ReadCountry(const Graph& graph, engine::VendorIndex vendor, FacetReading& reading) {
  reading.resource = graph.vendors()[vendor].name;
  reading.path = "country";
  reading.country = graph.vendors()[vendor].country;
}

// The country of the ultimate parent. A vendor without a parent speaks for itself by another facet.
void ReadParentCountry(const Graph& graph, engine::VendorIndex vendor, FacetReading& reading) {
  const engine::Owners owners = engine::OwnersOf(graph, vendor);
  if (owners.open) {
    reading.resource = graph.vendors()[owners.vendors.back()].name;
    reading.path = "parent";
  } else if (owners.vendors.size() == 1) {
    reading.resource = graph.vendors()[vendor].name;
    reading.path = "parent";
    reading.is_none = true;
  } else {
    ReadCountry(graph, owners.vendors.back(), reading);
  }
}

// From a vendor up to its ultimate parent.
void AddParents(const Graph& graph, engine::VendorIndex vendor, std::vector<FacetLink>& links) {
  const engine::Owners owners = engine::OwnersOf(graph, vendor);
  for (size_t i = 1; i < owners.vendors.size(); ++i) {
    links.push_back(
        {graph.vendors()[owners.vendors[i - 1]].name, "parent", graph.vendors()[owners.vendors[i]].name});
  }
}

}  // namespace

bool IsModelFacet(v1::OriginFacet facet) {
  return facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY || facet == v1::ORIGIN_FACET_DEVELOPER ||
         facet == v1::ORIGIN_FACET_DEVELOPER_PARENT;
}

FacetReading ReadModelFacet(const Graph& graph, engine::ModelIndex index, v1::OriginFacet facet) {
  const engine::Model& model = graph.models()[index];
  FacetReading reading;
  reading.facet = facet;
  reading.resource = model.name;
  if (facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY && (model.stated_origin || !model.developer)) {
    reading.path = "origin_country";
    reading.country = model.stated_origin;
    return reading;
  }
  reading.path = "developer";
  if (!model.developer) return reading;
  if (facet == v1::ORIGIN_FACET_DEVELOPER_PARENT) {
    ReadParentCountry(graph, *model.developer, reading);
  } else {
    ReadCountry(graph, *model.developer, reading);
    reading.derived = facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY;
  }
  return reading;
}

FacetReading ReadHostFacet(const Graph& graph, engine::DeploymentIndex index, v1::OriginFacet facet) {
  const engine::Deployment& deployment = graph.deployments()[index];
  FacetReading reading;
  reading.facet = facet;
  reading.resource = deployment.name;
  reading.path = "host";
  if (!deployment.host) return reading;
  const engine::Host& host = graph.hosts()[*deployment.host];
  reading.resource = host.name;
  if (facet == v1::ORIGIN_FACET_HOST_COUNTRY) {
    reading.path = "country";
    reading.country = host.country;
    return reading;
  }
  reading.path = "provider";
  reading.is_none = host.provider.is_none();
  if (!host.provider.has_value()) return reading;
  if (facet == v1::ORIGIN_FACET_HOST_PROVIDER) {
    ReadCountry(graph, host.provider.value(), reading);
  } else {
    ReadParentCountry(graph, host.provider.value(), reading);
  }
  return reading;
}

std::vector<FacetLink> ModelFacetLinks(const Graph& graph, engine::ModelIndex index, v1::OriginFacet facet) {
  const engine::Model& model = graph.models()[index];
  if (!model.developer || (facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY && model.stated_origin)) return {};
  std::vector<FacetLink> links = {{model.name, "developer", graph.vendors()[*model.developer].name}};
  if (facet == v1::ORIGIN_FACET_DEVELOPER_PARENT) AddParents(graph, *model.developer, links);
  return links;
}

std::vector<FacetLink> HostFacetLinks(const Graph& graph, engine::HostIndex index, v1::OriginFacet facet) {
  const engine::Host& host = graph.hosts()[index];
  if (facet == v1::ORIGIN_FACET_HOST_COUNTRY || !host.provider.has_value()) return {};
  std::vector<FacetLink> links = {{host.name, "provider", graph.vendors()[host.provider.value()].name}};
  if (facet == v1::ORIGIN_FACET_HOST_PROVIDER_PARENT) AddParents(graph, host.provider.value(), links);
  return links;
}

std::string FacetWord(v1::OriginFacet facet) { return v1::OriginFacet_Name(facet).substr(13); }

}  // namespace linchpin::policy
