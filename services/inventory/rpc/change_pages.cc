#include "services/inventory/rpc/change_pages.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "linchpin/inventory/v1/resource.pb.h"
#include "services/replica/document.h"
#include "services/resource/field_changes.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

using store::HistoryEntry;
using store::StoredResource;
using State = std::optional<StoredResource>;

// Revisions read at a time.
constexpr int64_t kWindow = 1'000;

// The changes of one revision: all counted, some kept.
struct Revision {
  int64_t number = 0;
  absl::Time time = absl::UnixEpoch();
  int created = 0, updated = 0, deleted = 0;
  std::vector<HistoryEntry> shown;
};

v1::ChangeAction ActionOf(const HistoryEntry& entry) {
  if (entry.deleted) return v1::CHANGE_ACTION_DELETED;
  return entry.previous_revision == 0 ? v1::CHANGE_ACTION_CREATED : v1::CHANGE_ACTION_UPDATED;
}

void Count(const HistoryEntry& entry, Revision& revision) {
  switch (ActionOf(entry)) {
    case v1::CHANGE_ACTION_DELETED:
      ++revision.deleted;
      break;
    case v1::CHANGE_ACTION_CREATED:
      ++revision.created;
      break;
    default:
      ++revision.updated;
  }
}

replica::DocumentRef RefOf(const StoredResource& resource) {
  replica::DocumentRef document;
  document.name = resource.name;
  document.kind = resource::FindKind(resource.kind);
  document.revision = resource.revision;
  document.create_time_us = absl::ToUnixMicros(resource.create_time);
  document.update_time_us = absl::ToUnixMicros(resource.update_time);
  document.body = resource.body;
  return document;
}

// An empty one for a state that is absent or does not parse.
std::unique_ptr<google::protobuf::Message> Parsed(const State& state, const resource::KindInfo& kind) {
  auto message = kind.New();
  if (state && !message->ParseFromString(state->body)) message->Clear();
  return message;
}

void SetDocument(const State& state, const resource::KindInfo& kind, v1::Resource& resource) {
  const auto* field = v1::Resource::descriptor()->FindFieldByName(kind.singular);
  if (!state || field == nullptr) return;
  replica::ParseInto(RefOf(*state), *resource.GetReflection()->MutableMessage(&resource, field));
}

void AddFields(const State& before, const State& after, const resource::KindInfo& kind,
               v1::ResourceChange& change) {
  for (resource::FieldDifference& difference :
       resource::FieldChanges(*Parsed(before, kind), *Parsed(after, kind))) {
    v1::FieldChange& field = *change.add_fields();
    field.set_path(std::move(difference.path));
    if (difference.before) field.set_before(*std::move(difference.before));
    if (difference.after) field.set_after(*std::move(difference.after));
  }
}

v1::ChangeAction ActionOf(const State& before, const State& after) {
  if (!before) return v1::CHANGE_ACTION_CREATED;
  if (!after) return v1::CHANGE_ACTION_DELETED;
  return before->body == after->body ? v1::CHANGE_ACTION_RESTORED : v1::CHANGE_ACTION_UPDATED;
}

// Reads pages window by window.
class PageReader {
 public:
  PageReader(store::ResourceStore& store, const ChangeQuery& query, v1::ListChangesResponse& response)
      : store_(store), query_(query), response_(response) {}

  absl::StatusOr<ChangePage> Read() {
    int64_t below = query_.history.below;
    const int64_t lowest = std::max(query_.history.from, below - query_.revisions_examined);
    while (below > lowest && !full_) {
      const int64_t from = std::max(lowest, below - kWindow);
      if (absl::Status status = ReadWindow(from, below); !status.ok()) return status;
      below = full_ ? full_at_ : from;
    }
    return ChangePage{below > query_.history.from ? below : 0};
  }

 private:
  absl::Status ReadWindow(int64_t from, int64_t below) {
    if (!query_.principal.empty()) {
      if (absl::Status status = ReadAudit(from, below - 1); !status.ok()) return status;
    }
    absl::StatusOr<std::vector<Revision>> revisions = Collect(from, below);
    if (!revisions.ok()) return revisions.status();
    if (query_.principal.empty() && !revisions->empty()) {
      absl::Status status = ReadAudit(revisions->back().number, revisions->front().number);
      if (!status.ok()) return status;
    }
    for (const Revision& revision : *revisions) {
      if (absl::Status status = Add(revision); !status.ok()) return status;
      if (bytes_ < query_.bytes_max || full_at_ == revision.number) continue;
      full_ = true;
      full_at_ = revision.number;
      break;
    }
    return absl::OkStatus();
  }

  absl::Status ReadAudit(int64_t low, int64_t high) {
    absl::StatusOr<std::vector<store::AuditRow>> rows = store_.ReadAuditOfRevisions(low, high);
    if (!rows.ok()) return rows.status();
    audit_.clear();
    for (store::AuditRow& row : *rows) audit_[row.revision] = std::move(row);
    return absl::OkStatus();
  }

