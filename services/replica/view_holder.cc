#include "services/replica/view_holder.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "services/replica/view_editor.h"
#include "services/replica/view_state.h"
#include "services/store/port/resource_store.h"

namespace linchpin::replica {
using base::SteadyTime;

ViewHolder::ViewHolder(std::function<SteadyTime()> now) : Publisher(now), now_(std::move(now)) {}
ViewHolder::~ViewHolder() = default;

void ViewHolder::SetListener(Listener listener) { listener_ = std::move(listener); }

int64_t ViewHolder::revision() const {
  const std::shared_ptr<const View> view = Current();
  return view == nullptr ? -1 : view->revision();
}

std::optional<store::StoredResource> ViewHolder::Find(std::string_view name) const {
  const std::shared_ptr<const View> view = Current();
  if (view == nullptr) return std::nullopt;
  return ViewState(*view).Find(name);
}

bool ViewHolder::Contains(std::string_view name) const {
  const std::shared_ptr<const View> view = Current();
  return view != nullptr && view->Contains(name);
}

std::vector<std::string> ViewHolder::Referrers(std::string_view name, int limit) const {
  const std::shared_ptr<const View> view = Current();
  return view == nullptr ? std::vector<std::string>() : view->Referrers(name, limit);
}

std::vector<std::string> ViewHolder::References(std::string_view name) const {
  const std::shared_ptr<const View> view = Current();
  return view == nullptr ? std::vector<std::string>() : ViewState(*view).References(name);
}

std::vector<std::string> ViewHolder::NamesWithPrefix(std::string_view prefix, int limit) const {
  const std::shared_ptr<const View> view = Current();
  return view == nullptr ? std::vector<std::string>() : view->NamesWithPrefix(prefix, limit);
}

int64_t ViewHolder::CountWithPrefix(std::string_view prefix) const {
  const std::shared_ptr<const View> view = Current();
  return view == nullptr ? 0 : view->CountWithPrefix(prefix);
}

bool ViewHolder::IsSound(const store::StoredResource& resource) {
  const resource::KindInfo* kind = resource::KindOfName(resource.name);
  if (kind == nullptr) return false;
  std::unique_ptr<google::protobuf::Message>& document = scratch_[kind];
  if (document == nullptr) document = kind->New();
  return document->ParseFromString(resource.body) && resource::NameOf(*document) == resource.name;
}

void ViewHolder::Quarantine(const std::string& name) {
  if (quarantine_.insert(name).second && listener_.quarantined) listener_.quarantined(name);
  quarantined_count_ = static_cast<int64_t>(quarantine_.size());
}

void ViewHolder::Release(const std::string& name) {
  if (quarantine_.empty()) return;
  quarantine_.erase(name);
  quarantined_count_ = static_cast<int64_t>(quarantine_.size());
}

ViewChange ViewHolder::MakeChange(absl::Span<const store::Change> changes) const {
  std::vector<DocumentEdit> edits;
  ViewChange change;
  edits.reserve(changes.size());
  change.names.reserve(changes.size());
  for (const store::Change& one : changes) {
    edits.push_back({RefOf(one.resource), one.deleted});
    change.names.push_back(one.resource.name);
  }
  std::sort(change.names.begin(), change.names.end());
  change.names.erase(std::unique(change.names.begin(), change.names.end()), change.names.end());
  const std::shared_ptr<const View> before = Current();
  const View none;
  ViewEditor editor(before == nullptr ? none : *before);
  editor.Apply(edits, changes.back().resource.revision, changes.back().resource.update_time);
  change.view = editor.Finish();
  return change;
}

ViewHolder::Next ViewHolder::MakeNext(absl::Span<const store::Change> changes) {
  Next next;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!changes[i].deleted && !IsSound(changes[i].resource)) next.unsound.push_back(i);
  }
  // What goes into quarantine is deleted, for the view as for those who follow; copied only where there is
  // some.
  if (!next.unsound.empty()) next.admitted.assign(changes.begin(), changes.end());
  for (size_t i : next.unsound) next.admitted[i].deleted = true;
  next.change = MakeChange(next.admitted.empty() ? changes : absl::MakeConstSpan(next.admitted));
  return next;
}

