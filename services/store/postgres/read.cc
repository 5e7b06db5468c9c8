#include "services/store/postgres/read.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "services/store/port/store_error.h"

namespace linchpin::store {

namespace {

constexpr Sql kHead = "select history_id, revision, audit_number, compacted, time from store where id = 1";

constexpr absl::Duration kReadTimeout = absl::Seconds(60);

// Columns name, kind, revision, create_time, update_time, body, from `first` on.
StoredResource ResourceAt(const PostgresResult& result, int row, int first) {
  StoredResource resource;
  resource.name = result.StringAt(row, first);
  resource.kind = result.StringAt(row, first + 1);
  resource.revision = result.IntAt(row, first + 2);
  resource.create_time = absl::FromUnixMicros(result.IntAt(row, first + 3));
  resource.update_time = absl::FromUnixMicros(result.IntAt(row, first + 4));
  resource.body = result.StringAt(row, first + 5);
  return resource;
}

constexpr Sql kScanNow = R"sql(
declare scan binary no scroll cursor for
select name, kind, revision, create_time, update_time, body from resource
where name > $1 and name >= $2 and ($3 = '' or kind = $3)
order by name limit $4)sql";

// What has changed since is taken from the change that stood then; the rest stands as it did.
constexpr Sql kScanAsOf = R"sql(
declare scan binary no scroll cursor for
with later as (
  select distinct on (name) name, previous from change where revision > $5 order by name, revision
), state as (
  select name, kind, revision, create_time, update_time, body from resource r
  where not exists (select 1 from later where later.name = r.name)
  union all
  select c.name, c.kind, c.revision, c.create_time, c.update_time, c.body
  from later join change c on c.revision = later.previous and c.name = later.name
)
select name, kind, revision, create_time, update_time, body from state
where name > $1 and name >= $2 and ($3 = '' or kind = $3)
order by name limit $4)sql";

constexpr Sql kFetch = "fetch 4000 from scan";

// All rows of the revisions that the first `limit` rows belong to, with the counters of the same snapshot.
constexpr Sql kChanges = R"sql(
select name, kind, revision, create_time, update_time, body, deleted, previous from change
where revision > $1 and revision <= (
  select coalesce(max(revision), 0)
  from (select revision from change where revision > $1 order by revision, name limit $2) first)
order by revision, name)sql";

constexpr Sql kPrevious =
    "select previous from change where revision > $1 and name = $2 order by revision limit 1";
constexpr Sql kGetNow =
    "select name, kind, revision, create_time, update_time, body from resource where name = $1";
constexpr Sql kGetThen =
    "select name, kind, revision, create_time, update_time, body from change where name = $1 and revision = "
    "$2";

constexpr Sql kBeginSnapshot = "begin isolation level repeatable read, read only";
constexpr Sql kCommit = "commit";

// Ends the snapshot however the reading ended.
template <typename T>
absl::StatusOr<T> EndSnapshot(PostgresConnection& connection, absl::StatusOr<T> result) {
  if (connection.broken() || !connection.in_transaction()) return result;
  absl::Status ended = connection.Run({{kCommit}}, kReadTimeout).status();
  if (result.ok() && !ended.ok()) return ended;
  return result;
}

// Begins a snapshot and reads the counters in it, checking that `revision` (absent: any) is readable.
absl::StatusOr<PostgresHead> BeginSnapshot(PostgresConnection& connection, std::optional<int64_t> revision) {
  absl::StatusOr<std::vector<PostgresResult>> results =
      connection.Run({{kBeginSnapshot}, {kHead}}, kReadTimeout);
  if (!results.ok()) return results.status();
  absl::StatusOr<PostgresHead> head = ParsePostgresHead((*results)[1]);
  if (!head.ok() || !revision) return head;
  absl::Status readable = CheckReadable(*revision, head->compacted, head->counters.revision);
  if (!readable.ok()) return readable;
  return head;
}

absl::StatusOr<int64_t> ScanSnapshot(PostgresConnection& connection, const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(StoredResource)> callback) {
  absl::StatusOr<PostgresHead> head = BeginSnapshot(connection, options.as_of);
  if (!head.ok()) return head.status();
  const int64_t newest = head->counters.revision;
  const int64_t revision = options.as_of.value_or(newest);
  PostgresParams params;
  params.Text(options.after_name).Text(options.prefix).Text(options.kind);
  params.Int8(options.limit > 0 ? options.limit : std::numeric_limits<int64_t>::max());
  if (revision != newest) params.Int8(revision);
  absl::StatusOr<PostgresResult> declared =
      connection.Run(revision == newest ? kScanNow : kScanAsOf, params, kReadTimeout);
  if (!declared.ok()) return declared.status();
  while (true) {
    absl::StatusOr<std::vector<PostgresResult>> rows = connection.Run({{kFetch}}, kReadTimeout);
    if (!rows.ok()) return rows.status();
    const PostgresResult& page = rows->front();
    if (page.rows() == 0) return revision;
    for (int row = 0; row < page.rows(); ++row) {
      // Names come in order: the first that does not begin with the prefix ends them.
      if (!page.ViewAt(row, 0).starts_with(options.prefix)) return revision;
      if (absl::Status status = callback(ResourceAt(page, row, 0)); !status.ok()) return status;
    }
  }
}

