// What a stranger reads first: how bad it is, the worst that can happen, and what to do about it.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_FIRST_LOOK_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_FIRST_LOOK_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// The score of the portfolio with its denominator and trend, the worst event, the best decision, and the
// applications at the greatest risk. No country of `home` is feared to ban its own. What the server cannot
// answer is left out; the decision also beyond 2,000 applications, where looking for it takes long. Errors:
// those of the calls.
absl::Status PrintFirstLook(Context& context, Client& client, const std::vector<std::string>& home);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_FIRST_LOOK_H_
