#include "services/store/sqlite/group.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/clock.h"
#include "services/store/sqlite/read.h"

namespace linchpin::store {
namespace {

// Column order of `change`, of which `resource` has a part.
void BindResource(SqliteStatement& statement, const StoredResource& resource) {
  statement.Text(resource.name).Text(resource.kind).Int(resource.revision);
  statement.Int(absl::ToUnixMicros(resource.create_time)).Int(absl::ToUnixMicros(resource.update_time));
  statement.Blob(resource.body);
}

// As their table is ordered. A batch names few targets from many sources: by source it would touch pages all
// over the table, more than the page cache holds, and each would be written and read again and again.
std::vector<const ReferenceRow*> InKeyOrder(std::initializer_list<const std::vector<ReferenceRow>*> lists) {
  std::vector<const ReferenceRow*> ordered;
  for (const std::vector<ReferenceRow>* list : lists) {
    for (const ReferenceRow& row : *list) ordered.push_back(&row);
  }
  std::sort(ordered.begin(), ordered.end(), [](const ReferenceRow* a, const ReferenceRow* b) {
    return std::tie(a->target, a->source) < std::tie(b->target, b->source);
  });
  return ordered;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GroupTransaction>> SqliteGroup::Begin(absl::Mutex& mutex,
                                                                     SqliteDatabase& database,
                                                                     std::function<void(int64_t)> committed) {
  auto group = std::unique_ptr<SqliteGroup>(new SqliteGroup(mutex, database, std::move(committed)));
  if (absl::Status status = database.Execute("begin immediate"); !status.ok()) return status;
  absl::StatusOr<SqliteHead> head = ReadSqliteHead(database);
  if (!head.ok()) return head.status();
  group->counters_ = head->counters;
  return group;
}

SqliteGroup::SqliteGroup(absl::Mutex& mutex, SqliteDatabase& database, std::function<void(int64_t)> committed)
    : mutex_(mutex), database_(database), committed_(std::move(committed)) {
  mutex_.Lock();
}

SqliteGroup::~SqliteGroup() {
  if (database_.in_transaction()) database_.Execute("rollback").IgnoreError();
  mutex_.Unlock();
  if (notify_ > 0) committed_(notify_);
}

absl::StatusOr<ChangeBatch> SqliteGroup::ReadChanges(int64_t after, int64_t limit) {
  return ReadSqliteChanges(database_, after, limit);
}

absl::StatusOr<std::vector<RequestRecord>> SqliteGroup::FindRequests(const std::vector<RequestKey>& keys) {
  std::vector<RequestRecord> records;
  for (const RequestKey& key : keys) {
    absl::StatusOr<SqliteStatement> statement = database_.Prepare(
        "select digest, outcome, revision, time, changed from request "
        "where principal = ?1 and method = ?2 and request_id = ?3");
    if (!statement.ok()) return statement.status();
    absl::StatusOr<bool> row = statement->Text(key.principal).Text(key.method).Text(key.request_id).Step();
    if (!row.ok()) return row.status();
    if (!*row) continue;
    records.push_back({key, statement->StringAt(0), statement->StringAt(1), statement->IntAt(2),
                       absl::FromUnixMicros(statement->IntAt(3)), statement->IntAt(4) != 0});
  }
  return records;
}

absl::StatusOr<int64_t> SqliteGroup::LeaseToken(std::string_view lease) {
  absl::StatusOr<SqliteStatement> statement =
      database_.Prepare("select token from lease where name = ?1 and expire_time > ?2");
  if (!statement.ok()) return statement.status();
  absl::StatusOr<bool> row = statement->Text(lease).Int(absl::ToUnixMicros(absl::Now())).Step();
  if (!row.ok()) return row.status();
  return *row ? statement->IntAt(0) : 0;
}

absl::StatusOr<bool> SqliteGroup::WasCommitted(const GroupMark& mark) {
  absl::StatusOr<SqliteStatement> statement =
      database_.Prepare("select 1 from audit where number = ?1 and writer = ?2");
  if (!statement.ok()) return statement.status();
  return statement->Int(mark.audit_number).Int(mark.writer).Step();
}

absl::Status SqliteGroup::Commit(const GroupRows& rows, int64_t writer,
                                 const std::function<void()>& handed_over) {
  if (absl::Status status = Write(rows, writer); !status.ok()) return status;
  handed_over();
  absl::Status status = database_.Execute("commit");
  if (status.ok()) {
    if (rows.revision > counters_.revision) notify_ = rows.revision;
    return status;
  }
  // A refusal (a foreign key) leaves the transaction open. An input or output error may have come after the
  // frames were written: until they are written over, a crash could still bring them back.
  if (absl::IsUnavailable(status)) return absl::UnknownError("the commit was not confirmed");
  return status;
}

absl::Status SqliteGroup::Write(const GroupRows& rows, int64_t writer) {
  absl::Status status = WriteResources(rows);
  if (status.ok()) status = WriteReferences(rows);
  if (status.ok()) status = WriteChanges(rows);
  if (status.ok()) status = WriteRequests(rows);
  if (status.ok()) status = WriteAudit(rows, writer);
  if (status.ok()) status = WriteCounters(rows);
  return status;
}

absl::Status SqliteGroup::WriteResources(const GroupRows& rows) {
  absl::StatusOr<SqliteStatement> put = database_.Prepare(
      "insert into resource (name, kind, revision, create_time, update_time, body) values (?1, ?2, ?3, ?4, "
      "?5, ?6) on conflict (name) do update set kind = excluded.kind, revision = excluded.revision, "
      "create_time = excluded.create_time, update_time = excluded.update_time, body = excluded.body");
  if (!put.ok()) return put.status();
  absl::StatusOr<SqliteStatement> remove = database_.Prepare("delete from resource where name = ?1");
  if (!remove.ok()) return remove.status();
  for (const ChangeRow& row : rows.changes) {
    if (!row.final) continue;
    absl::Status status;
    if (row.change.deleted) {
      status = remove->Text(row.change.resource.name).Run();
    } else {
      BindResource(*put, row.change.resource);
      status = put->Run();
    }
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteGroup::WriteReferences(const GroupRows& rows) {
  absl::StatusOr<SqliteStatement> remove =
      database_.Prepare("delete from reference where target = ?1 and source = ?2");
  if (!remove.ok()) return remove.status();
  for (const ReferenceRow& row : rows.removed) {
    if (absl::Status status = remove->Text(row.target).Text(row.source).Run(); !status.ok()) return status;
  }
  absl::StatusOr<SqliteStatement> add =
      database_.Prepare("insert into reference (target, source) values (?1, ?2) on conflict do nothing");
  if (!add.ok()) return add.status();
  for (const ReferenceRow* row : InKeyOrder({&rows.added, &rows.ensured})) {
    if (absl::Status status = add->Text(row->target).Text(row->source).Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteGroup::WriteChanges(const GroupRows& rows) {
  absl::StatusOr<SqliteStatement> add = database_.Prepare(
      "insert into change (name, kind, revision, create_time, update_time, body, deleted, previous) "
      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!add.ok()) return add.status();
  for (const ChangeRow& row : rows.changes) {
    BindResource(*add, row.change.resource);
    add->Int(row.change.deleted ? 1 : 0).Int(row.change.previous_revision);
    if (absl::Status status = add->Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteGroup::WriteRequests(const GroupRows& rows) {
  absl::StatusOr<SqliteStatement> add = database_.Prepare(
      "insert into request (principal, method, request_id, digest, outcome, revision, time, changed) "
      "values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
  if (!add.ok()) return add.status();
  for (const RequestRecord& row : rows.requests) {
    add->Text(row.key.principal).Text(row.key.method).Text(row.key.request_id);
    add->Blob(row.digest).Blob(row.outcome).Int(row.revision);
    add->Int(absl::ToUnixMicros(row.time)).Int(row.changed ? 1 : 0);
    if (absl::Status status = add->Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteGroup::WriteAudit(const GroupRows& rows, int64_t writer) {
  absl::StatusOr<SqliteStatement> add = database_.Prepare(
      "insert into audit (number, time, principal, method, request_id, target, code, reason, revision, "
      "writer, previous, digest) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
  if (!add.ok()) return add.status();
  for (const AuditRow& row : rows.audit) {
    add->Int(row.number).Int(absl::ToUnixMicros(row.time)).Text(row.principal).Text(row.method);
    add->Text(row.request_id).Text(row.target).Int(row.code).Text(row.reason).Int(row.revision).Int(writer);
    add->Blob(row.previous).Blob(row.digest);
    absl::Status status = add->Run();
    // Only a request id may be taken already; a number of the audit never is.
    if (absl::IsAlreadyExists(status)) return absl::InternalError("an audit number is taken");
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status SqliteGroup::WriteCounters(const GroupRows& rows) {
  absl::StatusOr<SqliteStatement> update = database_.Prepare(
      "update store set revision = ?1, audit_number = ?2, time = ?3, audit_digest = ?4 "
      "where id = 1");
  if (!update.ok()) return update.status();
  update->Int(rows.revision).Int(rows.audit_number).Int(absl::ToUnixMicros(rows.time));
  return update->Blob(rows.audit_digest).Run();
}

}  // namespace linchpin::store
