// What a shell proposes while a command is typed, from the table of commands.
#ifndef LINCHPIN_SERVICES_CLI_COMPLETION_H_
#define LINCHPIN_SERVICES_CLI_COMPLETION_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// The script for "bash", "zsh" or "fish"; empty for another shell. It proposes the words of commands, flags,
// the forms of `-o`, kinds, and the names of resources, which it asks the server for.
std::string CompletionScript(const std::vector<Command>& commands, std::string_view shell);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMPLETION_H_
