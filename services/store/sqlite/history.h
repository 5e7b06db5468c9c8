// The reading of the past of a SQLite store, each within the transaction that the caller has begun.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_HISTORY_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_HISTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/history.h"
#include "services/store/sqlite/database.h"

namespace linchpin::store {

// Each as the function of ResourceStore of that name.
absl::Status ReadSqliteDifference(SqliteDatabase& database, int64_t older, int64_t newer,
                                  absl::FunctionRef<absl::Status(Difference)> callback);
absl::Status ReadSqliteHistory(SqliteDatabase& database, const HistoryQuery& query,
                               absl::FunctionRef<bool(const HistoryEntry&)> callback);
absl::StatusOr<std::vector<std::optional<StoredResource>>> GetSqliteVersions(
    SqliteDatabase& database, const std::vector<VersionKey>& keys);
absl::StatusOr<std::vector<AuditRow>> ReadSqliteAuditOfRevisions(SqliteDatabase& database, int64_t low,
                                                                 int64_t high);
absl::StatusOr<absl::Time> SqliteTimeOfRevision(SqliteDatabase& database, int64_t revision);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_HISTORY_H_
