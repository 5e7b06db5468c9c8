#include "services/store/postgres/store.h"

#include <chrono>
#include <pqxx/binarystring>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/group.h"
#include "services/store/postgres/history.h"
#include "services/store/postgres/read.h"
#include "services/store/postgres/schema.h"

namespace linchpin::store {
namespace {

// How long a read waits for a free connection.
constexpr absl::Duration kReaderWait = absl::Seconds(5);
// Of a small statement.
constexpr absl::Duration kShort = absl::Seconds(5);
// Of a ping, a new connection included: with the time that a write must have waited, less than a second.
constexpr absl::Duration kPing = absl::Milliseconds(600);
// Of compaction and expiry.
constexpr absl::Duration kLong = absl::Minutes(10);

PostgresOptions WithHelpers(PostgresOptions options, DeadlineThread* deadlines, ServerClock* clock) {
  options.deadlines = deadlines;
  options.clock = clock;
  return options;
}

absl::Status NoCounterRow() { return absl::InternalError("the store has no counter row"); }

// Whether it takes no writes, whether a write that it takes is safe, and whether the role has all rights that
// writing, compaction and leases need; a pair is a table and one such right. Counting so many rows with 64 kB
// of memory makes the server write half a megabyte to a temporary file: a full disk shows there, as
// it would in a table, and nothing has to be cleaned up.
constexpr Sql kWouldWrite = R"sql(
select pg_is_in_recovery() or current_setting('transaction_read_only') = 'on',
  current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
  (select coalesce(bool_and(has_table_privilege(to_regclass(t), p)), false) from (values
    ('store', 'select'), ('store', 'update'),
    ('resource', 'select'), ('resource', 'insert'), ('resource', 'update'), ('resource', 'delete'),
    ('reference', 'select'), ('reference', 'insert'), ('reference', 'delete'),
    ('change', 'select'), ('change', 'insert'), ('change', 'delete'),
    ('request', 'select'), ('request', 'insert'), ('request', 'delete'),
    ('audit', 'select'), ('audit', 'insert'),
    ('lease', 'select'), ('lease', 'insert'), ('lease', 'update')) as needed (t, p)),
  (extract(epoch from clock_timestamp()) * 1000000)::bigint, (select count(*) from generate_series(1, 20000))
from store where id = 1)sql";

absl::Status SetPingMemory(pqxx::connection_base& session) {
  pqxx::nontransaction transaction(session);
  transaction.exec("set work_mem = '64kB'");
  return absl::OkStatus();
}

// Times rise with revisions: halve the kept window until one revision is left.
constexpr Sql kRevisionAt = R"sql(
with recursive search (low, high, middle) as (
  select compacted, revision, (compacted + revision + 1) / 2 from store where id = 1
  union all
  select
    case when (select update_time from change where revision >= middle order by revision limit 1) <= $1
      then middle else low end,
    case when (select update_time from change where revision >= middle order by revision limit 1) <= $1
      then high else middle - 1 end,
    case when (select update_time from change where revision >= middle order by revision limit 1) <= $1
      then (middle + high + 1) / 2 else (low + middle) / 2 end
  from search where low < high
)
select max(low) from search having count(*) > 0)sql";

constexpr Sql kAcquireLease = R"sql(
insert into lease (name, holder, token, expire_time)
values ($1, $2, 1, clock_timestamp() + $3 * interval '1 microsecond')
on conflict (name) do update set
  token = case when lease.holder = excluded.holder and lease.expire_time > clock_timestamp()
    then lease.token else lease.token + 1 end,
  holder = excluded.holder, expire_time = excluded.expire_time
where lease.holder = excluded.holder or lease.expire_time <= clock_timestamp()
returning token, (extract(epoch from expire_time) * 1000000)::bigint)sql";

// A change goes once a later one, not after `before`, has taken its place; a delete goes by itself.
constexpr Sql kForgetReplaced =
    "delete from change old using change new where new.revision <= $1 and new.previous > 0 "
    "and old.revision = new.previous and old.name = new.name";
constexpr Sql kForgetDeleted = "delete from change where deleted and revision <= $1";

}  // namespace

absl::StatusOr<std::unique_ptr<ResourceStore>> PostgresStore::Open(std::string_view conninfo,
                                                                   std::string_view schema,
                                                                   const OpenOptions& options) {
  if (absl::Status status = CheckConnInfo(std::string(conninfo)); !status.ok()) return status;
  PostgresOptions connection;
  connection.conninfo = std::string(conninfo);
  connection.schema = std::string(schema);
  connection.log = options.log;
  auto store = std::unique_ptr<PostgresStore>(new PostgresStore(std::move(connection), options));
  if (absl::Status status = store->Prepare(options.migrate); !status.ok()) return status;
  return store;
}

