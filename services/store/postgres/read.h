// The reading statements of a PostgreSQL store.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_READ_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_READ_H_

#include <cstdint>
#include <optional>
#include <pqxx/result>
#include <pqxx/transaction_base>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/commit/group_transaction.h"
#include "services/store/port/resource.h"
#include "services/store/port/resource_store.h"
#include "services/store/postgres/connection.h"

namespace linchpin::store {

// The one row of the table `store`.
struct PostgresHead {
  Counters counters;
  int64_t compacted = 0;
};

// Reads that row in the transaction that has been begun. Throws what libpqxx throws.
PostgresHead ReadPostgresHead(pqxx::transaction_base& transaction);

// A row of the audit, its columns in the order of AuditRow. Throws what libpqxx throws.
AuditRow AuditAt(const pqxx::row& row);

// Each as the function of ResourceStore of that name. Scan and Get begin and end a transaction of their own;
// the others are one statement, so that a transaction of the caller may be under way.
absl::StatusOr<int64_t> ScanPostgres(PostgresConnection& connection, const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(StoredResource)> callback);
absl::StatusOr<std::optional<StoredResource>> GetPostgres(PostgresConnection& connection,
                                                          std::string_view name,
                                                          std::optional<int64_t> as_of);
absl::StatusOr<ChangeBatch> ReadPostgresChanges(PostgresConnection& connection, int64_t after, int64_t limit);
absl::StatusOr<std::vector<AuditRow>> ReadPostgresAudit(PostgresConnection& connection, int64_t after,
                                                        int64_t limit);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_READ_H_
