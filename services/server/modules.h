// All services of this process.
#ifndef LINCHPIN_SERVICES_SERVER_MODULES_H_
#define LINCHPIN_SERVICES_SERVER_MODULES_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "services/server/followed_inventory.h"
#include "services/server/module.h"

namespace linchpin::linchpind {

// The services that the settings ask for. In one process Policy and Risk read the replica of the inventory
// itself; in processes of their own they follow it.
class Modules {
 public:
  // Waits for the databases. CANCELLED if a signal came meanwhile.
  static absl::StatusOr<Modules> Make(const Shared& shared);
  Modules(Modules&&) = default;
  // Destroys the services in the reverse order of making: later ones read from earlier ones.
  ~Modules();

  std::vector<kit::Served> served() const;
  // Once the calls are finished: ends background work.
  void Stop();

 private:
  Modules() = default;

  std::unique_ptr<FollowedInventory> followed_;
  std::vector<std::unique_ptr<Module>> modules_;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_MODULES_H_
