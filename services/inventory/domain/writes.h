// What the inventory adds to the standard methods: its rules, and writes of many documents at once.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_WRITES_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_WRITES_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/writing/writes.h"

namespace linchpin::inventory {

inline constexpr int kBatchOperationsMax = 10'000;
using writing::WritePlan;
using writing::WriteSettings;

// What the documents of the inventory must satisfy beyond their protos: quality order, hosting, no cycles,
// and the bounds of the supply graph, so that it takes whatever is stored.
writing::WriteRules InventoryRules();

// Upserts and deletes together. `token_of` makes the token of a revision for the reply.
absl::StatusOr<WritePlan> PlanBatch(const v1::BatchWriteRequest& request, const WriteSettings& settings,
                                    std::function<std::string(int64_t)> token_of);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_WRITES_H_
