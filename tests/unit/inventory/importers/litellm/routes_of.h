// The routes of an import, for tests.
#ifndef LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_LITELLM_ROUTES_OF_H_
#define LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_LITELLM_ROUTES_OF_H_

#include <string>
#include <vector>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "tests/unit/inventory/importers/imports.h"

namespace linchpin::importers {

// The alternatives of the route of `name` in gateway `g`; none where there is no such route.
inline std::vector<inventory::v1::Dependency::Alternative> AlternativesIn(const ImportResult& result,
                                                                          const std::string& name) {
  const auto* route = Proposed<inventory::v1::Route>(result, "routes/g-" + name);
  if (route == nullptr) return {};
  return {route->alternatives().begin(), route->alternatives().end()};
}

// The ids of its deployments, without the gateway.
inline std::vector<std::string> RouteIn(const ImportResult& result, const std::string& name) {
  std::vector<std::string> targets;
  for (const auto& alternative : AlternativesIn(result, name))
    targets.push_back(alternative.target().substr(std::string("deployments/g-").size()));
  return targets;
}

}  // namespace linchpin::importers

#endif  // LINCHPIN_TESTS_UNIT_INVENTORY_IMPORTERS_LITELLM_ROUTES_OF_H_
