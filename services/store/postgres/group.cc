#include "services/store/postgres/group.h"

#include <chrono>
#include <pqxx/nontransaction>

#include "absl/strings/str_cat.h"
#include "services/store/port/store_error.h"
#include "services/store/postgres/read.h"

namespace linchpin::store {
namespace {

// After another process was found to write too, this many groups lock the counter beforehand: comparing it
// would fail too often.
constexpr int kLockedGroups = 64;

// As long as this is written by nobody else, the counter row tells whether a group is still what it was
// decided to be; and no group is written while a crash would lose it.
constexpr Sql kHeadLocked = R"sql(
select history_id, revision, audit_number, audit_digest, time,
  current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on',
  (extract(epoch from clock_timestamp()) * 1000000)::bigint
from store where id = 1 for update)sql";

// All tables at once, if the counters are where they were when the group was decided; else nothing. Every
// part asks `counted` first, so that whoever lost a race writes not even a row. Foreign keys are checked when
// the statement ends, so that the order of the parts does not matter otherwise; they have no row in common,
// since PostgreSQL does not define in which order they would come to it.
constexpr Sql kWrite = R"sql(
with counted as (
  update store set revision = $1, audit_number = $2, time = $3, audit_digest = $43
  where id = 1 and revision = $4 and audit_number = $5 and history_id = $6
    and current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
  returning id
), c as (
  select * from unnest($7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
  as t (revision, name, kind, deleted, previous, create_time, update_time, body, fate, json)
  where exists (select from counted)
), changed as (
  insert into change (revision, name, kind, deleted, previous, create_time, update_time, body)
  select revision, name, kind, deleted, previous, create_time, update_time, body from c
), removed as (
  delete from reference r using unnest($17, $18) as t (target, source)
  where r.target = t.target and r.source = t.source and exists (select from counted)
), created as (
  insert into resource (name, kind, revision, create_time, update_time, body, document)
  select name, kind, revision, create_time, update_time, body, nullif(json, '')::jsonb from c where fate = 1
), updated as (
  update resource r set kind = c.kind, revision = c.revision, create_time = c.create_time,
    update_time = c.update_time, body = c.body, document = nullif(c.json, '')::jsonb
  from c where c.fate = 2 and r.name = c.name
), gone as (
  delete from resource r using c where c.fate = 3 and r.name = c.name
), added as (
  insert into reference (target, source)
  select target, source from unnest($19, $20) as t (target, source) where exists (select from counted)
), ensured as (
  insert into reference (target, source)
  select target, source from unnest($21, $22) as t (target, source) where exists (select from counted)
  on conflict do nothing
), requested as (
  insert into request (principal, method, request_id, digest, outcome, revision, time, changed)
  select principal, method, request_id, digest, outcome, revision, $3, changed
  from unnest($23, $24, $25, $26, $27, $28, $29)
  as t (principal, method, request_id, digest, outcome, revision, changed) where exists (select from counted)
), audited as (
  insert into audit (number, time, principal, method, request_id, target, code, reason, revision, previous,
    digest, writer)
  select number, $3, principal, method, request_id, target, code, reason, revision, previous, digest, $30
  from unnest($31, $32, $33, $34, $35, $36, $37, $38, $39, $40)
  as t (number, principal, method, request_id, target, code, reason, revision, previous, digest)
  where exists (select from counted)
)
select pg_notify($41, $42) from counted)sql";

constexpr Sql kWriteWithoutChange = R"sql(
with counted as (
  update store set audit_number = $2, time = $3, audit_digest = $25
  where id = 1 and revision = $1 and revision = $4 and audit_number = $5 and history_id = $6
    and current_setting('fsync') = 'on' and current_setting('full_page_writes') = 'on'
  returning id
), requested as (
  insert into request (principal, method, request_id, digest, outcome, revision, time, changed)
  select principal, method, request_id, digest, outcome, revision, $3, changed
  from unnest($7, $8, $9, $10, $11, $12, $13)
  as t (principal, method, request_id, digest, outcome, revision, changed) where exists (select from counted)
), audited as (
  insert into audit (number, time, principal, method, request_id, target, code, reason, revision, previous,
    digest, writer)
  select number, $3, principal, method, request_id, target, code, reason, revision, previous, digest, $14
  from unnest($15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
  as t (number, principal, method, request_id, target, code, reason, revision, previous, digest)
  where exists (select from counted)
)
select id from counted)sql";

constexpr Sql kFindRequests = R"sql(
select distinct r.principal, r.method, r.request_id, r.digest, r.outcome, r.revision, r.time, r.changed
from unnest($1, $2, $3) as t (principal, method, request_id)
join request r using (principal, method, request_id))sql";

