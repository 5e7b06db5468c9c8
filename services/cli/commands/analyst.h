// Commands of an analyst: what one can show to others.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_ANALYST_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_ANALYST_H_

#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

std::vector<Command> AttestCommands();    // attest
std::vector<Command> RegisterCommands();  // register export

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_ANALYST_H_
