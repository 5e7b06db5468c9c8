// What a headline says where routes stand in for applications.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_STAND_IN_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_STAND_IN_TEXT_H_

#include <cstdint>
#include <string>

namespace linchpin::cli {

// "No application is declared; 15 routes stand in, one each.\n"; empty where none stands in.
std::string StandInText(int64_t routes);

// One of those whom a sentence counts, and several.
struct Nouns {
  const char* one;
  const char* many;
};
// Applications, or the routes that stand in for them.
Nouns CountedNouns(int64_t stand_in_routes);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_STAND_IN_TEXT_H_
