// Deployments that run short when something is cut off, and who loses by that.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_SATURATION_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_SATURATION_TEXT_H_

#include "linchpin/risk/v1/simulation.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// A section for each deployment that runs short on proven or likely facts, the first five: what is asked of
// it, since when, who is diverted to it, who gets less, and by which rule. With `all` every one, also those
// that are only not excluded. Nothing if there is none.
void PrintSaturations(Context& context, const linchpin::risk::v1::SimulateCutoffResponse& response, bool all);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_SATURATION_TEXT_H_
