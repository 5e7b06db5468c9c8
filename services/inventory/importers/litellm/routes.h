// The order in which a LiteLLM router tries deployments for each name that callers use.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_

#include <string>
#include <vector>

#include "services/inventory/importers/import.h"
#include "services/inventory/importers/litellm/config.h"

namespace linchpin::importers {

// A name that callers use, and what serves it.
struct Route {
  std::string name;                         // verbatim
  int line = 0;                             // where it first stands
  std::string alias_of;                     // empty: a group
  size_t replicas = 0;                      // how many of `deployments` are the group's own
  std::vector<size_t> deployments;          // in the order in which they are tried; indexes of the caller
  std::vector<std::string> context_window;  // groups for requests that are too long
  std::vector<std::string> content_policy;  // groups for requests that were refused
};

// Routes of all groups, in file order, then of the aliases. `deployment_of[i]` is the deployment of
// `config.entries[i]`.
//
// The deployments of a group come first, in file order; then, for each of its fallbacks in order, that
// group's deployments and its own fallbacks, as the router would try them (depth first). A group without
// fallbacks of its own gets the default ones. A deployment is listed once, where it is first reached, so a
// chain that comes back ends there (noted). At most 64. Fallbacks to groups that do not exist, and aliases of
// such, are noted.
std::vector<Route> RoutesOf(const LiteLlmConfig& config, const std::vector<size_t>& deployment_of,
                            const std::string& file, std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_ROUTES_H_
