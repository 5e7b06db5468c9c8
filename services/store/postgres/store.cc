#include "services/store/postgres/store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/group.h"
#include "services/store/postgres/read.h"
#include "services/store/postgres/schema.h"

namespace linchpin::store {
namespace {

// How long a read waits for a free connection.
constexpr absl::Duration kReaderWait = absl::Seconds(5);
// Of a small statement.
constexpr absl::Duration kShort = absl::Seconds(5);
// Of a ping, a new connection included: with the time that a write must have waited, less than a second.
constexpr absl::Duration kPing = absl::Milliseconds(700);
// Of compaction and expiry.
constexpr absl::Duration kLong = absl::Minutes(10);

}  // namespace

absl::StatusOr<std::unique_ptr<ResourceStore>> PostgresStore::Open(std::string_view conninfo,
                                                                   std::string_view schema,
                                                                   const OpenOptions& options) {
  PostgresOptions connection;
  connection.conninfo = std::string(conninfo);
  connection.schema = std::string(schema);
  connection.log = options.log;
  auto store = std::unique_ptr<PostgresStore>(new PostgresStore(std::move(connection), options));
  if (absl::Status status = store->Prepare(options.migrate); !status.ok()) return status;
  return store;
}

PostgresStore::PostgresStore(PostgresOptions connection_options, const OpenOptions& options)
    : options_(std::move(connection_options)),
      group_options_{.channel = PostgresListener::Channel(options_.schema)},
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
    return MigratePostgres(**connection, options_.schema);
  }
  return With([](PostgresConnection& connection) {
    absl::StatusOr<int> version = ReadPostgresSchemaVersion(connection);
    if (!version.ok()) return version.status();
    return CheckSchemaVersion(*version, PostgresSchemaVersion());
  });
}

absl::Status PostgresStore::With(Work work) {
  absl::Status status;
  for (int attempt = 0; attempt < 2; ++attempt) {
    absl::StatusOr<Pool<PostgresConnection>::Handle> connection = pool_.Take(kReaderWait);
    if (!connection.ok()) return connection.status();
    status = work(**connection);
    // A statement that failed within a transaction leaves it open.
    if ((*connection)->in_transaction()) (*connection)->Run({{"rollback"}}, kShort).status().IgnoreError();
    if (!(*connection)->broken()) return status;
    connection->Discard();
  }
  return status;
}

absl::StatusOr<PostgresResult> PostgresStore::Query(Sql sql, const PostgresParams& params) {
  std::optional<PostgresResult> result;
  absl::Status status = With([&](PostgresConnection& connection) {
    absl::StatusOr<PostgresResult> answer = connection.Run(sql, params, kShort);
    if (answer.ok()) result = *std::move(answer);
    return answer.status();
  });
  if (!status.ok()) return status;
  return *std::move(result);
}

absl::StatusOr<StoreInfo> PostgresStore::Info() {
  PostgresParams none;
  absl::StatusOr<PostgresResult> row = Query(
      "select history_id, revision, compacted, (select max(version) from migration) from store where id = 1",
      none);
  if (!row.ok()) return row.status();
  if (row->rows() != 1) return absl::InternalError("the store has no counter row");
  return StoreInfo{row->StringAt(0, 0), row->IntAt(0, 1), row->IntAt(0, 2),
                   static_cast<int>(row->IntAt(0, 3))};
}

absl::StatusOr<PostgresResult> PostgresStore::AskQuickly(Sql sql) {
  const auto begin = std::chrono::steady_clock::now();
  const auto left = [begin] { return kPing - absl::FromChrono(std::chrono::steady_clock::now() - begin); };
  PostgresParams none;
  absl::StatusOr<PostgresResult> row = StoreUnavailable();
  // A connection that was idle may have died unnoticed: one attempt on a new one.
  for (int attempt = 0; attempt < 2 && left() > absl::ZeroDuration(); ++attempt) {
    if (pinger_ == nullptr || pinger_->broken()) {
      PostgresOptions quick = options_;
      quick.connect_timeout = left();
      absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(quick);
      if (!connection.ok()) return connection.status();
      pinger_ = *std::move(connection);
    }
    row = pinger_->Run(sql, none, left());
    if (!pinger_->broken()) break;
  }
  return row;
}

