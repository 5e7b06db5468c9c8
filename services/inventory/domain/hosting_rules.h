// A deployment said to be run by the developer of its model must be run by the developer's own group
// (docs/concepts/simulation.md S1).
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_HOSTING_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_HOSTING_RULES_H_

#include "absl/status/status.h"
#include "services/writing/staged_state.h"

namespace linchpin::inventory {

// INVALID_ARGUMENT, FIELD_INVALID, if a VENDOR_API deployment has an operator and a developer, both with
// chains of parents known to their end, that share no owner; also where a staged vendor or model makes it so.
// The chains must be free of cycles (CheckCycles). Cost: the staged deployments, and for a vendor whose
// parent changes or a model whose developer changes, the deployments that depend on it.
absl::Status CheckHosting(writing::StagedState& state);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_HOSTING_RULES_H_
