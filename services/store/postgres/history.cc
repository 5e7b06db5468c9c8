#include "services/store/postgres/history.h"

#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <string>
#include <utility>

#include "services/store/port/store_error.h"
#include "services/store/postgres/params.h"
#include "services/store/postgres/read.h"

namespace linchpin::store {
namespace {

constexpr absl::Duration kReadTimeout = absl::Seconds(60);
// Of a walk as a whole; each of its pages has kReadTimeout.
constexpr absl::Duration kWalkTimeout = absl::Hours(1);

using Snapshot = pqxx::transaction<pqxx::isolation_level::repeatable_read, pqxx::readwrite_policy::read_only>;

// The first and the last change of each name in between: the first names what stood before, the last is what
// stands after. A state that is not there has revision 0.
constexpr Sql kDifference = R"sql(
declare walk no scroll cursor for
with touched as (
  select name, min(revision) as first, max(revision) as last from change
  where revision > $1 and revision <= $2 group by name
)
select t.name, coalesce(b.kind, ''), coalesce(b.revision, 0), coalesce(b.create_time, 0),
  coalesce(b.update_time, 0), coalesce(b.body, ''::bytea),
  t.name, a.kind, case when a.deleted then 0 else a.revision end, a.create_time, a.update_time, a.body
from touched t
join change f on f.revision = t.first and f.name = t.name
join change a on a.revision = t.last and a.name = t.name
left join change b on b.revision = f.previous and b.name = t.name
order by t.name)sql";

// '0' is the character after '/'.
constexpr Sql kHistory = R"sql(
declare walk no scroll cursor for
select revision, name, kind, deleted, previous, update_time from change
where revision >= $1 and revision < $2
  and ($3 = '' or name = $3 or (name >= $3 || '/' and name < $3 || '0')) and ($4 = '' or kind = $4)
order by revision desc, name)sql";

constexpr Sql kVersions = R"sql(
select c.name, c.kind, coalesce(c.revision, 0), c.create_time, c.update_time, c.body
from unnest($1, $2) with ordinality as key (name, revision, place)
left join change c on c.revision = key.revision and c.name = key.name and not c.deleted
order by key.place)sql";

// Revisions rise with numbers, where a row has one: halve the numbers until the first row is found behind
// which no lower revision comes.
constexpr Sql kFirstAudit = R"sql(
with recursive search (low, high) as (
  select 1::bigint, audit_number + 1 from store where id = 1
  union all
  select
    case when coalesce((select revision from audit where number >= (low + high) / 2 and revision > 0
      order by number limit 1), $1) >= $1 then low else (low + high) / 2 + 1 end,
    case when coalesce((select revision from audit where number >= (low + high) / 2 and revision > 0
      order by number limit 1), $1) >= $1 then (low + high) / 2 else high end
  from search where low < high
)
select max(low) from search)sql";

constexpr Sql kAuditBetween = R"sql(
select number, time, principal, method, request_id, target, code, reason, revision, previous, digest
from audit where number >= $1 and number < $2 and revision > 0 order by number)sql";

constexpr Sql kTimeOfRevision =
    "select update_time from change where revision <= $1 order by revision desc limit 1";

// Columns name, kind, revision, create_time, update_time, body, from `first` on.
std::optional<StoredResource> StateAt(const WireResult& page, int row, int first) {
  if (page.IntAt(row, first + 2) == 0) return std::nullopt;
  const auto time = [&](int column) { return absl::FromUnixMicros(page.IntAt(row, column)); };
  return StoredResource{
      page.StringAt(row, first), page.StringAt(row, first + 1), page.IntAt(row, first + 2), time(first + 3),
      time(first + 4),           page.StringAt(row, first + 5)};
}

// Hands out the rows of the cursor `walk` until `take` returns false or fails.
absl::Status FetchWalk(PostgresConnection& connection,
                       absl::FunctionRef<absl::StatusOr<bool>(const WireResult&, int row)> take) {
  while (true) {
    absl::StatusOr<std::vector<WireResult>> pages =
        connection.Pipeline({{"fetch 4000 from walk"}}, kReadTimeout);
    if (!pages.ok()) return pages.status();
    const WireResult& page = pages->front();
    if (page.rows() == 0) return absl::OkStatus();
    for (int row = 0; row < page.rows(); ++row) {
      const absl::StatusOr<bool> more = take(page, row);
      if (!more.ok() || !*more) return more.status();
    }
  }
}