  bool Wanted(int64_t revision) const {
    if (query_.principal.empty()) return true;
    const auto row = audit_.find(revision);
    return row != audit_.end() && row->second.principal == query_.principal;
  }

  // What matches in the window, until the page is full.
  absl::StatusOr<std::vector<Revision>> Collect(int64_t from, int64_t below) {
    std::vector<Revision> revisions;
    store::HistoryQuery window = query_.history;
    window.from = from;
    window.below = below;
    const absl::Status status = store_.ReadHistory(window, [&](const HistoryEntry& entry) {
      if (!Wanted(entry.revision)) return true;
      if (revisions.empty() || revisions.back().number != entry.revision) {
        if (IsFull(revisions)) return false;
        revisions.emplace_back();
        revisions.back().number = entry.revision;
        revisions.back().time = entry.time;
      }
      Count(entry, revisions.back());
      if (static_cast<int>(revisions.back().shown.size()) < query_.changes_per_revision) {
        revisions.back().shown.push_back(entry);
        ++shown_;
      }
      return true;
    });
    if (!status.ok()) return status;
    return revisions;
  }

  bool IsFull(const std::vector<Revision>& revisions) {
    const int count = response_.revisions_size() + static_cast<int>(revisions.size());
    if (count == 0 || (count < query_.revisions && shown_ < query_.changes_max)) return false;
    full_ = true;
    full_at_ = revisions.empty() ? response_.revisions(response_.revisions_size() - 1).revision()
                                 : revisions.back().number;
    return true;
  }

  absl::Status Add(const Revision& revision) {
    v1::RevisionChanges& message = *response_.add_revisions();
    message.set_revision(revision.number);
    SetTime(revision.time, *message.mutable_time());
    message.set_created(revision.created);
    message.set_updated(revision.updated);
    message.set_deleted(revision.deleted);
    if (const auto row = audit_.find(revision.number); row != audit_.end()) {
      message.set_principal(row->second.principal);
      message.set_method(row->second.method);
      message.set_request_id(row->second.request_id);
    }
    return AddChanges(revision.shown, message);
  }

  absl::Status AddChanges(const std::vector<HistoryEntry>& entries, v1::RevisionChanges& message) {
    std::vector<store::VersionKey> keys;
    for (const HistoryEntry& entry : entries) {
      keys.push_back({entry.name, entry.previous_revision});
      keys.push_back({entry.name, entry.revision});
    }
    const auto versions = store_.GetVersions(keys);
    if (!versions.ok()) return versions.status();
    for (size_t i = 0; i < entries.size(); ++i) {
      AddChange(entries[i], (*versions)[2 * i], (*versions)[2 * i + 1], *message.add_changes());
    }
    return absl::OkStatus();
  }

  void AddChange(const HistoryEntry& entry, const State& before, const State& after,
                 v1::ResourceChange& change) {
    const resource::KindInfo* kind = resource::FindKind(entry.kind);
    change.set_name(entry.name);
    change.set_kind(entry.kind);
    change.set_action(ActionOf(entry));
    // What stood before may have been compacted: then nobody knows what differs.
    const bool known = entry.previous_revision == 0 || before.has_value();
    const bool tell = !entry.deleted && kind != nullptr && known && bytes_ < query_.bytes_max;
    if (tell) AddFields(before, after, *kind, change);
    bytes_ += change.ByteSizeLong();
  }

  store::ResourceStore& store_;
  const ChangeQuery& query_;
  v1::ListChangesResponse& response_;
  std::map<int64_t, store::AuditRow> audit_;
  int shown_ = 0;
  size_t bytes_ = 0;
  bool full_ = false;
  int64_t full_at_ = 0;  // The page goes on below this one.
};

}  // namespace

absl::StatusOr<ChangePage> ReadChangePage(store::ResourceStore& store, const ChangeQuery& query,
                                          v1::ListChangesResponse& response) {
  return PageReader(store, query, response).Read();
}

bool DescribeChange(const State& before, const State& after, bool documents, v1::ResourceChange& change) {
  const StoredResource& one = before ? *before : *after;
  const v1::ChangeAction action = ActionOf(before, after);
  const resource::KindInfo* kind = resource::FindKind(one.kind);
  if (kind == nullptr || (action == v1::CHANGE_ACTION_RESTORED && !documents)) return false;
  change.set_name(one.name);
  change.set_kind(one.kind);
  change.set_action(action);
  if (documents) {
    if (before) SetDocument(before, *kind, *change.mutable_before());
    if (after) SetDocument(after, *kind, *change.mutable_after());
  } else if (after) {
    AddFields(before, after, *kind, change);
  }
  return true;
}

void SetTime(absl::Time time, google::protobuf::Timestamp& message) {
  const int64_t micros = absl::ToUnixMicros(time);
  message.set_seconds(micros / 1'000'000);
  message.set_nanos(static_cast<int32_t>(micros % 1'000'000 * 1000));
}

void SetPoint(const store::RevisionPoint& point, v1::RevisionPoint& message) {
  message.set_revision(point.revision);
  if (point.time != absl::InfinitePast()) SetTime(point.time, *message.mutable_time());
}

}  // namespace linchpin::inventory