PostgresStore::PostgresStore(PostgresOptions connection_options, const OpenOptions& options)
    : options_(WithHelpers(std::move(connection_options), &deadlines_, &clock_)),
      read_only_(options.read_only),
      group_options_{.channel = PostgresListener::Channel(options_.schema), .clock = &clock_},
      pool_(options.readers_max, [this] {
        PostgresOptions patient = options_;
        patient.statement_timeout = kLong;
        return PostgresConnection::Connect(patient);
      }) {}

absl::Status PostgresStore::Prepare(bool migrate) {
  if (migrate) {
    // Data definition takes as long as it takes, and waits for locks.
    PostgresOptions patient = options_;
    patient.lock_timeout = absl::ZeroDuration();
    patient.statement_timeout = absl::ZeroDuration();
    absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(patient);
    if (!connection.ok()) return connection.status();
    absl::Status migrated = MigratePostgres(**connection, options_.schema);
    return migrated.ok() ? CheckDurable() : migrated;
  }
  absl::Status status = With([](PostgresConnection& connection) {
    absl::StatusOr<int> version = ReadPostgresSchemaVersion(connection);
    if (!version.ok()) return version.status();
    return CheckSchemaVersion(*version, PostgresSchemaVersion());
  });
  return status.ok() ? CheckDurable() : status;
}

absl::Status PostgresStore::CheckDurable() {
  absl::StatusOr<pqxx::result> off = Query(
      "select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off'", kShort);
  if (!off.ok()) return off.status();
  if (off->empty()) return absl::OkStatus();
  const auto setting = (*off)[0][0].as<std::string>();
  return base::Error(base::reason::UnsafeSettings{.setting = setting},
                     absl::StrCat("PostgreSQL runs with ", setting,
                                  "=off and would lose acknowledged writes in a crash; set it to on"));
}

absl::Status PostgresStore::With(Work work) {
  absl::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    absl::StatusOr<Pool<PostgresConnection>::Handle> connection = pool_.Take(kReaderWait);
    if (!connection.ok()) return connection.status();
    status = work(**connection);
    // A statement that failed within a transaction leaves it open.
    if ((*connection)->in_transaction()) {
      (*connection)->Pipeline({{"rollback"}}, kShort).status().IgnoreError();
    }
    if (!(*connection)->broken()) return status;
    connection->Discard();
  }
  return status;
}

template <typename T>
absl::StatusOr<T> PostgresStore::Value(absl::FunctionRef<absl::StatusOr<T>(PostgresConnection&)> work) {
  absl::StatusOr<T> value;
  absl::Status status = With([&](PostgresConnection& connection) {
    value = work(connection);
    return value.status();
  });
  if (!status.ok()) return status;
  return value;
}

