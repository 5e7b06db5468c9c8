// How many dependencies one consumer may have.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_DEPENDENCY_RULES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_DEPENDENCY_RULES_H_

#include "absl/status/status.h"
#include "services/writing/staged_state.h"

namespace linchpin::inventory {

// INVALID_ARGUMENT, FIELD_INVALID, at the name of each staged dependency that makes its consumer have more
// than the supply graph takes (engine::kGroupsPerConsumerMax, 65,536). Cost: reads the names of the
// dependencies of each consumer that gets a new one.
absl::Status CheckDependencyCounts(writing::StagedState& state);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_DEPENDENCY_RULES_H_