// What becomes of the row in the table of resources.
int64_t FateOf(const ChangeRow& row) {
  constexpr int64_t kNone = 0, kCreate = 1, kUpdate = 2, kDelete = 3;
  if (!row.final) return kNone;
  if (!row.change.deleted) return row.existed ? kUpdate : kCreate;
  return row.existed ? kDelete : kNone;
}

// Nothing for a document that jsonb would refuse: it has no NUL.
std::string_view JsonOf(const ChangeRow& row) {
  return row.json.find("\\u0000") == std::string::npos ? std::string_view(row.json) : std::string_view();
}

void AddChanges(const std::vector<ChangeRow>& rows, PostgresParams* params) {
  const size_t n = rows.size();
  auto revision = PostgresArray::Int8(n), previous = PostgresArray::Int8(n);
  auto create_time = PostgresArray::Int8(n), update_time = PostgresArray::Int8(n);
  auto name = PostgresArray::Text(n), kind = PostgresArray::Text(n);
  auto deleted = PostgresArray::Bool(n);
  auto fate = PostgresArray::Int8(n);
  auto json = PostgresArray::Text(n);
  auto body = PostgresArray::Bytes(n);
  for (const ChangeRow& row : rows) {
    const StoredResource& resource = row.change.resource;
    revision.Add(resource.revision);
    name.Add(resource.name);
    kind.Add(resource.kind);
    deleted.AddBool(row.change.deleted);
    previous.Add(row.change.previous_revision);
    create_time.Add(absl::ToUnixMicros(resource.create_time));
    update_time.Add(absl::ToUnixMicros(resource.update_time));
    body.Add(resource.body);
    fate.Add(FateOf(row));
    json.Add(JsonOf(row));
  }
  params->Array(std::move(revision)).Array(std::move(name)).Array(std::move(kind)).Array(std::move(deleted));
  params->Array(std::move(previous)).Array(std::move(create_time)).Array(std::move(update_time));
  params->Array(std::move(body)).Array(std::move(fate)).Array(std::move(json));
}

void AddReferences(const std::vector<ReferenceRow>& rows, PostgresParams* params) {
  auto target = PostgresArray::Text(rows.size()), source = PostgresArray::Text(rows.size());
  for (const ReferenceRow& row : rows) {
    target.Add(row.target);
    source.Add(row.source);
  }
  params->Array(std::move(target)).Array(std::move(source));
}

void AddRequests(const std::vector<RequestRecord>& rows, PostgresParams* params) {
  const size_t n = rows.size();
  auto principal = PostgresArray::Text(n), method = PostgresArray::Text(n), id = PostgresArray::Text(n);
  auto digest = PostgresArray::Bytes(n), outcome = PostgresArray::Bytes(n);
  auto revision = PostgresArray::Int8(n);
  auto changed = PostgresArray::Bool(n);
  for (const RequestRecord& row : rows) {
    principal.Add(row.key.principal);
    method.Add(row.key.method);
    id.Add(row.key.request_id);
    digest.Add(row.digest);
    outcome.Add(row.outcome);
    revision.Add(row.revision);
    changed.AddBool(row.changed);
  }
  params->Array(std::move(principal)).Array(std::move(method)).Array(std::move(id)).Array(std::move(digest));
  params->Array(std::move(outcome)).Array(std::move(revision)).Array(std::move(changed));
}

