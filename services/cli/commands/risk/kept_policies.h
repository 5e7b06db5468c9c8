// Remedies that keep the policies: one that would open a finding is not offered.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_KEPT_POLICIES_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_KEPT_POLICIES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// Searches remedies; `progress` hears of each step. Errors: those of the call.
absl::StatusOr<linchpin::risk::v1::RemedyResult> AskForRemedies(
    Client& client, const linchpin::risk::v1::SuggestRemediesRequest& request,
    const std::function<void(const linchpin::risk::v1::RemedyProgress&)>& progress = {});

struct KeptRemedies {
  linchpin::risk::v1::RemedyResult result;
  // What was left out because a rule forbids it: title, and the first finding that it would open.
  std::vector<std::pair<std::string, std::string>> forbidden = {};
  bool checked = true;   // False: no policies were there to ask.
  bool complete = true;  // False: asking took too long; there may be more that the policies allow.
};

// Searches by `ask` and has Policy check each remedy on top of those before it (CheckChange); what introduces
// or worsens a finding is left out and the search made again, up to 32 times within 10 s; then those before
// it remain. Errors: those of `ask` and of CheckChange, but for a server without Policy.
absl::StatusOr<KeptRemedies> KeepPolicies(
    Client& client, linchpin::risk::v1::SuggestRemediesRequest request,
    const std::function<absl::StatusOr<linchpin::risk::v1::RemedyResult>(
        const linchpin::risk::v1::SuggestRemediesRequest&)>& ask);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_KEPT_POLICIES_H_
