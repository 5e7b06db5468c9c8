// The command `edit`.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_

#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// Opens a resource in the user's editor, checks it, and writes it with the etag that was read.
std::vector<Command> EditCommands();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_
