// Why consumers are hit by what is cut off, with the facts that prove it.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_
#define LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// Whether the consumer is hit in that world.
bool IsImpaired(const linchpin::risk::v1::Impact& impact);

// One word for both worlds: "stops", "degraded, may stop", "may degrade" ...
Table::Cell StateOf(const linchpin::risk::v1::ConsumerImpact& consumer);

// By consumer: which deployment is hit, by what chain of facts, and what it takes with it. Those that are hit
// for certain first; of those that may be, some, unless -o wide asks for all.
void PrintReasons(Context& context, const linchpin::risk::v1::Scenario& scenario,
                  const linchpin::risk::v1::SimulateCutoffResponse& response);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_
