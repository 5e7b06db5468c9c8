// The tables of a PostgreSQL store, and how an older schema is brought to them.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_SCHEMA_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_SCHEMA_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/postgres/connection.h"

namespace linchpin::store {

// The newest version this program knows.
int PostgresSchemaVersion();

// 0 if the schema does not exist or is empty.
absl::StatusOr<int> ReadPostgresSchemaVersion(PostgresConnection& connection);

// Makes the schema of the search path if need be and brings it up to date: each version in one transaction
// with its number, under an advisory lock, so that it may be killed and repeated at any point, and two may
// run at once. FAILED_PRECONDITION, SCHEMA_TOO_NEW.
absl::Status MigratePostgres(PostgresConnection& connection, std::string_view schema);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_SCHEMA_H_