absl::StatusOr<std::optional<StoredResource>> FirstResource(const absl::StatusOr<PostgresResult>& result) {
  if (!result.ok()) return result.status();
  if (result->rows() == 0) return std::optional<StoredResource>();
  return std::optional<StoredResource>(ResourceAt(*result, 0, 0));
}

absl::StatusOr<std::optional<StoredResource>> GetInSnapshot(PostgresConnection& connection,
                                                            std::string_view name, int64_t as_of) {
  absl::StatusOr<PostgresHead> head = BeginSnapshot(connection, as_of);
  if (!head.ok()) return head.status();
  PostgresParams later;
  later.Int8(as_of).Text(name);
  absl::StatusOr<PostgresResult> previous = connection.Run(kPrevious, later, kReadTimeout);
  if (!previous.ok()) return previous.status();
  PostgresParams params;
  params.Text(name);
  // Unchanged since: what stands now stood then.
  if (previous->rows() == 0) return FirstResource(connection.Run(kGetNow, params, kReadTimeout));
  params.Int8(previous->IntAt(0, 0));
  return FirstResource(connection.Run(kGetThen, params, kReadTimeout));
}

absl::StatusOr<ChangeBatch> ParseChanges(const PostgresHead& head, const PostgresResult& rows,
                                         int64_t after) {
  absl::Status readable = CheckReadable(after, head.compacted, head.counters.revision);
  if (!readable.ok()) return readable;
  ChangeBatch batch;
  batch.head = head.counters.revision;
  batch.through = after;
  batch.changes.reserve(rows.rows());
  for (int row = 0; row < rows.rows(); ++row) {
    batch.changes.push_back({ResourceAt(rows, row, 0), rows.IntAt(row, 6) != 0, rows.IntAt(row, 7)});
    batch.through = batch.changes.back().resource.revision;
  }
  return batch;
}

}  // namespace

absl::StatusOr<PostgresHead> ParsePostgresHead(const PostgresResult& result) {
  if (result.rows() != 1) return absl::InternalError("the store has no counter row");
  PostgresHead head;
  head.counters.history_id = result.StringAt(0, 0);
  head.counters.revision = result.IntAt(0, 1);
  head.counters.audit_number = result.IntAt(0, 2);
  head.compacted = result.IntAt(0, 3);
  head.counters.time = absl::FromUnixMicros(result.IntAt(0, 4));
  return head;
}

absl::StatusOr<int64_t> ScanPostgres(PostgresConnection& connection, const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(StoredResource)> callback) {
  return EndSnapshot(connection, ScanSnapshot(connection, options, callback));
}

absl::StatusOr<std::optional<StoredResource>> GetPostgres(PostgresConnection& connection,
                                                          std::string_view name,
                                                          std::optional<int64_t> as_of) {
  if (as_of) return EndSnapshot(connection, GetInSnapshot(connection, name, *as_of));
  PostgresParams params;
  params.Text(name);
  return FirstResource(connection.Run(kGetNow, params, kReadTimeout));
}

absl::StatusOr<ChangeBatch> ReadPostgresChanges(PostgresConnection& connection, int64_t after,
                                                int64_t limit) {
  PostgresParams params;
  params.Int8(after).Int8(std::max<int64_t>(limit, 1));
  const bool within = connection.in_transaction();
  std::vector<PostgresConnection::Step> steps;
  if (!within) steps.push_back({kBeginSnapshot});
  steps.push_back({kHead});
  steps.push_back({kChanges, &params});
  if (!within) steps.push_back({kCommit});
  absl::StatusOr<std::vector<PostgresResult>> results = connection.Run(steps, kReadTimeout);
  if (!results.ok()) return results.status();
  const size_t first = within ? 0 : 1;
  absl::StatusOr<PostgresHead> head = ParsePostgresHead((*results)[first]);
  if (!head.ok()) return head.status();
  return ParseChanges(*head, (*results)[first + 1], after);
}

absl::StatusOr<std::vector<AuditRow>> ReadPostgresAudit(PostgresConnection& connection, int64_t after,
                                                        int64_t limit) {
  PostgresParams params;
  params.Int8(after).Int8(std::max<int64_t>(limit, 1));
  absl::StatusOr<PostgresResult> result = connection.Run(
      "select number, time, principal, method, request_id, target, code, reason, revision from audit "
      "where number > $1 order by number limit $2",
      params, kReadTimeout);
  if (!result.ok()) return result.status();
  std::vector<AuditRow> rows;
  for (int i = 0; i < result->rows(); ++i) {
    rows.push_back({result->IntAt(i, 0), absl::FromUnixMicros(result->IntAt(i, 1)), result->StringAt(i, 2),
                    result->StringAt(i, 3), result->StringAt(i, 4), result->StringAt(i, 5),
                    static_cast<int>(result->IntAt(i, 6)), result->StringAt(i, 7), result->IntAt(i, 8)});
  }
  return rows;
}

}  // namespace linchpin::store
