#include "services/store/postgres_group.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/store/postgres_read.h"
#include "services/store/store_error.h"

namespace linchpin::store {
namespace {

// All tables at once. Foreign keys are checked when the statement ends, so that the order of its parts does
// not matter; `removed` and `added` have no row in common, since in PostgreSQL their order is not defined.
constexpr Sql kWrite = R"sql(
with c as (
  select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
  as t (revision, name, kind, deleted, previous, create_time, update_time, body, final)
), changed as (
  insert into change (revision, name, kind, deleted, previous, create_time, update_time, body)
  select revision, name, kind, deleted, previous, create_time, update_time, body from c
), removed as (
  delete from reference r using unnest($10, $11) as t (target, source)
  where r.target = t.target and r.source = t.source
), gone as (
  delete from resource r using c where c.final and c.deleted and r.name = c.name
), put as (
  insert into resource (name, kind, revision, create_time, update_time, body)
  select name, kind, revision, create_time, update_time, body from c where final and not deleted
  on conflict (name) do update set kind = excluded.kind, revision = excluded.revision,
    create_time = excluded.create_time, update_time = excluded.update_time, body = excluded.body
), added as (
  insert into reference (target, source)
  select target, source from unnest($12, $13) as t (target, source)
  on conflict do nothing
), requested as (
  insert into request (principal, method, request_id, digest, outcome, revision, time, changed)
  select principal, method, request_id, digest, outcome, revision, $14, changed
  from unnest($15, $16, $17, $18, $19, $20, $21)
  as t (principal, method, request_id, digest, outcome, revision, changed)
), audited as (
  insert into audit (number, time, principal, method, request_id, target, code, reason, revision, writer)
  select number, $14, principal, method, request_id, target, code, reason, revision, $22
  from unnest($23, $24, $25, $26, $27, $28, $29, $30)
  as t (number, principal, method, request_id, target, code, reason, revision)
)
update store set revision = $31, audit_number = $32, time = $14 where id = 1
returning pg_notify($33, $34))sql";

constexpr Sql kWriteWithoutChange = R"sql(
with requested as (
  insert into request (principal, method, request_id, digest, outcome, revision, time, changed)
  select principal, method, request_id, digest, outcome, revision, $1, changed
  from unnest($2, $3, $4, $5, $6, $7, $8)
  as t (principal, method, request_id, digest, outcome, revision, changed)
), audited as (
  insert into audit (number, time, principal, method, request_id, target, code, reason, revision, writer)
  select number, $1, principal, method, request_id, target, code, reason, revision, $9
  from unnest($10, $11, $12, $13, $14, $15, $16, $17)
  as t (number, principal, method, request_id, target, code, reason, revision)
)
update store set audit_number = $18, time = $1 where id = 1)sql";

void AddChanges(const std::vector<ChangeRow>& rows, PostgresParams* params) {
  const size_t n = rows.size();
  auto revision = PostgresArray::Int8(n), previous = PostgresArray::Int8(n);
  auto create_time = PostgresArray::Int8(n), update_time = PostgresArray::Int8(n);
  auto name = PostgresArray::Text(n), kind = PostgresArray::Text(n);
  auto deleted = PostgresArray::Bool(n), final = PostgresArray::Bool(n);
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
    final.AddBool(row.final);
  }
  params->Array(std::move(revision)).Array(std::move(name)).Array(std::move(kind)).Array(std::move(deleted));
  params->Array(std::move(previous)).Array(std::move(create_time)).Array(std::move(update_time));
  params->Array(std::move(body)).Array(std::move(final));
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
  for (const AuditRow& row : rows) {
    number.Add(row.number);
    principal.Add(row.principal);
    method.Add(row.method);
    id.Add(row.request_id);
    target.Add(row.target);
    code.Add(static_cast<int64_t>(row.code));
    reason.Add(row.reason);
    revision.Add(row.revision);
  }
  params->Array(std::move(number)).Array(std::move(principal)).Array(std::move(method)).Array(std::move(id));
  params->Array(std::move(target)).Array(std::move(code)).Array(std::move(reason)).Array(std::move(revision));
}

}  // namespace

