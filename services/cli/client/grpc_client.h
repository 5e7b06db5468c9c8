// The Client that calls a server. The one file of the command line that knows gRPC.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_GRPC_CLIENT_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_GRPC_CLIENT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/client/client.h"
#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// Makes a client from the common flags (endpoints, timeout, token, TLS, revision). Does not connect yet.
// Calls are repeated up to three times while the server is UNAVAILABLE, which is safe: writes carry a request
// id. Errors: of usage, for flags that contradict each other or files that cannot be read.
absl::StatusOr<std::unique_ptr<Client>> MakeGrpcClient(const Arguments& arguments);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_GRPC_CLIENT_H_
