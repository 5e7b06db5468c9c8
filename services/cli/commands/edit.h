// edit.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_

#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// A resource in the editor of whoever asks: shown, changed, checked, written with the mark of the version
// that was read.
std::vector<Command> EditCommands();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_EDIT_H_