absl::Status PostgresStore::Ping() {
  absl::MutexLock lock(&ping_mutex_);
  absl::StatusOr<PostgresResult> row = AskQuickly(
      "select pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' from store "
      "where id = 1");
  if (!row.ok()) return row.status();
  return row->rows() == 1 && row->IntAt(0, 0) == 0 ? absl::OkStatus() : StoreReadOnly();
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
  PostgresParams params;
  params.Int8(before);
  // The mark first, in a transaction of its own: the counter is not kept locked while rows are deleted.
  // Should the rest fail, the next compaction does it.
  status = Query("update store set compacted = greatest(compacted, $1) where id = 1", params).status();
  if (!status.ok()) return status;
  // A change goes once a later one, not after `before`, has taken its place; a delete goes by itself.
  return With([&](PostgresConnection& connection) {
    return connection
        .Run({{"delete from change old using change new where new.revision <= $1 and new.previous > 0 "
               "and old.revision = new.previous and old.name = new.name",
               &params},
              {"delete from change where deleted and revision <= $1", &params}},
             kLong)
        .status();
  });
}

absl::StatusOr<int64_t> PostgresStore::RevisionAt(absl::Time time) {
  PostgresParams params;
  params.Int8(absl::ToUnixMicros(time));
  // Times rise with revisions: halve the kept window until one revision is left.
  absl::StatusOr<PostgresResult> row = Query(R"sql(
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
select max(low) from search having count(*) > 0)sql",
                                             params);
  if (!row.ok()) return row.status();
  if (row->rows() != 1) return absl::InternalError("the store has no counter row");
  return row->IntAt(0, 0);
}

absl::StatusOr<int64_t> PostgresStore::ExpireRequests(absl::Time before) {
  PostgresParams params;
  params.Int8(absl::ToUnixMicros(before));
  int64_t count = 0;
  absl::Status status = With([&](PostgresConnection& connection) {
    absl::StatusOr<PostgresResult> result = connection.Run(
        "with gone as (delete from request where time < $1 returning 1) select count(*) from gone", params,
        kLong);
    if (result.ok()) count = result->IntAt(0, 0);
    return result.status();
  });
  if (!status.ok()) return status;
  return count;
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
  PostgresParams params;
  params.Text(name).Text(holder).Int8(absl::ToInt64Microseconds(ttl));
  absl::StatusOr<PostgresResult> row = Query(
      "insert into lease (name, holder, token, expire_time) "
      "values ($1, $2, 1, clock_timestamp() + $3 * interval '1 microsecond') "
      "on conflict (name) do update set "
      "token = case when lease.holder = excluded.holder and lease.expire_time > clock_timestamp() "
      "then lease.token else lease.token + 1 end, "
      "holder = excluded.holder, expire_time = excluded.expire_time "
      "where lease.holder = excluded.holder or lease.expire_time <= clock_timestamp() "
      "returning token, (extract(epoch from expire_time) * 1000000)::bigint",
      params);
  if (!row.ok()) return row.status();
  if (row->rows() == 0) return LeaseHeld(name);
  return Lease{std::string(name), std::string(holder), row->IntAt(0, 0),
               absl::FromUnixMicros(row->IntAt(0, 1))};
}

absl::Status PostgresStore::ReleaseLease(const Lease& lease) {
  PostgresParams params;
  params.Text(lease.name).Int8(lease.token);
  return Query("update lease set expire_time = to_timestamp(0) where name = $1 and token = $2", params)
      .status();
}

absl::Status PostgresStore::RenewHistory() {
  const std::string history_id = NewHistoryId();
  PostgresParams params;
  params.Text(history_id);
  return Query("update store set history_id = $1 where id = 1", params).status();
}

absl::StatusOr<std::unique_ptr<GroupTransaction>> PostgresStore::BeginGroup(int64_t head_revision) {
  absl::StatusOr<std::unique_ptr<GroupTransaction>> group = StoreUnavailable();
  for (int attempt = 0; attempt < 2; ++attempt) {
    const bool fresh = writer_ == nullptr || writer_->broken();
    if (fresh) {
      absl::StatusOr<std::unique_ptr<PostgresConnection>> connection = PostgresConnection::Connect(options_);
      if (!connection.ok()) return connection.status();
      writer_ = *std::move(connection);
      progress_ = {};
    }
    // The head has seen writes of others: what we know of the counters is old.
    if (progress_.counters && progress_.counters->revision != head_revision) progress_.counters.reset();
    group = PostgresGroup::Begin(*writer_, group_options_, &progress_);
    // A connection that was idle may have died unnoticed: one attempt on a new one.
    if (group.ok() || fresh || !writer_->broken()) break;
  }
  return group;
}

}  // namespace linchpin::store
