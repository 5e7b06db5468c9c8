#include "services/linchpind/module.h"
#include "services/linchpind/server_settings.h"
#include "services/linchpind/stores.h"

namespace linchpin::linchpind {

absl::StatusOr<std::vector<std::unique_ptr<Module>>> MakeModules(const Shared& /*shared*/) {
  std::vector<std::unique_ptr<Module>> modules;
  return modules;
}

}  // namespace linchpin::linchpind
