#include "services/store/sqlite/read.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

// Columns name, kind, revision, create_time, update_time, body, from `first` on.
StoredResource ResourceAt(const SqliteStatement& row, int first) {
  StoredResource resource;
  resource.name = row.StringAt(first);
  resource.kind = row.StringAt(first + 1);
  resource.revision = row.IntAt(first + 2);
  resource.create_time = absl::FromUnixMicros(row.IntAt(first + 3));
  resource.update_time = absl::FromUnixMicros(row.IntAt(first + 4));
  resource.body = row.StringAt(first + 5);
  return resource;
}

constexpr Sql kScanNow = R"sql(
select name, kind, revision, create_time, update_time, body from resource
where name > ?1 and name >= ?2 and (?3 = '' or kind = ?3)
order by name limit ?4)sql";

// What has changed since is taken from the change that stood then; the rest stands as it did. The bare column
// `previous` belongs to the row with the smallest revision: SQLite promises that for min().
constexpr Sql kScanAsOf = R"sql(
with later as (
  select name, previous, min(revision) from change where revision > ?5 group by name
), state as (
  select name, kind, revision, create_time, update_time, body from resource
  where name not in (select name from later)
  union all
  select c.name, c.kind, c.revision, c.create_time, c.update_time, c.body
  from later join change c on c.revision = later.previous and c.name = later.name
)
select name, kind, revision, create_time, update_time, body from state
where name > ?1 and name >= ?2 and (?3 = '' or kind = ?3)
order by name limit ?4)sql";

// All rows of the revisions that the first `limit` rows belong to.
constexpr Sql kChanges = R"sql(
select name, kind, revision, create_time, update_time, body, deleted, previous from change
where revision > ?1 and revision <= (
  select coalesce(max(revision), 0)
  from (select revision from change where revision > ?1 order by revision, name limit ?2))
order by revision, name)sql";

absl::StatusOr<std::optional<StoredResource>> FirstResource(SqliteStatement& statement) {
  absl::StatusOr<bool> row = statement.Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<StoredResource>();
  return std::optional<StoredResource>(ResourceAt(statement, 0));
}

// The revision that stood for `name` before the first change after `as_of`; nothing if none came after.
absl::StatusOr<std::optional<int64_t>> PreviousOfFirstAfter(SqliteDatabase& database, std::string_view name,
                                                            int64_t as_of) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(
      "select previous from change where revision > ?1 and name = ?2 order by revision limit 1");
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Int(as_of).Text(name).Step();
  if (!row.ok()) return row.status();
  if (!*row) return std::optional<int64_t>();
  return std::optional<int64_t>(statement->IntAt(0));
}

}  // namespace

AuditRow AuditAt(const SqliteStatement& row) {
  AuditRow audit;
  audit.number = row.IntAt(0);
  audit.time = absl::FromUnixMicros(row.IntAt(1));
  audit.principal = row.StringAt(2);
  audit.method = row.StringAt(3);
  audit.request_id = row.StringAt(4);
  audit.target = row.StringAt(5);
  audit.code = static_cast<int>(row.IntAt(6));
  audit.reason = row.StringAt(7);
  audit.revision = row.IntAt(8);
  audit.previous = row.StringAt(9);
  audit.digest = row.StringAt(10);
  return audit;
}

absl::StatusOr<SqliteHead> ReadSqliteHead(SqliteDatabase& database) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(
      "select history_id, revision, audit_number, compacted, time, audit_digest from store "
      "where id = 1");
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Step();
  if (!row.ok()) return row.status();
  if (!*row) return absl::InternalError("the store has no counter row");
  SqliteHead head;
  head.counters.history_id = statement->StringAt(0);
  head.counters.revision = statement->IntAt(1);
  head.counters.audit_number = statement->IntAt(2);
  head.compacted = statement->IntAt(3);
  head.counters.time = absl::FromUnixMicros(statement->IntAt(4));
  head.counters.audit_digest = statement->StringAt(5);
  return head;
}

