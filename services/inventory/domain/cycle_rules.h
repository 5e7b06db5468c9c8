// No model derives from itself and no vendor is its own parent, through however many others
// (docs/concepts/simulation.md S1).
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_CYCLE_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_CYCLE_RULES_H_

#include "absl/status/status.h"
#include "services/writing/staged_state.h"

namespace linchpin::inventory {

// FAILED_PRECONDITION, CYCLE, with the names of the first cycle found, in the order of derivations and
// versions, or of parents. Looks only at what can be reached from what is staged, each document once.
absl::Status CheckCycles(writing::StagedState& state);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_CYCLE_RULES_H_
