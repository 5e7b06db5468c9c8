// The order in which a LiteLLM router tries deployments for each name that callers use.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/config.h"

namespace linchpin::importers {

// A deployment in a route.
struct RouteStep {
  size_t deployment = 0;  // index of the caller
  double weight = 0;      // its share of the traffic of its group, in no unit; 0 where no weights count
  bool spare = false;     // the router does not choose it while another of its group answers (weight 0)
};

// A name that callers use, and what serves it.
struct RoutePlan {
  std::string name;                         // verbatim
  FileLine at;                              // where it first stands
  std::string alias_of;                     // empty: a group
  size_t replicas = 0;                      // how many of `steps` are the group's own
  std::vector<RouteStep> steps;             // in the order in which they are tried
  std::vector<std::string> context_window;  // groups for requests that are too long
  std::vector<std::string> content_policy;  // groups for requests that were refused
};

// Routes of all groups, in file order, then of the aliases. `deployment_of[i]` is the deployment of
// `config.entries[i]`.
//
// A group's own deployments come first: by `order`, those without it last, then by falling weight where
// weights count, then in file order. Then, for each of its fallbacks in order, that group's deployments and
// its own fallbacks, as the router would try them (depth first). The router looks fallbacks up by the name
// that was called: an alias has those that are given for the alias. A name without any gets the default ones.
//
// The router takes at most `fallbacks_max` steps: a group that is the n-th in a list, tried at depth d, is at
// depth d + n. A deployment is listed once, where it is first reached; at most 64. Chains that come back,
// that are cut, names that are no group and deployments of weight 0 are noted.
//
// Cost: linear in the groups, their deployments and rules, times the steps of a route.
std::vector<RoutePlan> RoutesOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                                const catalogue::Catalogue& catalogue, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_
