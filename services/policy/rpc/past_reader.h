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
// of `inventory`. Null where there are none. A moment that `known` has is taken from there, unless it is of
// another history: the inventory of an instant that is past does not change.
//
// Errors: none; of a moment that cannot be read it says why, and nothing that can pass (kFailed: of the store
// or of another
//   process; it waits for 10 s at most). Thread safety: calls may run at once. Blocks while a state of the
//   past is made.
std::shared_ptr<const PastInventory> ReadPast(const replica::ViewSource& inventory,
                                              const std::set<absl::Time>& instants,
                                              const std::shared_ptr<const replica::View>& present,
                                              const PastInventory* known);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_PAST_READER_H_
