#include "services/store/postgres/schema.h"

#include <array>
#include <pqxx/nontransaction>
#include <pqxx/transaction>
#include <string>

#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

constexpr absl::Duration kShort = absl::Seconds(10);
// Of all versions on a large database.
constexpr absl::Duration kLong = absl::Hours(4);

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
)sql"),
                                  // The chain of the audit. Rows that are there stay outside of it.
                                  Sql(R"sql(
alter table audit add column previous bytea not null default '', add column digest bytea not null default '';
alter table store add column audit_digest bytea not null default '';
)sql")};

// Any constant does, as long as it stays the same: one migration at a time in one database.
constexpr Sql kLockMigrations = "select pg_advisory_xact_lock(7594203118446721)";

int VersionIn(pqxx::transaction_base& transaction) {
  // Without the schema there is no current one, and the answer is null.
  const pqxx::result exists =
      transaction.exec("select to_regclass(current_schema() || '.migration') is not null");
  if (exists.empty() || !exists[0][0].as<bool>(false)) return 0;
  return transaction.exec1("select coalesce(max(version), 0) from migration")[0].as<int>();
}

void ApplyVersion(pqxx::transaction_base& transaction, int version) {
  transaction.exec(kVersions[version - 1].text());
  transaction.exec_params("update store set history_id = $1 where id = 1 and history_id = ''",
                          NewHistoryId());
  transaction.exec_params("insert into migration (version) values ($1)", version);
}

// The next version, in one transaction. True if there was nothing left to do.
bool ApplyNext(pqxx::connection_base& session, const std::string& schema) {
  pqxx::work transaction(session);
  transaction.exec(kLockMigrations.text());
  transaction.exec("create schema if not exists " + transaction.quote_name(schema));
  transaction.exec("create table if not exists migration (version bigint primary key)");
  const int version = VersionIn(transaction);
  const bool done = version >= PostgresSchemaVersion();
  if (!done) ApplyVersion(transaction, version + 1);
  transaction.commit();
  return done;
}

}  // namespace

int PostgresSchemaVersion() { return static_cast<int>(kVersions.size()); }

absl::StatusOr<int> ReadPostgresSchemaVersion(PostgresConnection& connection) {
  int version = 0;
  absl::Status status = connection.Run(kShort, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    version = VersionIn(transaction);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return version;
}

absl::Status MigratePostgres(PostgresConnection& connection, std::string_view schema) {
  absl::StatusOr<int> version = ReadPostgresSchemaVersion(connection);
  if (!version.ok()) return version.status();
  if (*version < PostgresSchemaVersion()) {
    absl::Status status = connection.Run(kLong, [&](pqxx::connection_base& session) {
      while (!ApplyNext(session, std::string(schema))) continue;
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    version = ReadPostgresSchemaVersion(connection);
    if (!version.ok()) return version.status();
  }
  return CheckSchemaVersion(*version, PostgresSchemaVersion());
}

}  // namespace linchpin::store
