// Groups of countries as people give them, a home above all: countries, and jurisdiction sets by name, id or
// beginning. Every command reads them here.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_

#include <string>
#include <string_view>
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

// What one word means: a set that the server holds, with all countries that it includes, or countries alone.
struct Jurisdiction {
  std::string set;  // "jurisdictionSets/eu27"; empty: none
  std::vector<std::string> countries;
};

// Reads "US", "de", "eu27", "jurisdictionSets/eu27", "EU"; asks the server only for what is no country. `EU`
// is the European Union where the server has no set that begins so. Errors: as HomeCountries; `what` begins
// the message.
absl::StatusOr<Jurisdiction> ReadJurisdiction(const Context& context, const std::string& word,
                                              std::string_view what);

// The members of the European Union if the word means it (`EU`, `eu27`); else none. Needs no server.
std::vector<std::string> EuropeanUnion(std::string_view word);

// The words of --home as a policy takes them, without repeats: names of sets, and countries.
absl::StatusOr<std::vector<std::string>> HomeTerms(const Context& context);

// "US, CA", "jurisdictionSets/eu27 (27 countries)": how an answer names the home that it was asked for;
// `countries` where none was given.
std::string HomeText(const Context& context, const std::vector<std::string>& countries);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_HOME_H_
