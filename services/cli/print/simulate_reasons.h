// Why consumers are hit by what is cut off, with the facts that prove it.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_
#define LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// Whether the consumer is impaired in that reading.
bool IsImpaired(const linchpin::risk::v1::Impact& impact);

// What happens to it, in the words of the first reading that impairs it: "stops", "probably stops", "cannot
// be excluded".
Table::Cell StateOf(const linchpin::risk::v1::ConsumerImpact& consumer);

// By consumer: which deployment is hit, by what chain of facts, and what it takes with it. Without `all` the
// first ten of those that are proven or likely, each by one way.
void PrintReasons(Context& context, const linchpin::risk::v1::Scenario& scenario,
                  const linchpin::risk::v1::SimulateCutoffResponse& response, bool all);

// Facts of the inventory that cannot all be true; nothing if there is none.
void PrintContradictions(Context& context, const linchpin::risk::v1::SimulateCutoffResponse& r);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_SIMULATE_REASONS_H_
