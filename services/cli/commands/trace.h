// What several commands ask of the supply graph.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_TRACE_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_TRACE_H_

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "services/cli/client/client.h"
#include "services/cli/print/supply_tree.h"

namespace linchpin::cli {

// The whole answer of TraceDependents or TraceDependencies. Errors: those of the service.
absl::StatusOr<SupplyTree> ReadTree(Client& client, const inventory::v1::TraceRequest& request,
                                    bool dependents);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_TRACE_H_
