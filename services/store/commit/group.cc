#include "services/store/commit/group.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/store/commit/decision_check.h"
#include "services/store/port/audit_chain.h"
#include "services/store/port/outcome.h"

namespace linchpin::store {
namespace {

using base::Error;

RequestKey KeyOf(const Write& write) { return {write.principal, write.method, write.request_id}; }

void RemoveDuplicates(std::vector<std::string>* names) {
  std::sort(names->begin(), names->end());
  names->erase(std::unique(names->begin(), names->end()), names->end());
}

// Marks the last change of each name.
void MarkFinal(std::vector<ChangeRow>* changes) {
  absl::flat_hash_set<std::string_view> seen;
  for (auto row = changes->rbegin(); row != changes->rend(); ++row) {
    row->final = seen.insert(row->change.resource.name).second;
  }
}

}  // namespace

Group::Group(const StateReader& head, GroupContext context)
    : head_(head), context_(std::move(context)), state_(head) {
  rows_.time = context_.time;
  rows_.revision = context_.counters.revision;
  rows_.audit_number = context_.counters.audit_number;
  rows_.audit_digest = context_.counters.audit_digest;
}

absl::StatusOr<WriteResult> Group::Decide(const Write& write) {
  if (!write.request_id.empty() && !write.validate_only) {
    auto known = context_.requests.find(KeyOf(write));
    if (known != context_.requests.end()) {
      absl::StatusOr<WriteResult> outcome = Replay(known->second, write);
      // A reuse is refused anew each time; a repeat has its audit row already.
      if (base::Is<base::reason::RequestIdReused>(outcome.status())) Record(write, outcome);
      return outcome;
    }
  }
  absl::StatusOr<WriteResult> outcome = DecideNew(write);
  if (write.validate_only) return outcome;
  Record(write, outcome);
  if (!write.request_id.empty()) RecordRequest(write, outcome);
  return outcome;
}

GroupRows Group::TakeRows() {
  MarkFinal(&rows_.changes);
  for (ChangeRow& row : rows_.changes)
    row.existed = state_.touched().find(row.change.resource.name)->second.beneath;
  DiffReferences();
  rows_.revision = state_.revision();
  return std::move(rows_);
}

// References of all touched names, as the tables must be changed.
void Group::DiffReferences() {
  for (const auto& [name, touched] : state_.touched()) {
    const std::set<std::string_view> now(touched.references.begin(), touched.references.end());
    if (touched.beneath) {
      for (const std::string& target : head_.References(name)) {
        if (!now.contains(target)) rows_.removed.push_back({name, target});
      }
    }
    // Of a name that existed also those that were there: the table is then right even if it had missed one.
    std::vector<ReferenceRow>& present = touched.beneath ? rows_.ensured : rows_.added;
    for (std::string_view target : now) present.push_back({name, std::string(target)});
  }
}

absl::StatusOr<WriteResult> Group::Replay(const RequestRecord& record, const Write& write) const {
  if (record.digest != write.request_digest) {
    return Error(base::reason::RequestIdReused{.request_id = write.request_id},
                 absl::StrCat("request id ", write.request_id,
                              " was used for another request; use a new one for each request"));
  }
  absl::StatusOr<std::string> reply = DecodeOutcome(record.outcome);
  if (!reply.ok()) return reply.status();
  WriteResult result;
  result.reply = *std::move(reply);
  result.revision = record.revision;
  result.time = record.time;
  result.changed = record.changed;
  result.repeated = true;
  return result;
}

absl::Status Group::CheckGuards(const Write& write) const {
  if (write.fence) {
    auto token = context_.lease_tokens.find(write.fence->lease);
    if (token == context_.lease_tokens.end() || token->second != write.fence->token) {
      return Error(base::reason::LeaseLost{.lease = write.fence->lease},
                   absl::StrCat("the lease ", write.fence->lease, " has passed to another holder"));
    }
  }
  if (write.expected_revision && *write.expected_revision != state_.revision()) {
    return Error(
        base::reason::RevisionMismatch{.expected = *write.expected_revision, .revision = state_.revision()},
        absl::StrCat("the store is at revision ", state_.revision(), ", not at ", *write.expected_revision,
                     "; read again and repeat"));
  }
  return absl::OkStatus();
}

absl::StatusOr<WriteResult> Group::DecideNew(const Write& write) {
  not_admitted_ = false;
  if (absl::Status status = CheckGuards(write); !status.ok()) return status;
  absl::StatusOr<Decision> decision = write.decide(state_);
  if (!decision.ok()) return decision.status();
  for (Upsert& upsert : decision->upserts) RemoveDuplicates(&upsert.references);
  std::erase_if(decision->deletes, [this](const std::string& name) { return !state_.Contains(name); });
  absl::StatusOr<Overlay> after = CheckDecision(state_, *decision);
  if (!after.ok()) return after.status();
  return Accept(write, *std::move(decision), *std::move(after));
}

absl::StatusOr<WriteResult> Group::Accept(const Write& write, Decision decision, Overlay after) {
  const std::vector<Present> present = FindPresent(decision, after);
  Applied applied = Stamp(decision, present);
  WriteResult result;
  result.revision = applied.revision;
  result.time = applied.time;
  result.changed = applied.changed;
  if (applied.changed && write.admit) {
    absl::StatusOr<std::string> note = Admitted(write, decision, present, after);
    if (!note.ok()) return note.status();
    result.note = *std::move(note);
  }
  if (decision.reply) result.reply = decision.reply(applied);
  if (applied.changed && !write.validate_only) Enact(std::move(decision), std::move(after), present, applied);
  return result;
}

absl::StatusOr<std::string> Group::Admitted(const Write& write, const Decision& decision,
                                            const std::vector<Present>& present, const Overlay& after) {
  PendingChange change;
  change.revision = state_.revision();
  for (size_t i = 0; i < decision.upserts.size(); ++i) {
    const std::string& name = decision.upserts[i].name;
    if (!present[i].unchanged)
      change.documents.push_back({name, &*after.touched().find(name)->second.resource});
  }
  for (const std::string& name : decision.deletes) change.documents.push_back({name, nullptr});
  std::sort(change.documents.begin(), change.documents.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  absl::StatusOr<std::string> note = write.admit(change);
  not_admitted_ = !note.ok();
  return note;
}

std::vector<Group::Present> Group::FindPresent(const Decision& decision, const Overlay& after) const {
  std::vector<Present> present(decision.upserts.size());
  for (size_t i = 0; i < decision.upserts.size(); ++i) {
    const Upsert& upsert = decision.upserts[i];
    const std::optional<StoredResource> stored = state_.Find(upsert.name);
    if (!stored) continue;
    const StoredResource& put = *after.touched().find(upsert.name)->second.resource;
    present[i] = {stored->kind == put.kind && stored->body == put.body, stored->revision, stored->create_time,
                  stored->update_time};
  }
  return present;
}

Applied Group::Stamp(const Decision& decision, const std::vector<Present>& present) const {
  Applied applied;
  applied.changed = !decision.deletes.empty() || std::any_of(present.begin(), present.end(),
                                                             [](const Present& p) { return !p.unchanged; });
  applied.revision = state_.revision() + (applied.changed ? 1 : 0);
  applied.time = context_.time;
  for (const Present& one : present) {
    Applied::Stamp stamp{applied.revision, context_.time, context_.time};
    if (one.revision != 0) stamp.create_time = one.create_time;
    if (one.unchanged) stamp = {one.revision, one.create_time, one.update_time};
    applied.upserts.push_back(stamp);
  }
  return applied;
}

void Group::Enact(Decision decision, Overlay after, const std::vector<Present>& present,
                  const Applied& applied) {
  const size_t first = rows_.changes.size();
  for (size_t i = 0; i < decision.upserts.size(); ++i) {
    if (present[i].unchanged) continue;
    Upsert& upsert = decision.upserts[i];
    ChangeRow row;
    row.change.previous_revision = present[i].revision;
    Overlay::Touched put = after.Take(upsert.name);
    put.resource->revision = applied.revision;
    put.resource->create_time = applied.upserts[i].create_time;
    put.resource->update_time = applied.time;
    row.change.resource = *put.resource;
    row.json = std::move(upsert.json);
    state_.Put(*std::move(put.resource), std::move(put.references));
    rows_.changes.push_back(std::move(row));
  }
  for (const std::string& name : decision.deletes) {
    std::optional<StoredResource> present = state_.Find(name);
    ChangeRow row;
    row.change.deleted = true;
    row.change.previous_revision = present->revision;
    row.change.resource = {name, present->kind, applied.revision, present->create_time, applied.time, ""};
    state_.Remove(name);
    rows_.changes.push_back(std::move(row));
  }
  std::sort(rows_.changes.begin() + first, rows_.changes.end(), [](const ChangeRow& a, const ChangeRow& b) {
    return a.change.resource.name < b.change.resource.name;
  });
  state_.Advance();
}

void Group::Record(const Write& write, const absl::StatusOr<WriteResult>& outcome) {
  AuditRow row;
  row.number = ++rows_.audit_number;
  row.time = context_.time;
  row.principal = write.principal;
  row.method = write.method;
  row.request_id = write.request_id;
  row.target = write.target;
  if (outcome.ok() && !outcome->note.empty()) absl::StrAppend(&row.target, "; ", outcome->note);
  row.code = static_cast<int>(outcome.status().code());
  row.reason = base::ReasonOf(outcome.status());
  row.revision = outcome.ok() && outcome->changed ? outcome->revision : 0;
  row.previous = std::move(rows_.audit_digest);
  row.digest = AuditDigest(row);
  rows_.audit_digest = row.digest;
  rows_.audit.push_back(std::move(row));
}

void Group::RecordRequest(const Write& write, const absl::StatusOr<WriteResult>& outcome) {
  if (!outcome.ok() && (not_admitted_ || !IsDeterministic(outcome.status()))) return;
  RequestRecord record;
  record.key = KeyOf(write);
  record.digest = write.request_digest;
  record.time = context_.time;
  if (outcome.ok()) {
    record.outcome = EncodeOutcome(outcome->reply);
    record.revision = outcome->revision;
    record.changed = outcome->changed;
  } else {
    record.outcome = EncodeOutcome(outcome.status());
  }
  context_.requests.emplace(record.key, record);
  rows_.requests.push_back(std::move(record));
}

}  // namespace linchpin::store
