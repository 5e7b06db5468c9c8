// Reads the moments of the past that rules of kind trend compare with.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_PAST_READER_H_
#define LINCHPIN_SERVICES_POLICY_RPC_PAST_READER_H_

#include <memory>
#include <set>

#include "absl/time/time.h"
#include "services/policy/domain/trends/past_inventory.h"
#include "services/replica/source.h"

namespace linchpin::policy {

// The inventory at these instants (MomentsOf), as rules read it that are evaluated against `present`, a view
// of `inventory`. Null where there are none. What `known` says of a moment for good is taken from there,
// unless it is of another history: so an inventory that is younger than a window asks the store once, not at
// each change.
//
// Errors: none; of a moment that cannot be read it says why (kFailed: the store or another process did not
//   answer within 10 s, and the next call asks again).
// Thread safety: calls may run at once. Blocks while a state of the past is made.
std::shared_ptr<const PastInventory> ReadPast(const replica::ViewSource& inventory,
                                              const std::set<absl::Time>& instants,
                                              const std::shared_ptr<const replica::View>& present,
                                              const PastInventory* known);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_PAST_READER_H_
