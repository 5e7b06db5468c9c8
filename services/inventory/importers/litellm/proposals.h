// Resources out of what a LiteLLM configuration means.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_

#include <string>
#include <vector>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/resolve.h"
#include "services/inventory/importers/litellm/routes.h"

namespace linchpin::importers {

// The names of what a deployment refers to; empty: unknown.
struct DeploymentNames {
  std::string deployment;
  std::string model;
  std::string own_host;
};

// The deployment of an entry.
inventory::v1::Deployment DeploymentOf(const DeploymentNames& names, const std::string& gateway,
                                       const LiteLlmEntry& entry, const Resolution& resolution,
                                       const FileLine& at);

// A model that the catalogue does not have: nothing but its name, and of what else is known of it what the
// name or the form tells.
inventory::v1::Model UnlistedModelOf(const std::string& name, const LiteLlmEntry& entry,
                                     const UnlistedModel& unlisted, const FileLine& at);

// A server of the enterprise's own, which all deployments at one address share.
inventory::v1::Host OwnHostOf(const std::string& name, const std::string& gateway, const OwnServer& server,
                              const FileLine& at);

// The route of a name that callers use. `targets` are the resource names of the deployments of its steps, in
// order, at least one.
inventory::v1::Route RouteOf(const std::string& name, const std::string& gateway,
                             const std::vector<std::string>& targets,
                             inventory::v1::Dependency::Purpose purpose, const RoutePlan& plan);

// The purpose that a mode of LiteLLM or a task of a model stands for.
inventory::v1::Dependency::Purpose PurposeOf(const std::string& mode);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_
