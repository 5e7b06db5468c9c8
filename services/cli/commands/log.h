// What was changed: log, and diff between revisions.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_LOG_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_LOG_H_

#include "absl/status/statusor.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// `diff --from A [--to B] [NAME]`. The exit code is that of diff.
absl::StatusOr<int> DiffRevisions(Context& context);

// The flags of diff that belong to it.
Flag FromFlag();
Flag ToFlag();

// The resource or collection that an operand means: `vendors`, `vendors/openai`, `openai`. A whole name need
// not exist any more.
absl::StatusOr<std::string> NameOrCollection(Client& client, const std::string& given);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_LOG_H_
