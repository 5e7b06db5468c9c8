// The services that somebody names when they begin, and the documents that these become.
#ifndef LINCHPIN_SERVICES_CLI_INIT_FIRST_SERVICES_H_
#define LINCHPIN_SERVICES_CLI_INIT_FIRST_SERVICES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace linchpin::cli {

// A service of the enterprise and the routes that it needs.
struct FirstService {
  std::string id;                   // "claims-triage"
  std::string display_name;         // "Claims triage": as it was given
  std::optional<int> tier;          // 1, the most critical, to 4; nullopt: nobody said
  std::vector<std::string> routes;  // names, each once: "routes/gateway-gpt-4o"
};

// Reads one line: `Claims triage: gpt-4o, embed` or, with a tier, `Claims triage (tier 1): gpt-4o`. A route
// is given by its name, its id, or the id without the gateway before it; `routes` holds the names that there
// are.
//
// Errors: usage, naming the part that is wrong and what would be right.
absl::StatusOr<FirstService> ReadFirstService(std::string_view line, const std::vector<std::string>& routes,
                                              const std::vector<std::string>& gateways);

// The services as documents for `apply`: an application each, and one dependency for each route. The first
// comment tells what to add next.
std::string WriteFirstServices(const std::vector<FirstService>& services);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_INIT_FIRST_SERVICES_H_
