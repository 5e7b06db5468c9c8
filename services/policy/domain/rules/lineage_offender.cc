#include "services/policy/domain/rules/lineage_offender.h"

#include <algorithm>

namespace linchpin::policy {

void AddFacets(const std::vector<FacetReading>& facets, const LikelyFacts& likely,
               LineageOffender& offender) {
  if (facets.empty()) return;
  if (!likely.empty() && offender.proven) return;
  if (likely.empty() && !offender.proven) {
    offender.facets.clear();
    offender.likely.clear();
    offender.proven = true;
  }
  AddLikely(likely, offender.likely);
  for (const FacetReading& facet : facets) {
    const bool known =
        std::any_of(offender.facets.begin(), offender.facets.end(), [&](const FacetReading& other) {
          return other.facet == facet.facet && other.resource == facet.resource;
        });
    if (!known) offender.facets.push_back(facet);
  }
}

}  // namespace linchpin::policy