void ViewHolder::Apply(absl::Span<const store::Change> changes) {
  prepared_.reset();
  if (!changes.empty()) Take(MakeNext(changes), changes);
}

void ViewHolder::Prepare(absl::Span<const store::Change> changes) {
  prepared_.reset();
  if (changes.empty()) return;
  // Nobody else commits while this is prepared.
  const SteadyTime now = now_();
  prepared_ = MakeNext(changes);
  prepared_->newest_at = now;
}

void ViewHolder::ApplyPrepared(absl::Span<const store::Change> changes) {
  if (!prepared_) return Apply(changes);
  Next next = *std::move(prepared_);
  prepared_.reset();
  Take(std::move(next), changes);
}

void ViewHolder::Take(Next next, absl::Span<const store::Change> changes) {
  auto unsound = next.unsound.begin();
  for (size_t i = 0; i < changes.size(); ++i) {
    if (unsound != next.unsound.end() && *unsound == i) {
      Quarantine(changes[i].resource.name);
      ++unsound;
    } else {
      Release(changes[i].resource.name);
    }
  }
  ConfirmNewest(next.newest_at);
  Publish(std::move(next.change));
  if (listener_.applied) {
    listener_.applied(next.admitted.empty() ? changes : absl::MakeConstSpan(next.admitted));
  }
}

absl::Status ViewHolder::Reload(store::ResourceStore& store) {
  const SteadyTime begin = now_();
  absl::StatusOr<store::StoreInfo> info = store.Info();
  if (!info.ok()) return info.status();
  prepared_.reset();
  ViewLoader loader;
  absl::Time newest = absl::UnixEpoch();
  quarantine_.clear();
  quarantined_count_ = 0;
  absl::StatusOr<int64_t> revision = store.Scan({}, [&](const store::StoredResource& resource) {
    newest = std::max(newest, resource.update_time);
    if (IsSound(resource)) {
      loader.Add(RefOf(resource));
    } else {
      Quarantine(resource.name);
    }
    return absl::OkStatus();
  });
  if (!revision.ok()) return revision.status();
  ViewChange change;
  change.view = loader.Finish(*revision, newest);
  change.everything = true;
  // Only now, after the work: what is answered meanwhile is of the history that still stands.
  SetHistory(info->history_id);
  ConfirmNewest(begin);
  Publish(std::move(change));
  if (listener_.reloaded) listener_.reloaded(*revision);
  return absl::OkStatus();
}

FreshnessMonitor::FreshnessMonitor(store::ResourceStore& store, ViewHolder& holder, absl::Duration interval,
                                   std::function<SteadyTime()> now)
    : store_(store), holder_(holder), now_(std::move(now)), thread_([this, interval] { Run(interval); }) {}

FreshnessMonitor::~FreshnessMonitor() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  stopped_.NotifyAll();
  thread_.join();
}

void FreshnessMonitor::Run(absl::Duration interval) {
  const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_; };
  while (true) {
    Ask();
    absl::MutexLock lock(&mutex_);
    if (stopped_.Await(mutex_, base::SteadyNow() + interval, stopping)) return;
  }
}

void FreshnessMonitor::Ask() {
  const SteadyTime asked = now_();
  const absl::StatusOr<store::StoreInfo> info = store_.Info();
  if (!info.ok() || info->history_id != holder_.history_id()) {
    behind_.reset();
    return;
  }
  // While others write all the time it may never hold the newest when it asks; what was the newest at the
  // last look it holds by now.
  if (behind_) Confirm(*std::exchange(behind_, std::nullopt));
  Confirm({info->revision, asked});
  holder_.NoteNewest(info->revision, asked);
}

void FreshnessMonitor::Confirm(const Answer& answer) {
  if (holder_.revision() >= answer.revision) {
    holder_.ConfirmNewest(answer.asked);
  } else {
    behind_ = answer;
  }
}

}  // namespace linchpin::replica
