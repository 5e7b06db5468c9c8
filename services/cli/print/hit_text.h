// Why a deployment is hit, in words.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_HIT_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_HIT_TEXT_H_

#include <string>

#include "linchpin/risk/v1/simulation.pb.h"

namespace linchpin::cli {

// The facts of a certain hit as the end of a sentence that begins with "it": "serves models/m (weights
// PROPRIETARY), developed by vendors/v (of CN)". Empty if there are none.
std::string BecauseText(const linchpin::risk::v1::DeploymentHit& hit);

// The facts that leave an uncertain one open: "unknown: host of deployments/d". At most three by name.
std::string OpenText(const linchpin::risk::v1::DeploymentHit& hit);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_HIT_TEXT_H_
