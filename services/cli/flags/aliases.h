// Other names of commands.
#ifndef LINCHPIN_SERVICES_CLI_FLAGS_ALIASES_H_
#define LINCHPIN_SERVICES_CLI_FLAGS_ALIASES_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// The path that a word stands for: "list" for "ls"; the word itself if it stands for nothing else.
std::string_view CommandOfAlias(std::string_view word);

// "ls" of "list".
std::vector<std::string> AliasesOf(std::string_view path);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_FLAGS_ALIASES_H_
