// The inventory as a process sees it that does not serve it.
#ifndef LINCHPIN_SERVICES_SERVER_FOLLOWED_INVENTORY_H_
#define LINCHPIN_SERVICES_SERVER_FOLLOWED_INVENTORY_H_

#include <memory>

#include "services/replica/source.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

// A replica kept by the Watch stream of the service at --inventory-address, with its gauges, among them
// linchpin_replica_revision_lag and linchpin_replica_connected. There is no view until the first snapshot has
// come.
class FollowedInventory {
 public:
  static std::unique_ptr<FollowedInventory> Start(const Shared& shared);
  virtual ~FollowedInventory() = default;

  virtual replica::ViewSource& source() = 0;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_FOLLOWED_INVENTORY_H_
