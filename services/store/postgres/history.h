// The reading of the past of a PostgreSQL store.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_HISTORY_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_HISTORY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/store/port/history.h"
#include "services/store/postgres/connection.h"

namespace linchpin::store {

// Each as the function of ResourceStore of that name. The first two begin and end a transaction of their own.
absl::Status ReadPostgresDifference(PostgresConnection& connection, int64_t older, int64_t newer,
                                    absl::FunctionRef<absl::Status(Difference)> callback);
absl::Status ReadPostgresHistory(PostgresConnection& connection, const HistoryQuery& query,
                                 absl::FunctionRef<bool(const HistoryEntry&)> callback);
absl::StatusOr<std::vector<std::optional<StoredResource>>> GetPostgresVersions(
    PostgresConnection& connection, const std::vector<VersionKey>& keys);
absl::StatusOr<std::vector<AuditRow>> ReadPostgresAuditOfRevisions(PostgresConnection& connection,
                                                                   int64_t low, int64_t high);
absl::StatusOr<absl::Time> PostgresTimeOfRevision(PostgresConnection& connection, int64_t revision);

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_HISTORY_H_
