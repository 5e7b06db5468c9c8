// The tables of a SQLite store, and how an older file is brought to them.
#ifndef LINCHPIN_SERVICES_STORE_SQLITE_SCHEMA_H_
#define LINCHPIN_SERVICES_STORE_SQLITE_SCHEMA_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/sqlite/database.h"

namespace linchpin::store {

// The newest version this program knows.
int SqliteSchemaVersion();

// 0 for an empty file.
absl::StatusOr<int> ReadSqliteSchemaVersion(SqliteDatabase& database);

// Brings an older schema up to date: each version in a transaction of its own with its number, so that it
// may be killed and repeated at any point, and two may run at once. FAILED_PRECONDITION, SCHEMA_TOO_NEW.
absl::Status MigrateSqlite(SqliteDatabase& database);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQLITE_SCHEMA_H_
