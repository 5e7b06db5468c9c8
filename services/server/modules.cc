#include "services/server/modules.h"

#include <utility>

#include "services/base/steady.h"
#include "services/server/inventory_module.h"
#include "services/server/policy_module.h"
#include "services/server/replica_gauges.h"
#include "services/server/risk_module.h"
#include "services/server/server_settings.h"
#include "services/server/store_care.h"

namespace linchpin::linchpind {

namespace {

// What alerts go by, while the databases that the modules wait for have not been there yet; the modules
// export the same once they are made.
std::unique_ptr<kit::CollectorHandle> ExportAbsence(const Shared& shared) {
  return shared.metrics.AddCollector(
      [&settings = shared.settings, begin = base::SteadyNow()](kit::GaugeSink& sink) {
        for (const char* schema : {"inventory", "policy", "risk"}) {
          if (Serves(settings, schema)) ExportDbUp(sink, schema, false);
        }
        ExportReplicaAge(sink, base::SteadyNow() - begin);
      });
}

}  // namespace

absl::StatusOr<Modules> Modules::Make(const Shared& shared) {
  const auto absence = ExportAbsence(shared);
  Modules modules;
  replica::ViewSource* source = nullptr;
  if (Serves(shared.settings, "inventory")) {
    auto inventory = InventoryModule::Create(shared);
    if (!inventory.ok()) return inventory.status();
    source = &(*inventory)->source();
    modules.modules_.push_back(*std::move(inventory));
  } else {
    modules.followed_ = FollowedInventory::Start(shared);
    source = &modules.followed_->source();
  }
  if (Serves(shared.settings, "policy")) {
    auto policy = MakePolicyModule(shared, *source);
    if (!policy.ok()) return policy.status();
    modules.modules_.push_back(*std::move(policy));
  }
  if (Serves(shared.settings, "risk")) {
    auto risk = MakeRiskModule(shared, *source);
    if (!risk.ok()) return risk.status();
    modules.modules_.push_back(*std::move(risk));
  }
  return modules;
}

Modules::~Modules() {
  while (!modules_.empty()) modules_.pop_back();
}

std::vector<kit::Served> Modules::served() const {
  std::vector<kit::Served> served;
  for (const auto& module : modules_) served.push_back(module->served());
  return served;
}

void Modules::Stop() {
  for (auto module = modules_.rbegin(); module != modules_.rend(); ++module) (*module)->Stop();
}

}  // namespace linchpin::linchpind
