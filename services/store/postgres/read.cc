#include "services/store/postgres/read.h"

#include <algorithm>
#include <limits>
#include <pqxx/binarystring>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <string>
#include <utility>

#include "services/store/port/store_error.h"

namespace linchpin::store {

namespace {

constexpr absl::Duration kReadTimeout = absl::Seconds(60);
// Of a scan as a whole; each of its pages has kReadTimeout.
constexpr absl::Duration kScanTimeout = absl::Hours(24);

using Snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::readwrite_policy::read_only>;

constexpr Sql kHead = "select history_id, revision, audit_number, compacted, time from store where id = 1";

constexpr Sql kScanNow = R"sql(
declare scan no scroll cursor for
select name, kind, revision, create_time, update_time, body from resource
where name > $1 and name >= $2 and ($3 = '' or kind = $3)
order by name limit $4)sql";

// What has changed since is taken from the change that stood then; the rest stands as it did.
constexpr Sql kScanAsOf = R"sql(
declare scan no scroll cursor for
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

// All rows of the revisions that the first `limit` rows belong to, with the counters of the same snapshot,
// which come alone if there is no change.
constexpr Sql kChanges = R"sql(
select s.compacted, s.revision, c.name, c.kind, c.revision, c.create_time, c.update_time, c.body, c.deleted,
  c.previous
from store s left join change c on c.revision > $1 and c.revision <= (
  select coalesce(max(revision), 0)
  from (select revision from change where revision > $1 order by revision, name limit $2) first)
where s.id = 1
order by c.revision, c.name)sql";

constexpr Sql kPrevious =
    "select previous from change where revision > $1 and name = $2 order by revision limit 1";
constexpr Sql kGetNow =
    "select name, kind, revision, create_time, update_time, body from resource where name = $1";
constexpr Sql kGetThen =
    "select name, kind, revision, create_time, update_time, body from change where name = $1 and revision = "
    "$2";

int64_t IntIn(const pqxx::field& field) { return field.as<int64_t>(); }
std::string TextIn(const pqxx::field& field) { return {field.c_str(), field.size()}; }
absl::Time TimeIn(const pqxx::field& field) { return absl::FromUnixMicros(IntIn(field)); }
std::string BytesIn(const pqxx::field& field) { return pqxx::binarystring(field).str(); }

// Columns name, kind, revision, create_time, update_time, body, from `first` on.
StoredResource ResourceAt(const pqxx::row& row, int first) {
  StoredResource resource;
  resource.name = TextIn(row[first]);
  resource.kind = TextIn(row[first + 1]);
  resource.revision = IntIn(row[first + 2]);
  resource.create_time = TimeIn(row[first + 3]);
  resource.update_time = TimeIn(row[first + 4]);
  resource.body = BytesIn(row[first + 5]);
  return resource;
}

// The same columns in binary form: libpqxx would have them as text, documents in hexadecimal, and makes a
// copy of the handle to the whole result for each field.
StoredResource ResourceAt(const WireResult& page, int row) {
  const auto time = [&](int column) { return absl::FromUnixMicros(page.IntAt(row, column)); };
  return {page.StringAt(row, 0), page.StringAt(row, 1), page.IntAt(row, 2), time(3), time(4),
          page.StringAt(row, 5)};
}

// Reads the counters, checking that `revision` (absent: any) is readable.
absl::StatusOr<PostgresHead> CheckedHead(Snapshot& snapshot, std::optional<int64_t> revision) {
  PostgresHead head = ReadPostgresHead(snapshot);
  if (!revision) return head;
  absl::Status readable = CheckReadable(*revision, head.compacted, head.counters.revision);
  if (!readable.ok()) return readable;
  return head;
}

void DeclareScan(Snapshot& snapshot, const ScanOptions& options, std::optional<int64_t> as_of) {
  const int64_t limit = options.limit > 0 ? options.limit : std::numeric_limits<int64_t>::max();
  if (as_of) {
    Execute(snapshot, kScanAsOf, options.after_name, options.prefix, options.kind, limit, *as_of);
  } else {
    Execute(snapshot, kScanNow, options.after_name, options.prefix, options.kind, limit);
  }
}

absl::Status FetchScan(PostgresConnection& connection, const ScanOptions& options,
                       absl::FunctionRef<absl::Status(StoredResource)> callback) {
  while (true) {
    absl::StatusOr<std::vector<WireResult>> pages =
        connection.Pipeline({{"fetch 4000 from scan"}}, kReadTimeout);
    if (!pages.ok()) return pages.status();
    const WireResult& page = pages->front();
    if (page.rows() == 0) return absl::OkStatus();
    for (int row = 0; row < page.rows(); ++row) {
      // Names come in order: the first that does not begin with the prefix ends them.
      if (!page.ViewAt(row, 0).starts_with(options.prefix)) return absl::OkStatus();
      if (absl::Status status = callback(ResourceAt(page, row)); !status.ok()) return status;
    }
  }
}

std::optional<StoredResource> FirstResource(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return ResourceAt(rows[0], 0);
}

