// What `router_settings` and `litellm_settings` tell the router.
#ifndef LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_SETTINGS_H_
#define LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_SETTINGS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/importers/litellm/config.h"
#include "services/resource/node.h"

namespace linchpin::importers {

// A section of a file; `map` is null where there is none, or nothing in it.
struct Section {
  const ImportFile* file = nullptr;
  const resource::Node* map = nullptr;
};

// Reads both sections. Items of a wrong shape are noted. Errors: INVALID_ARGUMENT with file:line:column where
// a list or map of fallbacks or aliases is none.
absl::StatusOr<LiteLlmRouting> ReadRouting(const Section& router, const Section& general,
                                           std::vector<ImportNote>& notes);

}  // namespace linchpin::importers

#endif  // LINCHPIN_SERVICES_INVENTORY_IMPORTERS_LITELLM_SETTINGS_H_
