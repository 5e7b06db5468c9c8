// The errors that both engines return in the same words.
#ifndef LINCHPIN_SERVICES_STORE_PORT_STORE_ERROR_H_
#define LINCHPIN_SERVICES_STORE_PORT_STORE_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace linchpin::store {

// UNAVAILABLE, STORE_UNAVAILABLE, with RetryInfo.
absl::Status StoreUnavailable();
// UNAVAILABLE, STORE_UNAVAILABLE: the database takes no writes at present.
absl::Status StoreReadOnly();
// UNAVAILABLE, STORE_UNAVAILABLE: all connections for reading are in use.
absl::Status ReadersBusy();
// OUT_OF_RANGE, REVISION_COMPACTED or HISTORY_CHANGED, unless oldest <= revision <= newest.
absl::Status CheckReadable(int64_t revision, int64_t oldest, int64_t newest);
// FAILED_PRECONDITION, SCHEMA_TOO_NEW, SCHEMA_TOO_OLD; OK if equal.
absl::Status CheckSchemaVersion(int found, int known);
// ABORTED, LEASE_HELD.
absl::Status LeaseHeld(std::string_view name);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_STORE_ERROR_H_