absl::Status CheckBoth(Snapshot& snapshot, int64_t older, int64_t newer) {
  const PostgresHead head = ReadPostgresHead(snapshot);
  const absl::Status status = CheckReadable(older, head.compacted, head.counters.revision);
  return status.ok() ? CheckReadable(newer, head.compacted, head.counters.revision) : status;
}

int64_t FirstAudit(pqxx::transaction_base& transaction, int64_t revision) {
  const pqxx::result rows = Execute(transaction, kFirstAudit, revision);
  return rows.empty() || rows[0][0].is_null() ? 1 : rows[0][0].as<int64_t>();
}

}  // namespace

absl::Status ReadPostgresDifference(PostgresConnection& connection, int64_t older, int64_t newer,
                                    absl::FunctionRef<absl::Status(Difference)> callback) {
  return connection.Run(kWalkTimeout, [&](pqxx::connection_base& session) {
    Snapshot snapshot(session);
    if (absl::Status status = CheckBoth(snapshot, older, newer); !status.ok()) return status;
    Execute(snapshot, kDifference, older, newer);
    const auto take = [&](const WireResult& page, int row) -> absl::StatusOr<bool> {
      Difference difference{StateAt(page, row, 0), StateAt(page, row, 6)};
      // Created and deleted in between.
      if (!difference.before && !difference.after) return true;
      const absl::Status status = callback(std::move(difference));
      if (!status.ok()) return status;
      return true;
    };
    absl::Status fetched = FetchWalk(connection, take);
    if (fetched.ok()) snapshot.commit();
    return fetched;
  });
}

absl::Status ReadPostgresHistory(PostgresConnection& connection, const HistoryQuery& query,
                                 absl::FunctionRef<bool(const HistoryEntry&)> callback) {
  return connection.Run(kWalkTimeout, [&](pqxx::connection_base& session) {
    Snapshot snapshot(session);
    Execute(snapshot, kHistory, query.from, query.below, query.name, query.kind);
    const auto take = [&](const WireResult& page, int row) -> absl::StatusOr<bool> {
      return callback({page.IntAt(row, 0), page.StringAt(row, 1), page.StringAt(row, 2),
                       page.IntAt(row, 3) != 0, page.IntAt(row, 4),
                       absl::FromUnixMicros(page.IntAt(row, 5))});
    };
    absl::Status fetched = FetchWalk(connection, take);
    if (fetched.ok()) snapshot.commit();
    return fetched;
  });
}

absl::StatusOr<std::vector<std::optional<StoredResource>>> GetPostgresVersions(
    PostgresConnection& connection, const std::vector<VersionKey>& keys) {
  PostgresArray names = PostgresArray::Text(keys.size()), revisions = PostgresArray::Int8(keys.size());
  for (const VersionKey& key : keys) {
    names.Add(std::string_view(key.name));
    revisions.Add(key.revision);
  }
  PostgresParams params;
  params.Array(std::move(names)).Array(std::move(revisions));
  absl::StatusOr<std::vector<WireResult>> pages = connection.Pipeline({{kVersions, &params}}, kReadTimeout);
  if (!pages.ok()) return pages.status();
  std::vector<std::optional<StoredResource>> versions;
  for (int row = 0; row < pages->front().rows(); ++row) versions.push_back(StateAt(pages->front(), row, 0));
  return versions;
}

absl::StatusOr<std::vector<AuditRow>> ReadPostgresAuditOfRevisions(PostgresConnection& connection,
                                                                   int64_t low, int64_t high) {
  std::vector<AuditRow> audit;
  absl::Status status = connection.Run(kReadTimeout, [&](pqxx::connection_base& session) {
    Snapshot snapshot(session);
    const int64_t first = FirstAudit(snapshot, low), end = FirstAudit(snapshot, high + 1);
    for (const pqxx::row& row : Execute(snapshot, kAuditBetween, first, end)) audit.push_back(AuditAt(row));
    snapshot.commit();
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return audit;
}

absl::StatusOr<absl::Time> PostgresTimeOfRevision(PostgresConnection& connection, int64_t revision) {
  absl::Time time = absl::InfinitePast();
  absl::Status status = connection.Run(kReadTimeout, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    const pqxx::result rows = Execute(transaction, kTimeOfRevision, revision);
    if (!rows.empty()) time = absl::FromUnixMicros(rows[0][0].as<int64_t>());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return time;
}

}  // namespace linchpin::store
