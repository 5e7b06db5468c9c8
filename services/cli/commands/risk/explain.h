// What a score is made of: shared by `risk explain` and `risk score NAME`.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_EXPLAIN_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_EXPLAIN_H_

#include <string>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/cli/client/client.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// The scored thing that the operands name: `portfolio` without one, else a name or id of any kind. Errors as
// of NameOfAnyKind.
absl::StatusOr<std::string> ScoredName(const Context& context, Client& client);

// Asks the service, with the table of hazards of the flag --hazards; `contributions` at most.
absl::StatusOr<linchpin::risk::v1::ExplainScoreResponse> ExplainScore(const Context& context, Client& client,
                                                                      const std::string& name,
                                                                      int contributions);

// The lines that decide something: the score, what drives it, what would lower it, what it rests on.
void PrintScoreHead(Context& context, const linchpin::risk::v1::ExplainScoreResponse& response);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_EXPLAIN_H_
