#include "services/store/postgres/error.h"

#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

constexpr std::string_view kUniqueViolation = "23505";
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kReadOnly = "25006";
constexpr std::string_view kDiskFull = "53100";

// Classes that mean: try again, perhaps on another connection. Transaction rollback, connection exception,
// insufficient resources, operator intervention, system error. None of them leaves anything written.
bool IsTransient(std::string_view error_class) {
  return error_class == "40" || error_class == "08" || error_class == "53" || error_class == "57" ||
         error_class == "58" || error_class == "28" || error_class == "3D";
}

}  // namespace

absl::Status StatusOfPostgresError(std::string_view sqlstate, std::string_view constraint) {
  const std::string_view error_class = sqlstate.substr(0, 2);
  if (sqlstate == kUniqueViolation && constraint == "request_pkey") {
    return absl::AlreadyExistsError("a request id is taken");
  }
  if (sqlstate == kLockNotAvailable)
    return absl::DeadlineExceededError("a lock of the database was not had in time");
  if (sqlstate == kReadOnly) return StoreReadOnly();
  if (sqlstate == kDiskFull) return absl::ResourceExhaustedError("the disk of the database is full");
  // Integrity, data, and limits of the server such as the size of a row: one write of a group is to blame.
  if (error_class == "23" || error_class == "22" || error_class == "54") {
    return absl::FailedPreconditionError("a constraint of the database was violated");
  }
  // No state: libpq itself gave up on the connection.
  if (sqlstate.empty() || IsTransient(error_class)) return StoreUnavailable();
  return absl::InternalError("the database failed");
}

bool IsExpectedPostgresError(std::string_view sqlstate) {
  return sqlstate == kLockNotAvailable || sqlstate == kUniqueViolation;
}

}  // namespace linchpin::store
