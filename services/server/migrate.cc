#include "services/server/migrate.h"

#include <string>
#include <string_view>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/server/server_settings.h"
#include "services/server/signals.h"
#include "services/server/stores.h"

namespace linchpin::linchpind {
namespace {

constexpr std::string_view kAreas[] = {"inventory", "policy", "risk"};

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

int Migrate(const kit::Settings& settings, kit::Log& log) {
  for (std::string_view area : kAreas) {
    if (!Serves(settings, area)) continue;
    auto store = OpenStoreWaiting(settings, area, /*migrate=*/true, log);
    if (!store.ok()) {
      log.Error("migration failed", {{"store", area}, {"error", View(store.status().message())}});
      return 1;
    }
    log.Info("schema is up to date", {{"store", area}});
  }
  return 0;
}

int WaitForMigration(const kit::Settings& settings, kit::Log& log) {
  for (std::string_view area : kAreas) {
    if (!Serves(settings, area)) continue;
    while (true) {
      auto store = OpenStoreWaiting(settings, area, /*migrate=*/false, log);
      if (store.ok()) break;
      if (!base::Is<base::reason::SchemaTooOld>(store.status())) {
        log.Error("cannot wait for the migration",
                  {{"store", area}, {"error", View(store.status().message())}});
        return 1;
      }
      log.Info("waiting for the migration", {{"store", area}});
      if (WaitForSignal(absl::Seconds(2))) return 1;
    }
    log.Info("schema is up to date", {{"store", area}});
  }
  return 0;
}

}  // namespace linchpin::linchpind