void AddAudit(const std::vector<AuditRow>& rows, PostgresParams* params) {
  const size_t n = rows.size();
  auto number = PostgresArray::Int8(n), code = PostgresArray::Int8(n), revision = PostgresArray::Int8(n);
  auto principal = PostgresArray::Text(n), method = PostgresArray::Text(n), id = PostgresArray::Text(n);
  auto target = PostgresArray::Text(n), reason = PostgresArray::Text(n);
  auto previous = PostgresArray::Bytes(n), digest = PostgresArray::Bytes(n);
  for (const AuditRow& row : rows) {
    number.Add(row.number);
    principal.Add(row.principal);
    method.Add(row.method);
    id.Add(row.request_id);
    target.Add(row.target);
    code.Add(static_cast<int64_t>(row.code));
    reason.Add(row.reason);
    revision.Add(row.revision);
    previous.Add(row.previous);
    digest.Add(row.digest);
  }
  params->Array(std::move(number)).Array(std::move(principal)).Array(std::move(method)).Array(std::move(id));
  params->Array(std::move(target)).Array(std::move(code)).Array(std::move(reason)).Array(std::move(revision));
  params->Array(std::move(previous)).Array(std::move(digest));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GroupTransaction>> PostgresGroup::Begin(PostgresConnection& connection,
                                                                       const PostgresGroupOptions& options,
                                                                       Progress* progress) {
  auto group = std::unique_ptr<PostgresGroup>(new PostgresGroup(connection, options, progress));
  if (progress->counters && progress->locked_groups == 0) {
    group->counters_ = *progress->counters;
    return group;
  }
  if (progress->locked_groups > 0) --progress->locked_groups;
  if (absl::Status status = group->Lock(); !status.ok()) return status;
  return group;
}

PostgresGroup::~PostgresGroup() {
  if (connection_.in_transaction()) {
    connection_.Pipeline({{"rollback"}}, options_.answer_timeout).status().IgnoreError();
  }
}

absl::Status PostgresGroup::Lock() {
  const auto give_up = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options_.lock_wait);
  while (true) {
    absl::Status status = TryLock();
    // The server is there and says that another process has the counter: its group may be a large one.
    if (!absl::IsDeadlineExceeded(status)) return status;
    if (std::chrono::steady_clock::now() > give_up) return StoreUnavailable();
    status = connection_.Pipeline({{"rollback"}}, options_.answer_timeout).status();
    if (!status.ok()) return status;
  }
}

absl::Status PostgresGroup::TryLock() {
  absl::StatusOr<std::vector<WireResult>> results =
      connection_.Pipeline({{"begin"}, {kHeadLocked}}, options_.answer_timeout);
  if (!results.ok()) return results.status();
  const WireResult& head = (*results)[1];
  if (head.rows() != 1) return absl::InternalError("the store has no counter row");
  if (head.IntAt(0, 5) == 0) return StoreUnavailable(StoreCause::kUnsafe);
  options_.clock->Set(absl::FromUnixMicros(head.IntAt(0, 6)));
  counters_ = {head.StringAt(0, 0), head.IntAt(0, 1), head.IntAt(0, 2), head.StringAt(0, 3),
               absl::FromUnixMicros(head.IntAt(0, 4))};
  return absl::OkStatus();
}

absl::Status PostgresGroup::EnsureLocked() {
  if (connection_.in_transaction()) return absl::OkStatus();
  const int64_t audit_number = counters_.audit_number;
  if (absl::Status status = Lock(); !status.ok()) return status;
  // Every group moves the audit.
  return counters_.audit_number == audit_number ? absl::OkStatus() : Overtaken();
}

absl::Status PostgresGroup::Overtaken() {
  progress_->counters.reset();
  progress_->locked_groups = kLockedGroups;
  return absl::AbortedError("another process has written meanwhile");
}

absl::StatusOr<ChangeBatch> PostgresGroup::ReadChanges(int64_t after, int64_t limit) {
  if (absl::Status status = EnsureLocked(); !status.ok()) return status;
  return ReadPostgresChanges(connection_, after, limit);
}

