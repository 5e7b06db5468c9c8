// Import of LiteLLM proxy configurations (docs/integrations/litellm.md).
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_IMPORT_LITELLM_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_IMPORT_LITELLM_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/import.h"

namespace linchpin::importers {

// Largest file that is read.
inline constexpr size_t kMaxLiteLlmBytes = size_t{4} << 20;

// The id of the gateway that the file at `path` configures: the slug of its name without ending, or of the
// folder that it lies in where the name says nothing (`config.yaml`, `litellm_config.yaml`, `litellm.yaml`,
// `proxy_server_config.yaml`).
std::string GatewayOf(std::string_view path);

// Each entry of `model_list` becomes a deployment, `deployments/{gateway}-{model string}`; each model group
// and alias a route, `routes/{gateway}-{group}`, whose alternatives are the group's deployments and then
// those of its fallbacks, in the order in which the router tries them. What the catalogue knows of models,
// vendors, hosts and licences is proposed with them. What cannot be told is left out of the resource
// (unknown) and noted; what is probably so is `likely` there, with its reason, and what a fact can only be is
// in `bounds`.
//
// Secrets are neither kept nor resolved: keys are not read at all, an address loses user and query parts, and
// `os.environ/X` stays what it is.
//
// A file may hold the configuration inside another document (document.h). A file that another one includes is
// a part of that one's gateway (include.h).
//
// Errors: INVALID_ARGUMENT (FIELD_INVALID) with file:line:column where a file is no such configuration (not
// UTF-8, not YAML, too large with all that its aliases stand for, too deep, a list where a map belongs), or
// when two files come to one gateway. Then nothing is proposed. Items of a wrong shape inside a
// right file are notes. Cost: linear in the files, but for fallback chains, which are bounded by 64
// alternatives a group.
absl::StatusOr<ImportResult> ImportLiteLlm(const std::vector<ImportFile>& files,
                                           const catalogue::Catalogue& catalogue);

// Paths of the files that a file includes, seen from the folder that it lies in, in order; none where it is
// no configuration. Who reads files gives those that exist to ImportLiteLlm as well.
std::vector<std::string> IncludedPaths(const ImportFile& file);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_IMPORT_LITELLM_H_