absl::StatusOr<int64_t> ScanSqlite(SqliteDatabase& database, const ScanOptions& options,
                                   absl::FunctionRef<absl::Status(StoredResource)> callback) {
  absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
  if (!head.ok()) return head.status();
  const int64_t newest = head->counters.revision;
  const int64_t revision = options.as_of.value_or(newest);
  if (absl::Status status = CheckReadable(revision, head->compacted, newest); !status.ok()) return status;
  absl::StatusOr<SqliteStatement> statement = database.Prepare(revision == newest ? kScanNow : kScanAsOf);
  if (!statement.ok()) return statement.status();
  statement->Text(options.after_name).Text(options.prefix).Text(options.kind);
  statement->Int(options.limit > 0 ? options.limit : -1);
  if (revision != newest) statement->Int(revision);
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok()) return row.status();
    if (!*row) return revision;
    StoredResource resource = ResourceAt(*statement, 0);
    // Names come in order: the first that does not begin with the prefix ends them.
    if (!resource.name.starts_with(options.prefix)) return revision;
    if (absl::Status status = callback(std::move(resource)); !status.ok()) return status;
  }
}

absl::StatusOr<std::optional<StoredResource>> GetSqlite(SqliteDatabase& database, std::string_view name,
                                                        std::optional<int64_t> as_of) {
  std::optional<int64_t> previous;
  if (as_of) {
    absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
    if (!head.ok()) return head.status();
    absl::Status status = CheckReadable(*as_of, head->compacted, head->counters.revision);
    if (!status.ok()) return status;
    absl::StatusOr<std::optional<int64_t>> found = PreviousOfFirstAfter(database, name, *as_of);
    if (!found.ok()) return found.status();
    previous = *found;
  }
  absl::StatusOr<SqliteStatement> statement =
      previous
          ? database.Prepare(
                "select name, kind, revision, create_time, update_time, body from change "
                "where name = ?1 and revision = ?2")
          : database.Prepare(
                "select name, kind, revision, create_time, update_time, body from resource where name = ?1");
  if (!statement.ok()) return statement.status();
  statement->Text(name);
  if (previous) statement->Int(*previous);
  return FirstResource(*statement);
}

absl::StatusOr<ChangeBatch> ReadSqliteChanges(SqliteDatabase& database, int64_t after, int64_t limit) {
  absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
  if (!head.ok()) return head.status();
  absl::Status readable = CheckReadable(after, head->compacted, head->counters.revision);
  if (!readable.ok()) return readable;
  ChangeBatch batch;
  batch.head = head->counters.revision;
  batch.through = after;
  absl::StatusOr<SqliteStatement> statement = database.Prepare(kChanges);
  if (!statement.ok()) return statement.status();
  statement->Int(after).Int(std::max<int64_t>(limit, 1));
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok()) return row.status();
    if (!*row) return batch;
    Change change{ResourceAt(*statement, 0), statement->IntAt(6) != 0, statement->IntAt(7)};
    batch.through = change.resource.revision;
    batch.changes.push_back(std::move(change));
  }
}

absl::StatusOr<std::vector<AuditRow>> ReadSqliteAudit(SqliteDatabase& database, int64_t after,
                                                      int64_t limit) {
  absl::StatusOr<SqliteStatement> statement = database.Prepare(
      "select number, time, principal, method, request_id, target, code, reason, revision, previous, digest "
      "from audit where number > ?1 order by number limit ?2");
  if (!statement.ok()) return statement.status();
  statement->Int(after).Int(std::max<int64_t>(limit, 1));
  std::vector<AuditRow> rows;
  while (true) {
    absl::StatusOr<bool> row = statement->Step();
    if (!row.ok()) return row.status();
    if (!*row) return rows;
    rows.push_back(AuditAt(*statement));
  }
}

absl::StatusOr<int64_t> SqliteRevisionAt(SqliteDatabase& database, absl::Time time) {
  absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
  if (!head.ok()) return head.status();
  // Times rise with revisions: halve the kept window until one revision is left.
  absl::StatusOr<SqliteStatement> statement = database.Prepare(R"sql(
with recursive search (low, high, middle) as (
  select compacted, revision, (compacted + revision + 1) / 2 from store where id = 1
  union all
  select
    case when (select update_time from change where revision >= middle order by revision limit 1) <= ?1
      then middle else low end,
    case when (select update_time from change where revision >= middle order by revision limit 1) <= ?1
      then high else middle - 1 end,
    case when (select update_time from change where revision >= middle order by revision limit 1) <= ?1
      then (middle + high + 1) / 2 else (low + middle) / 2 end
  from search where low < high
)
select max(low) from search)sql");
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Int(absl::ToUnixMicros(time)).Step();
  if (!row.ok()) return row.status();
  return *row ? statement->IntAt(0) : head->compacted;
}

}  // namespace linchpin::store
