#include "services/policy/domain/rules/origin_facets.h"

#include <string>

#include "services/engine/graph/lineage.h"

namespace linchpin::policy {
namespace {

using engine::CodeOf;
using engine::Domain;
using engine::FactKind;
using engine::FactRef;
using engine::Graph;
using engine::Knowledge;
using engine::ModelIndex;
using engine::VendorIndex;

// What a vendor is asked for: its own country, or that of its ultimate parent.
enum class Asked : uint8_t { kOwn, kParent };

Asked AskedOf(v1::OriginFacet facet) {
  const bool parent =
      facet == v1::ORIGIN_FACET_DEVELOPER_PARENT || facet == v1::ORIGIN_FACET_HOST_PROVIDER_PARENT;
  return parent ? Asked::kParent : Asked::kOwn;
}

Domain OwnCountry(const Knowledge& knowledge, VendorIndex vendor) {
  const std::optional<engine::Country>& country = knowledge.graph().vendors()[vendor].country;
  if (country) return Domain::Of({CodeOf(*country)});
  return knowledge.Of(FactKind::kVendorCountry, vendor.value).proven;
}

// Of a vendor as it stands: an absent parent is none unless its bounds exclude that (knowledge.md K2).
Domain CountryOfMember(const Knowledge& knowledge, VendorIndex vendor, Asked asked) {
  if (asked == Asked::kOwn) return OwnCountry(knowledge, vendor);
  const engine::Owners owners = engine::OwnersOf(knowledge.graph(), vendor);
  const VendorIndex last = owners.vendors.back();
  if (owners.open && !knowledge.Of(FactKind::kVendorParent, last.value).proven.none) return Domain{};
  return owners.vendors.size() == 1 ? Domain::Of({}, true) : OwnCountry(knowledge, last);
}

// Of one of several vendors; `none` among them adds no country.
Domain CountriesOf(const Knowledge& knowledge, const Domain& vendors, Asked asked) {
  if (!vendors.listed) return {false, vendors.none || asked == Asked::kParent, {}};
  Domain countries = Domain::Of({}, vendors.none);
  for (const engine::Member vendor : vendors.values)
    countries = Either(countries, CountryOfMember(knowledge, {vendor}, asked));
  return countries;
}

// Fills in what is known of a fact without a value; `countries` tells the countries of its domain.
template <typename Countries>
void ReadOpen(const Knowledge& knowledge, FactKind kind, uint32_t subject, const Countries& countries,
              FacetReading& reading) {
  const engine::OpenFact& open = knowledge.Of(kind, subject);
  reading.fact = FactRef{kind, subject};
  reading.proven = countries(open.proven);
  if (open.likely) reading.likely = countries(*open.likely);
}

// Of a fact that is a vendor.
void ReadOpenVendor(const Knowledge& knowledge, FactKind kind, uint32_t subject, FacetReading& reading) {
  const Asked asked = AskedOf(reading.facet);
  ReadOpen(
      knowledge, kind, subject, [&](const Domain& vendors) { return CountriesOf(knowledge, vendors, asked); },
      reading);
}

// Of a fact that is a country.
void ReadOpenCountry(const Knowledge& knowledge, FactKind kind, uint32_t subject, FacetReading& reading) {
  ReadOpen(
      knowledge, kind, subject, [](const Domain& countries) { return countries; }, reading);
}

void ReadCountry(const Knowledge& knowledge, VendorIndex vendor, FacetReading& reading) {
  reading.resource = knowledge.graph().vendors()[vendor].name;
  reading.path = "country";
  reading.country = knowledge.graph().vendors()[vendor].country;
  if (!reading.country) ReadOpenCountry(knowledge, FactKind::kVendorCountry, vendor.value, reading);
}

// The country of the ultimate parent. A vendor without a parent speaks for itself by another facet.
void ReadParentCountry(const Knowledge& knowledge, VendorIndex vendor, FacetReading& reading) {
  const Graph& graph = knowledge.graph();
  const engine::Owners owners = engine::OwnersOf(graph, vendor);
  const VendorIndex last = owners.vendors.back();
  if (owners.open) {
    reading.resource = graph.vendors()[last].name;
    reading.path = "parent";
    // A last one without a parent is the ultimate one, unless it is the vendor itself.
    const Domain if_none = owners.vendors.size() == 1 ? Domain::Of({}, true) : OwnCountry(knowledge, last);
    ReadOpen(
        knowledge, FactKind::kVendorParent, last.value,
        [&](const Domain& parents) {
          if (!parents.listed) return Domain{false, parents.none, {}};
          Domain countries = parents.none ? if_none : Domain::Of({});
          for (const engine::Member parent : parents.values) {
            const Domain above = CountryOfMember(knowledge, {parent}, Asked::kParent);
            const bool ultimate = above == Domain::Of({}, true);
            countries = Either(countries, ultimate ? OwnCountry(knowledge, {parent}) : above);
          }
          return countries;
        },
        reading);
  } else if (owners.vendors.size() == 1) {
    reading.resource = graph.vendors()[vendor].name;
    reading.path = "parent";
    reading.is_none = true;
  } else {
    ReadCountry(knowledge, last, reading);
  }
}

void ReadVendor(const Knowledge& knowledge, VendorIndex vendor, FacetReading& reading) {
  AskedOf(reading.facet) == Asked::kParent ? ReadParentCountry(knowledge, vendor, reading)
                                           : ReadCountry(knowledge, vendor, reading);
}

// From a vendor up to its ultimate parent.
void AddParents(const Graph& graph, VendorIndex vendor, std::vector<FacetLink>& links) {
  const engine::Owners owners = engine::OwnersOf(graph, vendor);
  for (size_t i = 1; i < owners.vendors.size(); ++i) {
    links.push_back(
        {graph.vendors()[owners.vendors[i - 1]].name, "parent", graph.vendors()[owners.vendors[i]].name});
  }
}

// Stated by the model itself or by its line.
std::optional<engine::Country> StatedOrigin(const Knowledge& knowledge, ModelIndex model) {
  return knowledge.graph().models()[knowledge.StatingModel(model, FactKind::kOrigin)].stated_origin;
}

// A host that is not known: what can be said of it stands in the deployment.
void ReadUnknownHost(const Knowledge& knowledge, engine::DeploymentIndex index, FacetReading& reading) {
  if (reading.facet == v1::ORIGIN_FACET_HOST_COUNTRY) {
    ReadOpenCountry(knowledge, FactKind::kCountryOfHost, index.value, reading);
  } else {
    ReadOpenVendor(knowledge, FactKind::kProviderOfHost, index.value, reading);
  }
}

}  // namespace

bool IsModelFacet(v1::OriginFacet facet) {
  return facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY || facet == v1::ORIGIN_FACET_DEVELOPER ||
         facet == v1::ORIGIN_FACET_DEVELOPER_PARENT;
}

FacetReading ReadModelFacet(const Knowledge& knowledge, ModelIndex index, v1::OriginFacet facet) {
  FacetReading reading;
  reading.facet = facet;
  reading.resource = knowledge.graph().models()[index].name;
  const bool of_origin = facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY;
  const std::optional<VendorIndex> developer = knowledge.DeveloperOf(index);
  if (of_origin) {
    reading.path = "origin_country";
    reading.country = StatedOrigin(knowledge, index);
    if (reading.country) return reading;
    if (!developer || !knowledge.OriginOf(index)) {
      ReadOpenCountry(knowledge, FactKind::kOrigin, index.value, reading);
      if (!developer || knowledge.graph().vendors()[*developer].country) return reading;
      // Open because the developer's country is: that is the fact that is lacking.
      reading.resource = knowledge.graph().vendors()[*developer].name;
      reading.path = "country";
      return reading;
    }
  }
  reading.path = "developer";
  if (developer) {
    ReadVendor(knowledge, *developer, reading);
    reading.derived = of_origin;
  } else {
    ReadOpenVendor(knowledge, FactKind::kDeveloper, index.value, reading);
  }
  return reading;
}

FacetReading ReadHostFacet(const Knowledge& knowledge, engine::DeploymentIndex index, v1::OriginFacet facet) {
  const Graph& graph = knowledge.graph();
  const engine::Deployment& deployment = graph.deployments()[index];
  FacetReading reading;
  reading.facet = facet;
  reading.resource = deployment.name;
  reading.path = "host";
  if (!deployment.host) {
    ReadUnknownHost(knowledge, index, reading);
    return reading;
  }
  const engine::Host& host = graph.hosts()[*deployment.host];
  reading.resource = host.name;
  if (facet == v1::ORIGIN_FACET_HOST_COUNTRY) {
    reading.path = "country";
    reading.country = host.country;
    if (!host.country) ReadOpenCountry(knowledge, FactKind::kHostCountry, deployment.host->value, reading);
    return reading;
  }
  reading.path = "provider";
  reading.is_none = host.provider.is_none();
  if (host.provider.is_unknown())
    ReadOpenVendor(knowledge, FactKind::kHostProvider, deployment.host->value, reading);
  if (host.provider.has_value()) ReadVendor(knowledge, host.provider.value(), reading);
  return reading;
}

FacetReading ReadUnstatedBases(const Knowledge& knowledge, ModelIndex index, v1::OriginFacet facet) {
  FacetReading reading;
  reading.facet = facet;
  reading.resource = knowledge.graph().models()[index].name;
  reading.path = "derivations";
  const engine::OpenFact& developers = knowledge.Of(FactKind::kLineageDeveloper, index.value);
  if (facet != v1::ORIGIN_FACET_ORIGIN_COUNTRY) {
    ReadOpenVendor(knowledge, FactKind::kLineageDeveloper, index.value, reading);
    return reading;
  }
  ReadOpenCountry(knowledge, FactKind::kLineageOrigin, index.value, reading);
  // That there may be no further base stands in the developers; nobody of whom there can be none leaves none.
  const auto with_none = [](Domain origins, const Domain& of) {
    origins.none = of.none;
    return of.listed && of.values.empty() ? Domain::Of({}, of.none) : origins;
  };
  if (reading.likely || developers.likely) {
    reading.likely = with_none(reading.likely ? *reading.likely : reading.proven, developers.OnLikely());
    if (!knowledge.Of(FactKind::kLineageOrigin, index.value).likely)
      reading.fact = {FactKind::kLineageDeveloper, index.value};
  }
  reading.proven = with_none(std::move(reading.proven), developers.proven);
  return reading;
}

FacetReading ReadModelOf(const Knowledge& knowledge, engine::DeploymentIndex index, v1::OriginFacet facet) {
  FacetReading reading;
  reading.facet = facet;
  reading.resource = knowledge.graph().deployments()[index].name;
  reading.path = "model";
  if (facet != v1::ORIGIN_FACET_ORIGIN_COUNTRY) {
    ReadOpenVendor(knowledge, FactKind::kDeveloperOfModel, index.value, reading);
    return reading;
  }
  ReadOpen(
      knowledge, FactKind::kDeveloperOfModel, index.value,
      [&](const Domain& developers) {
        return developers.listed ? knowledge.OriginsOfModelsBy(developers.values) : Domain{};
      },
      reading);
  return reading;
}

std::vector<FacetLink> ModelFacetLinks(const Knowledge& knowledge, ModelIndex index, v1::OriginFacet facet) {
  const Graph& graph = knowledge.graph();
  const std::optional<VendorIndex> developer = knowledge.DeveloperOf(index);
  const bool stated = facet == v1::ORIGIN_FACET_ORIGIN_COUNTRY && StatedOrigin(knowledge, index);
  if (!developer || stated) return {};
  const ModelIndex stating = knowledge.StatingModel(index, FactKind::kDeveloper);
  std::vector<FacetLink> links;
  if (stating != index)
    links.push_back({graph.models()[index].name, "version_of", graph.models()[stating].name});
  links.push_back({graph.models()[stating].name, "developer", graph.vendors()[*developer].name});
  if (facet == v1::ORIGIN_FACET_DEVELOPER_PARENT) AddParents(graph, *developer, links);
  return links;
}

std::vector<FacetLink> HostFacetLinks(const Graph& graph, engine::HostIndex index, v1::OriginFacet facet) {
  const engine::Host& host = graph.hosts()[index];
  if (facet == v1::ORIGIN_FACET_HOST_COUNTRY || !host.provider.has_value()) return {};
  std::vector<FacetLink> links = {{host.name, "provider", graph.vendors()[host.provider.value()].name}};
  if (facet == v1::ORIGIN_FACET_HOST_PROVIDER_PARENT) AddParents(graph, host.provider.value(), links);
  return links;
}

}  // namespace linchpin::policy
