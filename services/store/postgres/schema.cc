#include "services/store/postgres/schema.h"

#include <array>
#include <string>

#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

constexpr absl::Duration kShort = absl::Seconds(10);
// Of one version on a large database.
constexpr absl::Duration kLong = absl::Hours(1);

// Names are compared bytewise, as everywhere else, which is also the fastest. Times are microseconds since
// 1970. There is no foreign key on reference.source: the row is written with its source, in one statement,
// and the key would cost a fifth of the throughput. The page of the counter is left free for its updates.
// Version n is the n-th entry; an entry never changes once released.
constexpr std::array kVersions = {Sql(R"sql(
create table store (
  id int primary key check (id = 1),
  history_id text not null,
  revision bigint not null,
  audit_number bigint not null,
  compacted bigint not null,
  time bigint not null
) with (fillfactor = 10);
insert into store values (1, '', 0, 0, 0, 0);

create table resource (
  name text collate "C" primary key,
  kind text collate "C" not null,
  revision bigint not null,
  create_time bigint not null,
  update_time bigint not null,
  body bytea not null,
  document jsonb
);

create view documents as
  select name, kind, revision, to_timestamp(create_time / 1000000.0) as create_time,
    to_timestamp(update_time / 1000000.0) as update_time, document
  from resource;

create table reference (
  target text collate "C" not null references resource (name),
  source text collate "C" not null,
  primary key (target, source)
);

create table change (
  revision bigint not null,
  name text collate "C" not null,
  kind text collate "C" not null,
  deleted boolean not null,
  previous bigint not null,
  create_time bigint not null,
  update_time bigint not null,
  body bytea not null,
  primary key (revision, name)
);

create table request (
  principal text collate "C" not null,
  method text collate "C" not null,
  request_id text collate "C" not null,
  digest bytea not null,
  outcome bytea not null,
  revision bigint not null,
  time bigint not null,
  changed boolean not null,
  constraint request_pkey primary key (request_id, method, principal)
);

create table audit (
  number bigint primary key,
  time bigint not null,
  principal text collate "C" not null,
  method text collate "C" not null,
  request_id text collate "C" not null,
  target text collate "C" not null,
  code bigint not null,
  reason text collate "C" not null,
  revision bigint not null,
  writer bigint not null
);

create table lease (
  name text collate "C" primary key,
  holder text collate "C" not null,
  token bigint not null,
  expire_time timestamptz not null
);
)sql")};

// The names are those that OpenStore admits.
absl::Status CreateSchema(PostgresConnection& connection, std::string_view schema) {
  if (schema == "inventory") return connection.RunScript("create schema if not exists inventory", kShort);
  if (schema == "policy") return connection.RunScript("create schema if not exists policy", kShort);
  if (schema == "risk") return connection.RunScript("create schema if not exists risk", kShort);
  return absl::InvalidArgumentError("no such schema");
}

absl::Status ApplyVersion(PostgresConnection& connection, int version) {
  absl::Status status = connection.RunScript(kVersions[version - 1], kLong);
  if (!status.ok()) return status;
  const std::string history_id = NewHistoryId();
  PostgresParams history;
  history.Text(history_id);
  PostgresParams number;
  number.Int8(version);
  return connection
      .Run({{"update store set history_id = $1 where id = 1 and history_id = ''", &history},
            {"insert into migration (version) values ($1)", &number}},
           kShort)
      .status();
}

// Within a transaction that the caller ends. True if there was nothing left to do.
absl::StatusOr<bool> ApplyNext(PostgresConnection& connection, std::string_view schema) {
  // Any constant does, as long as it stays the same: one migration at a time in one database.
  PostgresParams none;
  absl::Status status =
      connection.Run("select pg_advisory_xact_lock(7594203118446721)", none, kLong).status();
  if (status.ok()) status = CreateSchema(connection, schema);
  if (status.ok()) {
    status =
        connection.RunScript("create table if not exists migration (version bigint primary key)", kShort);
  }
  if (!status.ok()) return status;
  absl::StatusOr<int> version = ReadPostgresSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version >= PostgresSchemaVersion()) return true;
  status = ApplyVersion(connection, *version + 1);
  if (!status.ok()) return status;
  return false;
}

}  // namespace

int PostgresSchemaVersion() { return static_cast<int>(kVersions.size()); }

absl::StatusOr<int> ReadPostgresSchemaVersion(PostgresConnection& connection) {
  PostgresParams none;
  absl::StatusOr<PostgresResult> exists =
      connection.Run("select to_regclass(current_schema() || '.migration') is not null", none, kShort);
  if (!exists.ok()) return exists.status();
  // Without the schema there is no current one, and the answer is null.
  if (exists->rows() == 0 || exists->IntAt(0, 0) == 0) return 0;
  absl::StatusOr<PostgresResult> version =
      connection.Run("select coalesce(max(version), 0) from migration", none, kShort);
  if (!version.ok()) return version.status();
  return static_cast<int>(version->IntAt(0, 0));
}

absl::Status MigratePostgres(PostgresConnection& connection, std::string_view schema) {
  absl::StatusOr<int> version = ReadPostgresSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version >= PostgresSchemaVersion()) return CheckSchemaVersion(*version, PostgresSchemaVersion());
  bool done = false;
  while (!done) {
    if (absl::Status status = connection.RunScript("begin", kShort); !status.ok()) return status;
    absl::StatusOr<bool> finished = ApplyNext(connection, schema);
    if (!finished.ok()) {
      connection.RunScript("rollback", kShort).IgnoreError();
      return finished.status();
    }
    if (absl::Status status = connection.RunScript("commit", kShort); !status.ok()) return status;
    done = *finished;
  }
  version = ReadPostgresSchemaVersion(connection);
  if (!version.ok()) return version.status();
  return CheckSchemaVersion(*version, PostgresSchemaVersion());
}

}  // namespace linchpin::store
