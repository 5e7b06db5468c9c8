// Concentration figures on the terminal; `risk concentration` and `overview` share them.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_CONCENTRATION_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_CONCENTRATION_H_

#include "linchpin/risk/v1/concentration.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// The request that the flags --dimension, --basis, --home, --business-services, --top and --groups ask for.
absl::StatusOr<linchpin::risk::v1::GetConcentrationRequest> ConcentrationRequest(const Context& context);

// One line for each dimension.
void PrintConcentrations(Context& context, const linchpin::risk::v1::GetConcentrationResponse& response);

// What is foreign to home, and through which models.
void PrintForeign(Context& context, const linchpin::risk::v1::GetConcentrationResponse& response,
                  int models_max);

// The flags that both have.
std::vector<Flag> ConcentrationFlags();

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_CONCENTRATION_H_
