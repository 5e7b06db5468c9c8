// Countries of a model and of a deployment's host: what a lineage rule looks at.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ORIGIN_FACETS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ORIGIN_FACETS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/rule.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::policy {

// One facet as it was read. With neither country nor `is_none` it is unknown, because `path` of `resource` is
// absent; then `proven` and `likely` say what it can be all the same.
struct FacetReading {
  v1::OriginFacet facet = v1::ORIGIN_FACET_UNSPECIFIED;
  std::optional<engine::Country> country;
  bool is_none = false;  // There is no such vendor: adds no country.
  bool derived = false;  // The value stands in another resource than the one asked.
  // Where the value stands, or is lacking. Views into the graph.
  std::string_view resource;
  std::string_view path;
  // Of an unknown one. The fact that is known in part, and the countries that it leaves; `none` among them
  // adds no country.
  engine::FactRef fact{engine::FactKind::kOrigin};
  engine::Domain proven;
  std::optional<engine::Domain> likely;  // Absent: as `proven`.

  bool is_known() const { return country.has_value() || is_none; }
};

// Whether the facet is one of a model rather than of a host.
bool IsModelFacet(v1::OriginFacet facet);

FacetReading ReadModelFacet(const engine::Knowledge& knowledge, engine::ModelIndex model,
                            v1::OriginFacet facet);
FacetReading ReadHostFacet(const engine::Knowledge& knowledge, engine::DeploymentIndex deployment,
                           v1::OriginFacet facet);
// Of the base models that a model of unknown derivations does not state. Never known.
FacetReading ReadUnstatedBases(const engine::Knowledge& knowledge, engine::ModelIndex model,
                               v1::OriginFacet facet);
// Of a model that is one of those of some developers, and not in the inventory.
FacetReading ReadModelOf(const engine::Knowledge& knowledge, engine::DeploymentIndex deployment,
                         v1::OriginFacet facet);

// A fact between a model or host and the vendor whose country a facet reads: developer, provider, parents.
struct FacetLink {
  std::string_view resource;
  std::string_view path;
  std::string_view vendor;
};
// From the model or host on, in order; none if the country stands in itself. Views into the graph.
std::vector<FacetLink> ModelFacetLinks(const engine::Knowledge& knowledge, engine::ModelIndex model,
                                       v1::OriginFacet facet);
std::vector<FacetLink> HostFacetLinks(const engine::Graph& graph, engine::HostIndex host,
                                      v1::OriginFacet facet);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ORIGIN_FACETS_H_
