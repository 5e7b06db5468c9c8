#include "services/store/sqlite/history.h"

#include <string>
#include <utility>

#include "services/store/port/store_error.h"
#include "services/store/sqlite/read.h"

namespace linchpin::store {
namespace {

// The first and the last change of each name in between: the first names what stood before, the last is what
// stands after. Columns of a state that is not there are null, and read as zeros and empty texts.
constexpr Sql kDifference = R"sql(
with touched as (
  select name, min(revision) as first, max(revision) as last from change
  where revision > ?1 and revision <= ?2 group by name
)
select b.name, b.kind, b.revision, b.create_time, b.update_time, b.body,
  a.name, a.kind, a.revision, a.create_time, a.update_time, a.body, a.deleted
from touched t
join change f on f.revision = t.first and f.name = t.name
join change a on a.revision = t.last and a.name = t.name
left join change b on b.revision = f.previous and b.name = t.name
order by t.name)sql";

// '0' is the character after '/'.
constexpr Sql kHistory = R"sql(
select revision, name, kind, deleted, previous, update_time from change
where revision >= ?1 and revision < ?2
  and (?3 = '' or name = ?3 or (name >= ?3 || '/' and name < ?3 || '0')) and (?4 = '' or kind = ?4)
order by revision desc, name)sql";

constexpr Sql kVersion = R"sql(
select name, kind, revision, create_time, update_time, body from change
where revision = ?1 and name = ?2 and deleted = 0)sql";

// Revisions rise with numbers, where a row has one: halve the numbers until the first row is found behind
// which no lower revision comes.
constexpr Sql kAuditOfRevisions = R"sql(
with recursive search (low, high) as (
  select 1, audit_number + 1 from store where id = 1
  union all
  select
    case when coalesce((select revision from audit where number >= (low + high) / 2 and revision > 0
      order by number limit 1), ?1) >= ?1 then low else (low + high) / 2 + 1 end,
    case when coalesce((select revision from audit where number >= (low + high) / 2 and revision > 0
      order by number limit 1), ?1) >= ?1 then (low + high) / 2 else high end
  from search where low < high
)
select number, time, principal, method, request_id, target, code, reason, revision, previous, digest
from audit where number >= (select max(low) from search) order by number)sql";

constexpr Sql kTimeOfRevision =
    "select update_time from change where revision <= ?1 order by revision desc limit 1";

std::optional<StoredResource> StateAt(const SqliteStatement& row, int first) {
  if (row.IntAt(first + 2) == 0) return std::nullopt;
  StoredResource state;
  state.name = row.StringAt(first);
  state.kind = row.StringAt(first + 1);
  state.revision = row.IntAt(first + 2);
  state.create_time = absl::FromUnixMicros(row.IntAt(first + 3));
  state.update_time = absl::FromUnixMicros(row.IntAt(first + 4));
  state.body = row.StringAt(first + 5);
  return state;
}

absl::Status CheckBoth(SqliteDatabase& database, int64_t older, int64_t newer) {
  const absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
  if (!head.ok()) return head.status();
  const absl::Status status = CheckReadable(older, head->compacted, head->counters.revision);
  return status.ok() ? CheckReadable(newer, head->compacted, head->counters.revision) : status;
}

}  // namespace

absl::Status ReadSqliteDifference(SqliteDatabase& database, int64_t older, int64_t newer,
                                  absl::FunctionRef<absl::Status(Difference)> callback) {
  if (absl::Status status = CheckBoth(database, older, newer); !status.ok()) return status;
  absl::StatusOr<SqliteStatement> statement = database.Prepare(kDifference);
  if (!statement.ok()) return statement.status();
  statement->Int(older).Int(newer);
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok() || !*row) return row.status();
    Difference difference{StateAt(*statement, 0), StateAt(*statement, 6)};
    if (statement->IntAt(12) != 0) difference.after.reset();
    // Created and deleted in between.
    if (!difference.before && !difference.after) continue;
    if (absl::Status status = callback(std::move(difference)); !status.ok()) return status;
  }
}

absl::Status ReadSqliteHistory(SqliteDatabase& database, const HistoryQuery& query,
                               absl::FunctionRef<bool(const HistoryEntry&)> callback) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(kHistory);
  if (!statement.ok()) return statement.status();
  statement->Int(query.from).Int(query.below).Text(query.name).Text(query.kind);
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok() || !*row) return row.status();
    const HistoryEntry entry{statement->IntAt(0),    statement->StringAt(1),
                             statement->StringAt(2), statement->IntAt(3) != 0,
                             statement->IntAt(4),    absl::FromUnixMicros(statement->IntAt(5))};
    if (!callback(entry)) return absl::OkStatus();
  }
}

absl::StatusOr<std::vector<std::optional<StoredResource>>> GetSqliteVersions(
    SqliteDatabase& database, const std::vector<VersionKey>& keys) {
  std::vector<std::optional<StoredResource>> versions;
  versions.reserve(keys.size());
  for (const VersionKey& key : keys) {
    absl::StatusOr<SqliteStatement> statement = database.Prepare(kVersion);
    if (!statement.ok()) return statement.status();
    absl::StatusOr<bool> row = statement->Int(key.revision).Text(key.name).Step();
    if (!row.ok()) return row.status();
    versions.push_back(*row ? StateAt(*statement, 0) : std::nullopt);
  }
  return versions;
}

absl::StatusOr<std::vector<AuditRow>> ReadSqliteAuditOfRevisions(SqliteDatabase& database, int64_t low,
                                                                 int64_t high) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(kAuditOfRevisions);
  if (!statement.ok()) return statement.status();
  statement->Int(low);
  std::vector<AuditRow> rows;
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok()) return row.status();
    if (!*row) return rows;
    AuditRow audit = AuditAt(*statement);
    if (audit.revision > high) return rows;
    if (audit.revision >= low) rows.push_back(std::move(audit));
  }
}

absl::StatusOr<absl::Time> SqliteTimeOfRevision(SqliteDatabase& database, int64_t revision) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(kTimeOfRevision);
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Int(revision).Step();
  if (!row.ok()) return row.status();
  return *row ? absl::FromUnixMicros(statement->IntAt(0)) : absl::InfinitePast();
}

}  // namespace linchpin::store
