// What a simulation took for absent values (S1), told in sentences.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_ASSUMPTIONS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_ASSUMPTIONS_H_

#include <string>
#include <vector>

#include "services/engine/graph.h"

namespace linchpin::risk {

// One sentence for each sort of value that is absent of the consumers named, their dependencies, and the
// deployments that these have as targets: how many, what was taken, and one example. Cost: linear in the
// alternatives of these consumers.
std::vector<std::string> AssumptionsOf(const engine::Graph& graph,
                                       const std::vector<engine::ConsumerIndex>& consumers);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_ASSUMPTIONS_H_
