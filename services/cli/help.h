// Help and the reference page, made from the table of commands.
#ifndef LINCHPIN_SERVICES_CLI_HELP_H_
#define LINCHPIN_SERVICES_CLI_HELP_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// The overview of all commands.
void PrintOverview(const std::vector<Command>& commands, std::ostream& out);

// One command: use, examples first, flags.
void PrintCommand(const Command& command, std::ostream& out);

// The text of docs/reference/cli.md.
std::string ReferencePage(const std::vector<Command>& commands);

// The program and its version.
void PrintVersion(std::ostream& out);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_HELP_H_
