// The reading statements of a SQLite store, each within the transaction that the caller has begun.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_READ_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_READ_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/port/resource.h"
#include "services/store/port/resource_store.h"
#include "services/store/sqlite/database.h"

namespace linchpin::store {

// The one row of the table `store`.
struct SqliteHead {
  Counters counters;
  int64_t compacted = 0;
};

absl::StatusOr<SqliteHead> ReadSqliteHead(SqliteDatabase& database);

// A row of the audit, its columns in the order of AuditRow.
AuditRow AuditAt(const SqliteStatement& row);

// Each as the function of ResourceStore of that name.
absl::StatusOr<int64_t> ScanSqlite(SqliteDatabase& database, const ScanOptions& options,
                                   absl::FunctionRef<absl::Status(StoredResource)> callback);
absl::StatusOr<std::optional<StoredResource>> GetSqlite(SqliteDatabase& database, std::string_view name,
                                                        std::optional<int64_t> as_of);
absl::StatusOr<ChangeBatch> ReadSqliteChanges(SqliteDatabase& database, int64_t after, int64_t limit);
absl::StatusOr<std::vector<AuditRow>> ReadSqliteAudit(SqliteDatabase& database, int64_t after, int64_t limit);
absl::StatusOr<int64_t> SqliteRevisionAt(SqliteDatabase& database, absl::Time time);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_READ_H_
