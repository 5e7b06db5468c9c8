// Scenarios from the command line.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SCENARIO_FLAGS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SCENARIO_FLAGS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/risk/v1/scenario.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// Flags of cutoffs (--exit, --weights-ban ...), of their circumstances (--start, --severity ...) and of
// files.
std::vector<Flag> ScenarioFlags();

// The scenario that the flags and files describe. A circumstance holds for the cutoff before it; one that
// stands before all cutoffs holds for each. Errors: of usage and of files; a scenario without a cutoff.
absl::StatusOr<linchpin::risk::v1::Scenario> ReadScenario(const Context& context);

// The scenario of a name: a stored one (`scenarios/x`), else a preset made for the inventory, of `target` if
// that is not empty; what was chosen or left out for it is noted.
absl::StatusOr<linchpin::risk::v1::Scenario> FindScenario(const Context& context, Client& client,
                                                          const std::string& name, const std::string& target);

// "--exit" of the field `scenario.cutoffs[0].target` of a request made of flags alone; other fields as they
// are.
std::string FlagOfCutoffField(const Context& context, const std::string& field);

// "vendors/openai exits", "weights from CN are banned, from 2h on, for 4h".
std::string CutoffText(const linchpin::risk::v1::Cutoff& cutoff);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_RISK_SCENARIO_FLAGS_H_
