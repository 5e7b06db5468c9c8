// The errors that both engines return in the same words.
#ifndef LINCHPIN_SERVICES_STORE_PORT_STORE_ERROR_H_
#define LINCHPIN_SERVICES_STORE_PORT_STORE_ERROR_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace linchpin::store {

// Why a database takes no writes, or does not answer at all.
enum class StoreCause {
  kAway,              // It does not answer, or not in time.
  kFull,              // Its disk is full.
  kReadOnly,          // A standby, a read-only database or file.
  kNoPermission,      // The role lacks a right on a table, or the process one on a file.
  kNotLetIn,          // Role or password is wrong, or pg_hba.conf has no entry.
  kNoDatabase,        // The database of that name does not exist.
  kWrongOption,       // The address sets a parameter that the server does not take.
  kNoConnectionLeft,  // max_connections is used up.
  kUnsafe,            // fsync or full_page_writes is off: a crash would lose acknowledged writes.
  kDamaged,           // The file is no database, or a damaged one.
};

// The word that stands for it in metadata and logs, `read_only`.
std::string_view NameOf(StoreCause cause);
// What is wrong and what to do about it, as a clause: "the disk of the database is full; make room on it".
std::string_view Explain(StoreCause cause);
// The cause that an error carries; kAway if none.
StoreCause CauseIn(const absl::Status& status);

// UNAVAILABLE, STORE_UNAVAILABLE, with the cause in the metadata and RetryInfo.
absl::Status StoreUnavailable(StoreCause cause = StoreCause::kAway);
// The same, and what became of the write: "nothing was written".
absl::Status StoreUnavailable(StoreCause cause, std::string_view outcome);
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
