// What a finding of a rule of kind trend says of how a measure has grown.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_GROWTH_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_GROWTH_TEXT_H_

#include "linchpin/policy/v1/finding.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// Prints both ends of the window, who accounts for the growth, and what facts did. `explanation` has a
// growth.
void PrintGrowth(Context& context, const linchpin::policy::v1::Explanation& explanation);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_GROWTH_TEXT_H_
