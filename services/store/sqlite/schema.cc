#include "services/store/sqlite/schema.h"

#include <array>
#include <string>

#include "absl/strings/numbers.h"
#include "services/store/port/history_id.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {
namespace {

// Times are microseconds since 1970. Version n is the n-th entry; an entry never changes once released.
constexpr std::array kVersions = {Sql(R"sql(
create table store (
  id integer primary key check (id = 1),
  history_id text not null,
  revision integer not null,
  audit_number integer not null,
  compacted integer not null,
  time integer not null
) strict;
insert into store values (1, '', 0, 0, 0, 0);

create table resource (
  name text not null primary key,
  kind text not null,
  revision integer not null,
  create_time integer not null,
  update_time integer not null,
  body blob not null
) strict, without rowid;

create table reference (
  target text not null references resource (name) deferrable initially deferred,
  source text not null,
  primary key (target, source)
) strict, without rowid;

create table change (
  revision integer not null,
  name text not null,
  kind text not null,
  deleted integer not null,
  previous integer not null,
  create_time integer not null,
  update_time integer not null,
  body blob not null,
  primary key (revision, name)
) strict, without rowid;

create table request (
  principal text not null,
  method text not null,
  request_id text not null,
  digest blob not null,
  outcome blob not null,
  revision integer not null,
  time integer not null,
  changed integer not null,
  primary key (principal, method, request_id)
) strict, without rowid;

create table audit (
  number integer primary key,
  time integer not null,
  principal text not null,
  method text not null,
  request_id text not null,
  target text not null,
  code integer not null,
  reason text not null,
  revision integer not null,
  writer integer not null
) strict;

create table lease (
  name text not null primary key,
  holder text not null,
  token integer not null,
  expire_time integer not null
) strict, without rowid;
)sql"),
                                  // The chain of the audit. Rows that are there stay outside of it.
                                  Sql(R"sql(
alter table audit add column previous blob not null default x'';
alter table audit add column digest blob not null default x'';
alter table store add column audit_digest blob not null default x'';
)sql")};

// One version, in the transaction that the caller has begun.
absl::Status ApplyVersion(SqliteDatabase& database, int version) {
  if (absl::Status status = database.Execute(kVersions[version - 1]); !status.ok()) return status;
  const std::string history_id = NewHistoryId();
  absl::StatusOr<SqliteStatement> name =
      database.Prepare("update store set history_id = ?1 where id = 1 and history_id = ''");
  if (!name.ok()) return name.status();
  if (absl::Status status = name->Text(history_id).Run(); !status.ok()) return status;
  absl::StatusOr<SqliteStatement> record = database.Prepare("insert into migration (version) values (?1)");
  if (!record.ok()) return record.status();
  return record->Int(version).Run();
}

}  // namespace

int SqliteSchemaVersion() { return static_cast<int>(kVersions.size()); }

absl::StatusOr<int> ReadSqliteSchemaVersion(SqliteDatabase& database) {
  absl::StatusOr<std::string> exists =
      database.QueryText("select count(*) from sqlite_schema where type = 'table' and name = 'migration'");
  if (!exists.ok()) return exists.status();
  if (*exists == "0") return 0;
  absl::StatusOr<std::string> version = database.QueryText("select coalesce(max(version), 0) from migration");
  if (!version.ok()) return version.status();
  int number = 0;
  if (!absl::SimpleAtoi(*version, &number)) return absl::InternalError("the schema version cannot be read");
  return number;
}

absl::Status MigrateSqlite(SqliteDatabase& database) {
  while (true) {
    if (absl::Status status = database.Execute("begin immediate"); !status.ok()) return status;
    absl::Status status =
        database.Execute("create table if not exists migration (version integer primary key) strict");
    absl::StatusOr<int> version = ReadSqliteSchemaVersion(database);
    if (status.ok()) status = version.status();
    bool done = version.ok() && *version >= SqliteSchemaVersion();
    if (status.ok() && !done) status = ApplyVersion(database, *version + 1);
    if (status.ok()) status = database.Execute("commit");
    if (!status.ok()) {
      if (database.in_transaction()) database.Execute("rollback").IgnoreError();
      return status;
    }
    if (done) return CheckSchemaVersion(*version, SqliteSchemaVersion());
  }
}

}  // namespace linchpin::store