std::optional<StoredResource> GetThen(Snapshot& snapshot, const std::string& name, int64_t as_of) {
  const pqxx::result previous = Execute(snapshot, kPrevious, as_of, name);
  // Unchanged since: what stands now stood then.
  if (previous.empty()) return FirstResource(Execute(snapshot, kGetNow, name));
  return FirstResource(Execute(snapshot, kGetThen, name, IntIn(previous[0][0])));
}

absl::StatusOr<ChangeBatch> ParseChanges(const pqxx::result& rows, int64_t after) {
  if (rows.empty()) return absl::InternalError("the store has no counter row");
  const int64_t newest = IntIn(rows[0][1]);
  absl::Status readable = CheckReadable(after, IntIn(rows[0][0]), newest);
  if (!readable.ok()) return readable;
  ChangeBatch batch;
  batch.head = newest;
  batch.through = after;
  if (rows[0][2].is_null()) return batch;
  batch.changes.reserve(rows.size());
  for (const pqxx::row& row : rows) {
    batch.changes.push_back({ResourceAt(row, 2), row[8].as<bool>(), IntIn(row[9])});
    batch.through = batch.changes.back().resource.revision;
  }
  return batch;
}

}  // namespace

AuditRow AuditAt(const pqxx::row& row) {
  AuditRow audit;
  audit.number = IntIn(row[0]);
  audit.time = TimeIn(row[1]);
  audit.principal = TextIn(row[2]);
  audit.method = TextIn(row[3]);
  audit.request_id = TextIn(row[4]);
  audit.target = TextIn(row[5]);
  audit.code = row[6].as<int>();
  audit.reason = TextIn(row[7]);
  audit.revision = IntIn(row[8]);
  audit.previous = BytesIn(row[9]);
  audit.digest = BytesIn(row[10]);
  return audit;
}

PostgresHead ReadPostgresHead(pqxx::transaction_base& transaction) {
  const pqxx::result rows = Execute(transaction, kHead);
  if (rows.size() != 1) throw pqxx::unexpected_rows("the store has no counter row");
  PostgresHead head;
  head.counters.history_id = TextIn(rows[0][0]);
  head.counters.revision = IntIn(rows[0][1]);
  head.counters.audit_number = IntIn(rows[0][2]);
  head.compacted = IntIn(rows[0][3]);
  head.counters.time = TimeIn(rows[0][4]);
  return head;
}

absl::StatusOr<int64_t> ScanPostgres(PostgresConnection& connection, const ScanOptions& options,
                                     absl::FunctionRef<absl::Status(StoredResource)> callback) {
  int64_t revision = 0;
  absl::Status status = connection.Run(kScanTimeout, [&](pqxx::connection_base& session) {
    Snapshot snapshot(session);
    absl::StatusOr<PostgresHead> head = CheckedHead(snapshot, options.as_of);
    if (!head.ok()) return head.status();
    const int64_t newest = head->counters.revision;
    revision = options.as_of.value_or(newest);
    DeclareScan(snapshot, options, revision == newest ? std::nullopt : options.as_of);
    absl::Status fetched = FetchScan(connection, options, callback);
    if (fetched.ok()) snapshot.commit();
    return fetched;
  });
  if (!status.ok()) return status;
  return revision;
}

absl::StatusOr<std::optional<StoredResource>> GetPostgres(PostgresConnection& connection,
                                                          std::string_view name,
                                                          std::optional<int64_t> as_of) {
  std::optional<StoredResource> resource;
  absl::Status status = connection.Run(kReadTimeout, [&](pqxx::connection_base& session) {
    if (!as_of) {
      pqxx::nontransaction transaction(session);
      resource = FirstResource(Execute(transaction, kGetNow, std::string(name)));
      return absl::OkStatus();
    }
    Snapshot snapshot(session);
    absl::Status readable = CheckedHead(snapshot, as_of).status();
    if (!readable.ok()) return readable;
    resource = GetThen(snapshot, std::string(name), *as_of);
    snapshot.commit();
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return resource;
}

absl::StatusOr<ChangeBatch> ReadPostgresChanges(PostgresConnection& connection, int64_t after,
                                                int64_t limit) {
  absl::StatusOr<ChangeBatch> batch;
  absl::Status status = connection.Run(kReadTimeout, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    batch = ParseChanges(Execute(transaction, kChanges, after, std::max<int64_t>(limit, 1)), after);
    return batch.status();
  });
  if (!status.ok()) return status;
  return batch;
}

absl::StatusOr<std::vector<AuditRow>> ReadPostgresAudit(PostgresConnection& connection, int64_t after,
                                                        int64_t limit) {
  std::vector<AuditRow> audit;
  absl::Status status = connection.Run(kReadTimeout, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    const pqxx::result rows = Execute(transaction,
                                      "select number, time, principal, method, request_id, target, code, "
                                      "reason, revision, previous, digest "
                                      "from audit "
                                      "where number > $1 order by number limit $2",
                                      after, std::max<int64_t>(limit, 1));
    for (const pqxx::row& row : rows) audit.push_back(AuditAt(row));
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return audit;
}

}  // namespace linchpin::store
