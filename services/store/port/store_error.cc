#include "services/store/port/store_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace linchpin::store {

using base::Error;

absl::Status StoreUnavailable() {
  return Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE", "the database does not answer; try again")
      .RetryAfterMs(1000);
}

absl::Status StoreReadOnly() {
  return Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
               "the database takes no writes at present: it is read-only; try again")
      .With("cause", "read_only")
      .RetryAfterMs(1000);
}

absl::Status ReadersBusy() {
  return Error(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE",
               "all connections to the database are busy; try again")
      .RetryAfterMs(1000);
}

absl::Status CheckReadable(int64_t revision, int64_t oldest, int64_t newest) {
  if (revision < oldest) {
    return Error(absl::StatusCode::kOutOfRange, "REVISION_COMPACTED",
                 absl::StrCat("revision ", revision, " is no longer kept; the oldest is ", oldest))
        .With("oldest", absl::StrCat(oldest))
        .With("revision", absl::StrCat(revision));
  }
  if (revision > newest) {
    return Error(absl::StatusCode::kOutOfRange, "HISTORY_CHANGED",
                 absl::StrCat("revision ", revision, " does not exist; the newest is ", newest))
        .With("newest", absl::StrCat(newest))
        .With("revision", absl::StrCat(revision));
  }
  return absl::OkStatus();
}

absl::Status CheckSchemaVersion(int found, int known) {
  if (found > known) {
    return Error(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_NEW",
                 absl::StrCat("the database has schema version ", found, ", this program knows up to ", known,
                              "; run a newer linchpind"));
  }
  if (found < known) {
    return Error(absl::StatusCode::kFailedPrecondition, "SCHEMA_TOO_OLD",
                 absl::StrCat("the database has schema version ", found, ", this program needs ", known,
                              "; run linchpind migrate"));
  }
  return absl::OkStatus();
}

absl::Status LeaseHeld(std::string_view name) {
  return Error(absl::StatusCode::kAborted, "LEASE_HELD",
               absl::StrCat("another holder has the lease ", std::string(name)));
}

}  // namespace linchpin::store
