#include <utility>

#include "services/linchpind/inventory_module.h"
#include "services/linchpind/module.h"
#include "services/linchpind/risk_module.h"
#include "services/linchpind/server_settings.h"

namespace linchpin::linchpind {

absl::StatusOr<std::vector<std::unique_ptr<Module>>> MakeModules(const Shared& shared) {
  std::vector<std::unique_ptr<Module>> modules;
  if (Serves(shared.settings, "inventory")) {
    auto inventory = InventoryModule::Create(shared);
    if (!inventory.ok()) return inventory.status();
    replica::ViewSource& source = (*inventory)->source();
    modules.push_back(*std::move(inventory));
    if (Serves(shared.settings, "risk")) modules.push_back(MakeRiskModule(shared, source));
  }
  return modules;
}

}  // namespace linchpin::linchpind
