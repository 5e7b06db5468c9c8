// What a server refuses, told with the place in the file that it comes from.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_REFUSAL_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_REFUSAL_H_

#include "absl/status/status.h"
#include "services/cli/client/batch.h"
#include "services/cli/files.h"

namespace linchpin::cli {

// The same error, with `file:line:column` instead of `operations[i].upsert.vendor.country`, also where the
// error names a resource in its metadata only.
absl::Status ExplainRefusal(const Loaded& loaded, const Refusal& refusal);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_REFUSAL_H_
