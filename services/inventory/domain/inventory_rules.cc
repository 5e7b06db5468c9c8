#include "services/inventory/domain/inventory_rules.h"

#include "services/inventory/domain/cycle_rules.h"
#include "services/inventory/domain/dependency_rules.h"
#include "services/inventory/domain/document_rules.h"
#include "services/inventory/domain/hosting_rules.h"
#include "services/writing/staged_state.h"

namespace linchpin::inventory {

writing::WriteRules InventoryRules() {
  writing::WriteRules rules;
  rules.check_document = CheckDocument;
  rules.check_state = [](writing::StagedState& state) {
    // CheckHosting reads chains of parents, which must be free of cycles.
    for (const auto check : {CheckCycles, CheckHosting, CheckDependencyCounts}) {
      if (absl::Status status = check(state); !status.ok()) return status;
    }
    return absl::OkStatus();
  };
  return rules;
}

}  // namespace linchpin::inventory
