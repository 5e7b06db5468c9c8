// Home countries as people give them: countries, and jurisdiction sets by name or id.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// The flag --home of commands that speak of what is foreign; `absent` says what holds without it.
Flag HomeFlag(const std::string& absent = "the server's setting");

// The words of --home, in order: "US", "eu27", "jurisdictionSets/eu27".
std::vector<std::string> HomeWords(const Context& context);

// The countries that they mean, without repeats; sets with all that they include, read from the server.
// Errors: usage for what is neither, NOT_FOUND for a set that does not exist.
absl::StatusOr<std::vector<std::string>> HomeCountries(const Context& context);

// "US, CA", "jurisdictionSets/eu27 (27 countries)": how an answer names the home that it was asked for;
// `countries` where none was given.
std::string HomeText(const Context& context, const std::vector<std::string>& countries);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_