absl::StatusOr<std::unique_ptr<GroupTransaction>> PostgresGroup::Begin(PostgresConnection& connection,
                                                                       std::string channel,
                                                                       absl::Duration lock_wait,
                                                                       absl::Duration answer_timeout) {
  auto group = std::unique_ptr<PostgresGroup>(new PostgresGroup(connection, std::move(channel), answer_timeout));
  const absl::Time give_up = absl::Now() + lock_wait;
  while (true) {
    absl::StatusOr<std::vector<PostgresResult>> results =
        connection.Run({{"begin"}, {kPostgresHeadLocked}}, answer_timeout);
    if (results.ok()) {
      absl::StatusOr<PostgresHead> head = ParsePostgresHead((*results)[1]);
      if (!head.ok()) return head.status();
      group->counters_ = head->counters;
      return group;
    }
    // The server is there and says that another process has the counter: its group may be a large one.
    if (!absl::IsDeadlineExceeded(results.status())) return results.status();
    if (absl::Now() > give_up) return StoreUnavailable();
    absl::Status rolled_back = connection.Run({{"rollback"}}, answer_timeout).status();
    if (!rolled_back.ok()) return rolled_back;
  }
}

PostgresGroup::~PostgresGroup() {
  if (connection_.in_transaction()) connection_.Run({{"rollback"}}, answer_timeout_).status().IgnoreError();
}

absl::StatusOr<ChangeBatch> PostgresGroup::ReadChanges(int64_t after, int64_t limit) {
  return ReadPostgresChanges(connection_, after, limit);
}

absl::StatusOr<std::vector<RequestRecord>> PostgresGroup::FindRequests(const std::vector<RequestKey>& keys) {
  auto principal = PostgresArray::Text(keys.size()), method = PostgresArray::Text(keys.size());
  auto id = PostgresArray::Text(keys.size());
  for (const RequestKey& key : keys) {
    principal.Add(key.principal);
    method.Add(key.method);
    id.Add(key.request_id);
  }
  PostgresParams params;
  params.Array(std::move(principal)).Array(std::move(method)).Array(std::move(id));
  absl::StatusOr<PostgresResult> result = connection_.Run(
      "select distinct r.principal, r.method, r.request_id, r.digest, r.outcome, r.revision, r.time, r.changed "
      "from unnest($1, $2, $3) as t (principal, method, request_id) "
      "join request r using (principal, method, request_id)",
      params, answer_timeout_);
  if (!result.ok()) return result.status();
  std::vector<RequestRecord> records;
  for (int i = 0; i < result->rows(); ++i) {
    records.push_back({{result->StringAt(i, 0), result->StringAt(i, 1), result->StringAt(i, 2)},
                       result->StringAt(i, 3),
                       result->StringAt(i, 4),
                       result->IntAt(i, 5),
                       absl::FromUnixMicros(result->IntAt(i, 6)),
                       result->IntAt(i, 7) != 0});
  }
  return records;
}

absl::StatusOr<int64_t> PostgresGroup::LeaseToken(std::string_view lease) {
  PostgresParams params;
  params.Text(lease);
  // Locked: it must not pass on before this group has been committed.
  absl::StatusOr<PostgresResult> result = connection_.Run(
      "select token from lease where name = $1 and expire_time > clock_timestamp() for share", params,
      answer_timeout_);
  if (!result.ok()) return result.status();
  return result->rows() == 0 ? 0 : result->IntAt(0, 0);
}

absl::StatusOr<bool> PostgresGroup::WasCommitted(const GroupMark& mark) {
  PostgresParams params;
  params.Int8(mark.audit_number).Int8(mark.writer);
  absl::StatusOr<PostgresResult> result =
      connection_.Run("select 1 from audit where number = $1 and writer = $2", params, answer_timeout_);
  if (!result.ok()) return result.status();
  return result->rows() > 0;
}

absl::Status PostgresGroup::Commit(const GroupRows& rows, int64_t writer) {
  const std::string revision = absl::StrCat(rows.revision);
  const int64_t time = absl::ToUnixMicros(rows.time);
  const bool changes = !rows.changes.empty();
  PostgresParams params;
  if (changes) {
    AddChanges(rows.changes, &params);
    AddReferences(rows.removed, &params);
    AddReferences(rows.added, &params);
  }
  params.Int8(time);
  AddRequests(rows.requests, &params);
  params.Int8(writer);
  AddAudit(rows.audit, &params);
  if (changes) params.Int8(rows.revision);
  params.Int8(rows.audit_number);
  if (changes) params.Text(channel_).Text(revision);
  // The fewest rows a second that a working server manages.
  const int64_t written = rows.changes.size() * 3 + rows.added.size() + rows.removed.size();
  const absl::Duration timeout = answer_timeout_ + written * absl::Microseconds(500);
  absl::Status status =
      connection_.Run({{changes ? kWrite : kWriteWithoutChange, &params}, {"commit"}}, timeout).status();
  // Both statements were on their way when the connection went: only the database knows.
  if (!status.ok() && connection_.broken()) return absl::UnknownError("the commit was not confirmed");
  return status;
}

}  // namespace linchpin::store