template <typename... Args>
absl::StatusOr<pqxx::result> PostgresStore::Query(Sql sql, absl::Duration timeout, const Args&... args) {
  pqxx::result rows;
  absl::Status status = With([&](PostgresConnection& connection) {
    return connection.Run(timeout, [&](pqxx::connection_base& session) {
      pqxx::nontransaction transaction(session);
      rows = Execute(transaction, sql, args...);
      return absl::OkStatus();
    });
  });
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<StoreInfo> PostgresStore::Info() {
  absl::StatusOr<pqxx::result> rows = Query(
      "select history_id, revision, compacted, (select max(version) from migration), audit_number, "
      "audit_digest "
      "from store where id = 1",
      kShort);
  if (!rows.ok()) return rows.status();
  if (rows->size() != 1) return NoCounterRow();
  const pqxx::row row = (*rows)[0];
  return StoreInfo{row[0].as<std::string>(), row[1].as<int64_t>(), row[2].as<int64_t>(),
                   row[3].as<int>(),         row[4].as<int64_t>(), pqxx::binarystring(row[5]).str()};
}

absl::StatusOr<pqxx::result> PostgresStore::AskQuickly(Sql sql) {
  const auto begin = std::chrono::steady_clock::now();
  const auto left = [begin] { return kPing - absl::FromChrono(std::chrono::steady_clock::now() - begin); };
  absl::StatusOr<pqxx::result> rows = StoreUnavailable();
  // A connection that was idle may have died unnoticed: one attempt on a new one.
  for (int attempt = 0; attempt < 2 && left() > absl::ZeroDuration(); ++attempt) {
    if (pinger_ == nullptr || pinger_->broken()) {
      PostgresOptions quick = options_;
      quick.connect_timeout = left();
      absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(quick);
      if (!connection.ok()) return connection.status();
      pinger_ = *std::move(connection);
      if (absl::Status status = pinger_->Run(left(), SetPingMemory); !status.ok()) return status;
    }
    absl::Status status = pinger_->Run(left(), [&](pqxx::connection_base& session) {
      pqxx::nontransaction transaction(session);
      rows = Execute(transaction, sql);
      return absl::OkStatus();
    });
    if (!status.ok()) rows = status;
    if (!pinger_->broken()) break;
  }
  return rows;
}

absl::Status PostgresStore::Ping() {
  absl::MutexLock lock(&ping_mutex_);
  absl::StatusOr<pqxx::result> rows = AskQuickly(kWouldWrite);
  if (!rows.ok()) return rows.status();
  if (rows->size() != 1) return NoCounterRow();
  const pqxx::row row = (*rows)[0];
  if (row[0].as<bool>()) return StoreUnavailable(StoreCause::kReadOnly);
  if (!row[1].as<bool>()) return StoreUnavailable(StoreCause::kUnsafe);
  if (!row[2].as<bool>()) return StoreUnavailable(StoreCause::kNoPermission);
  clock_.Set(absl::FromUnixMicros(row[3].as<int64_t>()));
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> PostgresStore::ReadClock() {
  absl::StatusOr<pqxx::result> row =
      Query("select (extract(epoch from clock_timestamp()) * 1000000)::bigint", kShort);
  if (!row.ok()) return row.status();
  const absl::Time time = absl::FromUnixMicros((*row)[0][0].as<int64_t>());
  clock_.Set(time);
  return time;
}

absl::StatusOr<int64_t> PostgresStore::Scan(const ScanOptions& options,
                                            absl::FunctionRef<absl::Status(StoredResource)> callback) {
  // Not repeated on another connection once something has been handed out.
  bool begun = false;
  absl::StatusOr<int64_t> revision = 0;
  auto noting = [&](StoredResource resource) {
    begun = true;
    return callback(std::move(resource));
  };
  absl::Status status = With([&](PostgresConnection& connection) {
    if (begun) return StoreUnavailable();
    revision = ScanPostgres(connection, options, noting);
    return revision.status();
  });
  if (!status.ok()) return status;
  return revision;
}

absl::StatusOr<std::optional<StoredResource>> PostgresStore::Get(std::string_view name,
                                                                 std::optional<int64_t> as_of) {
  absl::StatusOr<std::optional<StoredResource>> resource;
  absl::Status status = With([&](PostgresConnection& connection) {
    resource = GetPostgres(connection, name, as_of);
    return resource.status();
  });
  if (!status.ok()) return status;
  return resource;
}

absl::StatusOr<ChangeBatch> PostgresStore::ReadChanges(int64_t after, int64_t limit) {
  absl::StatusOr<ChangeBatch> batch;
  absl::Status status = With([&](PostgresConnection& connection) {
    batch = ReadPostgresChanges(connection, after, limit);
    return batch.status();
  });
  if (!status.ok()) return status;
  return batch;
}

std::unique_ptr<Subscription> PostgresStore::Subscribe(std::function<void(int64_t)> wake) {
  std::unique_ptr<Subscription> subscription = subscribers_.Add(std::move(wake));
  absl::call_once(listening_,
                  [this] { listener_ = std::make_unique<PostgresListener>(options_, subscribers_); });
  return subscription;
}

absl::Status PostgresStore::Compact(int64_t before) {
  absl::StatusOr<StoreInfo> info = Info();
  if (!info.ok()) return info.status();
  if (before <= info->oldest_revision) return absl::OkStatus();
  absl::Status status = CheckReadable(before, info->oldest_revision, info->revision);
  if (!status.ok()) return status;
  // The mark first, in a transaction of its own: the counter is not kept locked while rows are deleted.
  // Should the rest fail, the next compaction does it.
  status =
      Query("update store set compacted = greatest(compacted, $1) where id = 1", kShort, before).status();
  if (!status.ok()) return status;
  return With([&](PostgresConnection& connection) {
    return connection.Run(kLong, [&](pqxx::connection_base& session) {
      pqxx::work transaction(session);
      Execute(transaction, kForgetReplaced, before);
      Execute(transaction, kForgetDeleted, before);
      transaction.commit();
      return absl::OkStatus();
    });
  });
}

absl::StatusOr<int64_t> PostgresStore::RevisionAt(absl::Time time) {
  absl::StatusOr<pqxx::result> rows = Query(kRevisionAt, kShort, absl::ToUnixMicros(time));
  if (!rows.ok()) return rows.status();
  if (rows->size() != 1) return NoCounterRow();
  return (*rows)[0][0].as<int64_t>();
}

absl::Status PostgresStore::ReadDifference(int64_t older, int64_t newer,
                                           absl::FunctionRef<absl::Status(Difference)> callback) {
  // Not repeated on another connection once something has been handed out; nor below.
  bool begun = false;
  const auto noting = [&](Difference difference) {
    begun = true;
    return callback(std::move(difference));
  };
  return With([&](PostgresConnection& connection) {
    return begun ? StoreUnavailable() : ReadPostgresDifference(connection, older, newer, noting);
  });
}

absl::Status PostgresStore::ReadHistory(const HistoryQuery& query,
                                        absl::FunctionRef<bool(const HistoryEntry&)> callback) {
  bool begun = false;
  const auto noting = [&](const HistoryEntry& entry) {
    begun = true;
    return callback(entry);
  };
  return With([&](PostgresConnection& connection) {
    return begun ? StoreUnavailable() : ReadPostgresHistory(connection, query, noting);
  });
}

absl::StatusOr<std::vector<std::optional<StoredResource>>> PostgresStore::GetVersions(
    const std::vector<VersionKey>& keys) {
  return Value<std::vector<std::optional<StoredResource>>>(
      [&](PostgresConnection& connection) { return GetPostgresVersions(connection, keys); });
}

absl::StatusOr<std::vector<AuditRow>> PostgresStore::ReadAuditOfRevisions(int64_t low, int64_t high) {
  return Value<std::vector<AuditRow>>(
      [&](PostgresConnection& connection) { return ReadPostgresAuditOfRevisions(connection, low, high); });
}

absl::StatusOr<absl::Time> PostgresStore::TimeOfRevision(int64_t revision) {
  return Value<absl::Time>(
      [&](PostgresConnection& connection) { return PostgresTimeOfRevision(connection, revision); });
}

absl::StatusOr<int64_t> PostgresStore::ExpireRequests(absl::Time before) {
  absl::StatusOr<pqxx::result> result =
      Query("delete from request where time < $1", kLong, absl::ToUnixMicros(before));
  if (!result.ok()) return result.status();
  return static_cast<int64_t>(result->affected_rows());
}

absl::StatusOr<std::vector<AuditRow>> PostgresStore::ReadAudit(int64_t after, int64_t limit) {
  absl::StatusOr<std::vector<AuditRow>> rows;
  absl::Status status = With([&](PostgresConnection& connection) {
    rows = ReadPostgresAudit(connection, after, limit);
    return rows.status();
  });
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<Lease> PostgresStore::AcquireLease(std::string_view name, std::string_view holder,
                                                  absl::Duration ttl) {
  absl::StatusOr<pqxx::result> rows =
      Query(kAcquireLease, kShort, std::string(name), std::string(holder), absl::ToInt64Microseconds(ttl));
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return LeaseHeld(name);
  return Lease{std::string(name), std::string(holder), (*rows)[0][0].as<int64_t>(),
               absl::FromUnixMicros((*rows)[0][1].as<int64_t>())};
}

absl::Status PostgresStore::ReleaseLease(const Lease& lease) {
  return Query("update lease set expire_time = to_timestamp(0) where name = $1 and token = $2", kShort,
               lease.name, lease.token)
      .status();
}

absl::Status PostgresStore::RenewHistory() {
  return Query("update store set history_id = $1 where id = 1", kShort, NewHistoryId()).status();
}

absl::Status PostgresStore::EnsureWriter() {
  if (read_only_) return StoreUnavailable(StoreCause::kReadOnly);
  if (writer_ != nullptr && !writer_->broken()) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(options_);
  if (!connection.ok()) return connection.status();
  writer_ = *std::move(connection);
  progress_ = {};
  absl::MutexLock lock(&writer_socket_mutex_);
  writer_socket_ = writer_->socket();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<GroupTransaction>> PostgresStore::BeginGroup(int64_t head_revision) {
  absl::StatusOr<std::unique_ptr<GroupTransaction>> group = StoreUnavailable();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool fresh = writer_ == nullptr || writer_->broken();
    if (absl::Status status = EnsureWriter(); !status.ok()) return status;
    // The head has seen writes of others: what we know of the counters is old.
    if (progress_.counters && progress_.counters->revision != head_revision) progress_.counters.reset();
    group = PostgresGroup::Begin(*writer_, group_options_, &progress_);
    // A connection that was idle may have died unnoticed: one attempt on a new one.
    if (group.ok() || fresh || !writer_->broken()) break;
  }
  return group;
}

void PostgresStore::AbandonGroup() {
  absl::MutexLock lock(&writer_socket_mutex_);
  if (writer_socket_ != nullptr) writer_socket_->Shut();
}

}  // namespace linchpin::store
