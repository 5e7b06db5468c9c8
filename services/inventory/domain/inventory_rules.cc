#include "services/inventory/domain/cycle_rules.h"
#include "services/inventory/domain/document_rules.h"
#include "services/inventory/domain/hosting_rules.h"
#include "services/inventory/domain/writes.h"

namespace linchpin::inventory {

methods::WriteRules InventoryRules() {
  methods::WriteRules rules;
  rules.check_document = CheckDocument;
  rules.check_state = [](methods::StagedState& state) {
    absl::Status status = CheckCycles(state);
    return status.ok() ? CheckHosting(state) : status;
  };
  return rules;
}

}  // namespace linchpin::inventory
