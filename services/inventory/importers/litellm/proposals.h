// Resources out of what a LiteLLM configuration means.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_

#include <string>
#include <vector>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/inventory/importers/litellm/resolve.h"
#include "services/inventory/importers/litellm/routes.h"

namespace linchpin::importers {

// Where something was read.
struct ReadAt {
  std::string file;
  int line = 0;
};

// The deployment of an entry. `model` is the resource name of its model; empty: unknown.
inventory::v1::Deployment DeploymentOf(const std::string& name, const std::string& gateway,
                                       const LiteLlmEntry& entry, const Resolution& resolution,
                                       const std::string& model, const ReadAt& at);

// A model that the catalogue does not have: nothing but its name, and its developer where the API form tells.
inventory::v1::Model UnlistedModelOf(const std::string& name, const LiteLlmEntry& entry,
                                     const Resolution& resolution, const ReadAt& at);

// The application that stands for a name that callers use.
inventory::v1::Application ApplicationOf(const std::string& name, const std::string& gateway,
                                         const Route& route, const ReadAt& at);

// Its dependency. `targets` are the resource names of the route's deployments, in order, at least one.
inventory::v1::Dependency DependencyOf(const std::string& application,
                                       const std::vector<std::string>& targets,
                                       inventory::v1::Dependency::Purpose purpose, const Route& route,
                                       const ReadAt& at);

// The purpose that a mode of LiteLLM or a task of a model stands for.
inventory::v1::Dependency::Purpose PurposeOf(const std::string& mode);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_PROPOSALS_H_
