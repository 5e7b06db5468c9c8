// What an earlier import of the same gateways made and this one does not propose.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_GONE_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_GONE_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"
#include "services/inventory/importers/import.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// A resource as a document of no file.
resource::Document DocumentOf(std::unique_ptr<google::protobuf::Message> resource);

// Deployments, then applications with their routes, that carry the label of one of the gateways and the
// record of an import (importers::ImportRecord), but are no proposals; by name. Models are no part of it:
// others may use them. Cost: lists all deployments and applications, a thousand at a time.
absl::StatusOr<std::vector<resource::Document>> FindGone(Client& client,
                                                         const importers::ImportResult& result);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_GONE_H_
