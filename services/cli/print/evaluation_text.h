// What policies find, on the terminal: `policy check` and rehearsals share it.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_EVALUATION_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_EVALUATION_TEXT_H_

#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// Accepted by somebody: no reason to fail.
bool IsWaived(const linchpin::policy::v1::Finding& finding);

// Counts by rule, then the findings, then how many there are, how many of them are waived, and of which
// revision.
void PrintEvaluation(Context& context, const linchpin::policy::v1::EvaluationResult& result);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_EVALUATION_TEXT_H_
