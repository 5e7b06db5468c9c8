// The inventory service in this process.
#ifndef LINCHPIN_SERVICES_SERVER_INVENTORY_MODULE_H_
#define LINCHPIN_SERVICES_SERVER_INVENTORY_MODULE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "services/replica/source.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

class InventoryModule : public Module {
 public:
  // Waits for its database. CANCELLED if a signal came meanwhile.
  static absl::StatusOr<std::unique_ptr<InventoryModule>> Create(const Shared& shared);

  // The replica that the other services of this process read.
  virtual replica::ViewSource& source() = 0;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_INVENTORY_MODULE_H_