absl::StatusOr<std::vector<RequestRecord>> PostgresGroup::FindRequests(const std::vector<RequestKey>& keys) {
  if (absl::Status status = EnsureLocked(); !status.ok()) return status;
  auto principal = PostgresArray::Text(keys.size()), method = PostgresArray::Text(keys.size());
  auto id = PostgresArray::Text(keys.size());
  for (const RequestKey& key : keys) {
    principal.Add(key.principal);
    method.Add(key.method);
    id.Add(key.request_id);
  }
  PostgresParams params;
  params.Array(std::move(principal)).Array(std::move(method)).Array(std::move(id));
  absl::StatusOr<std::vector<WireResult>> results =
      connection_.Pipeline({{kFindRequests, &params}}, options_.answer_timeout);
  if (!results.ok()) return results.status();
  const WireResult& result = results->front();
  std::vector<RequestRecord> records;
  for (int i = 0; i < result.rows(); ++i) {
    records.push_back({{result.StringAt(i, 0), result.StringAt(i, 1), result.StringAt(i, 2)},
                       result.StringAt(i, 3),
                       result.StringAt(i, 4),
                       result.IntAt(i, 5),
                       absl::FromUnixMicros(result.IntAt(i, 6)),
                       result.IntAt(i, 7) != 0});
  }
  return records;
}

absl::StatusOr<int64_t> PostgresGroup::LeaseToken(std::string_view lease) {
  if (absl::Status status = EnsureLocked(); !status.ok()) return status;
  int64_t token = 0;
  absl::Status status = connection_.Run(options_.answer_timeout, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    // Locked: it must not pass on before this group has been committed.
    const pqxx::result rows = Execute(
        transaction, "select token from lease where name = $1 and expire_time > clock_timestamp() for share",
        std::string(lease));
    if (!rows.empty()) token = rows[0][0].as<int64_t>();
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return token;
}

absl::StatusOr<bool> PostgresGroup::WasCommitted(const GroupMark& mark) {
  if (absl::Status status = EnsureLocked(); !status.ok()) return status;
  bool there = false;
  absl::Status status = connection_.Run(options_.answer_timeout, [&](pqxx::connection_base& session) {
    pqxx::nontransaction transaction(session);
    there = !Execute(transaction, "select 1 from audit where number = $1 and writer = $2", mark.audit_number,
                     mark.writer)
                 .empty();
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return there;
}

absl::Status PostgresGroup::Commit(const GroupRows& rows, int64_t writer,
                                   const std::function<void()>& handed_over) {
  const std::string revision = absl::StrCat(rows.revision);
  const bool changes = !rows.changes.empty();
  PostgresParams params;
  params.Int8(rows.revision).Int8(rows.audit_number).Int8(absl::ToUnixMicros(rows.time));
  params.Int8(counters_.revision).Int8(counters_.audit_number).Text(counters_.history_id);
  if (changes) {
    AddChanges(rows.changes, &params);
    AddReferences(rows.removed, &params);
    AddReferences(rows.added, &params);
    AddReferences(rows.ensured, &params);
  }
  AddRequests(rows.requests, &params);
  params.Int8(writer);
  AddAudit(rows.audit, &params);
  if (changes) params.Text(options_.channel).Text(revision);
  params.Bytes(rows.audit_digest);
  std::vector<WireStep> steps = {{changes ? kWrite : kWriteWithoutChange, &params}};
  // Without a lock the statement is a transaction by itself.
  if (connection_.in_transaction()) steps.push_back({"commit"});
  // The fewest rows a second that a working server manages.
  const int64_t written =
      rows.changes.size() * 3 + rows.added.size() + rows.ensured.size() + rows.removed.size();
  absl::StatusOr<std::vector<WireResult>> results =
      connection_.Pipeline(steps, options_.answer_timeout + written * absl::Microseconds(500), handed_over);
  progress_->counters.reset();
  // Another process has had the counter for a while: wait for it with the lock.
  if (absl::IsDeadlineExceeded(results.status())) return Overtaken();
  if (!results.ok()) {
    // All was on its way when the connection went: only the database knows.
    return connection_.broken() ? absl::UnknownError("the commit was not confirmed") : results.status();
  }
  if (results->front().rows() == 0) return Overtaken();
  progress_->counters =
      Counters{counters_.history_id, rows.revision, rows.audit_number, rows.audit_digest, rows.time};
  return absl::OkStatus();
}

}  // namespace linchpin::store
