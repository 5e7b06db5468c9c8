// Waivers on the terminal.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_WAIVER_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_WAIVER_TEXT_H_

#include <string>
#include <vector>

#include "linchpin/policy/v1/waiver.pb.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// One line for each: name, state, when it ends, what it covers, and why.
Table WaiverTable(const std::vector<linchpin::policy::v1::Waiver>& waivers, bool wide);

// All that is known of one: what it is about, who asked and approved, and why.
void PrintWaiver(Context& context, const linchpin::policy::v1::Waiver& waiver);

// What its reader has to do next: "waits for 1 more approval, of somebody other than ann".
std::string NextStep(const linchpin::policy::v1::Waiver& waiver);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_WAIVER_TEXT_H_
