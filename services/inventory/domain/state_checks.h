// What a write must satisfy against the state that it meets.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_STATE_CHECKS_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_STATE_CHECKS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/inventory/domain/staged_state.h"
#include "services/store/write.h"

namespace linchpin::inventory {

// Everything that concerns more than one document: references, cycles, hosting. In this order, the first kind
// of error with all its violations.
absl::Status CheckStaged(StagedState& state);

// NOT_FOUND, RESOURCE_NOT_FOUND.
absl::Status NotFound(std::string_view name);

// ABORTED, ETAG_MISMATCH, unless `etag` is empty or that of `stored`.
absl::Status CheckEtag(std::string_view etag, const store::StoredResource& stored);

// The document of an upsert as its caller sees it after the write, serialized.
std::string ReplyBody(const store::Upsert& upsert, const store::Applied::Stamp& stamp);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_STATE_CHECKS_H_
