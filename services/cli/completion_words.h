// What completion proposes, for the scripts of all shells. Internal to completion.cc and completion_fish.cc.
#ifndef LINCHPIN_SERVICES_CLI_COMPLETION_WORDS_H_
#define LINCHPIN_SERVICES_CLI_COMPLETION_WORDS_H_

#include <string>
#include <utility>
#include <vector>

#include "services/cli/flags/arguments.h"

namespace linchpin::cli {

// The path of a command and its aliases.
std::vector<std::string> PathsOf(const Command& command);

// For each beginning of a command the words that may follow, in the order of the help: "policy" -> apply,
// check, ... The first is the empty beginning.
std::vector<std::pair<std::string, std::vector<std::string>>> NextWords(const std::vector<Command>& commands);

// Collections of what can be stored: "vendors".
std::vector<std::string> KindWords();

// `--home`, `-o`, ...: after these comes a value. A name means the same in all commands.
std::vector<std::string> ValueFlags(const std::vector<Command>& commands);

// Whether the name of a resource, a kind of them or a file may follow.
bool TakesNames(const Command& command);
bool TakesKinds(const Command& command);
bool TakesFiles(const Command& command);
bool IsFile(const Flag& flag);

// The script for fish.
std::string FishScript(const std::vector<Command>& commands);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMPLETION_WORDS_H_
