// Why a deployment is hit, in words.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_HIT_REASON_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_HIT_REASON_TEXT_H_

#include <string>
#include <vector>

#include "linchpin/risk/v1/simulation.pb.h"

namespace linchpin::cli {

// The facts of a certain hit as the end of a sentence that begins with "it": "serves models/m (weights
// PROPRIETARY), developed by vendors/v (of CN)". Empty if there are none.
std::string BecauseText(const linchpin::risk::v1::DeploymentHit& hit);

// The facts that leave something open: "unknown: host of deployments/d". At most three by name; empty for
// none.
std::string OpenText(const google::protobuf::RepeatedPtrField<linchpin::risk::v1::UnknownFact>& open);

// The likely facts of a hit that is likely and not certain, one text each: "likely: host.provider of
// deployments/d is vendors/a (80% sure); it is billed there", "... [rule own-cloud]" where a rule concludes
// it. Empty if there is none.
std::vector<std::string> LikelyTexts(const linchpin::risk::v1::DeploymentHit& hit);

// How a fact was obtained: "declared", "from the catalogue, 90% sure, https://..."; empty if its resource has
// no evidence of it.
std::string SourceText(const linchpin::risk::v1::KnownFact& fact);
// The same for each fact of a certain hit that has a source, one text each: "operator of deployments/d:
// imported, litellm.yaml:3".
std::vector<std::string> SourceTexts(const linchpin::risk::v1::DeploymentHit& hit);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_HIT_REASON_TEXT_H_
