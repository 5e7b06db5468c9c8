// A model or host whose countries are not allowed, as it is gathered from the ways that lead to it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_OFFENDER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_OFFENDER_H_

#include <string>
#include <vector>

#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/origin_facets.h"

namespace linchpin::policy {

struct LineageOffender {
  std::vector<FacetReading> facets;
  MissingFacts unknown;  // Unknown facts that count as a violation (on_unknown VIOLATION).
  LikelyFacts likely;    // What it rests on; empty: it is proven.
  bool proven = false;   // Something of it is.
  std::vector<std::vector<std::string>> paths;

  bool is_likely() const { return !likely.empty() && unknown.empty(); }
};

// What is proven replaces what was only likely.
void AddFacets(const std::vector<FacetReading>& facets, const LikelyFacts& likely, LineageOffender& offender);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_OFFENDER_H_
