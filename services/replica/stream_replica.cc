#include "services/replica/stream_replica.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::replica {

void StreamReplica::Begin() {
  loader_.reset();
  kept_.clear();
}

absl::Status StreamReplica::Take(std::string bytes) {
  // On the heap, so that views into it stay good when it is kept.
  auto owned = std::make_unique<const std::string>(std::move(bytes));
  WatchMessage message;
  absl::Status status = absl::InternalError("a message of the Watch stream does not decode");
  if (DecodeWatchMessage(*owned, message)) {
    if (message.snapshot) {
      status = TakeSnapshot(message);
    } else if (message.is_progress_mark()) {
      const std::shared_ptr<const View> view = publisher_.Current();
      peer_clock_.Learn(message.time, clocks_.steady());
      if (view != nullptr && view->revision() == message.revision) ConfirmNewest(message.time);
      resume_token_ = message.resume_token;
      return absl::OkStatus();
    } else {
      const bool last = message.end_of_revision;
      const int64_t revision = message.revision;
      const absl::Time time = message.time;
      const std::string token = message.resume_token;
      kept_.push_back({std::move(owned), std::move(message)});
      status = last ? Apply(revision, time) : absl::OkStatus();
      if (status.ok() && last) resume_token_ = token;
    }
  }
  if (!status.ok()) StartOver();
  return status;
}

void StreamReplica::ConfirmNewest(absl::Time time) {
  publisher_.ConfirmNewest(peer_clock_.SteadyOf(time, clocks_.wall(), clocks_.steady()));
}

absl::Status StreamReplica::SetHistory(const std::string& token) {
  const std::optional<HistoryRevision> at = OpenRevisionToken(token);
  if (!at) return absl::InternalError("the Watch stream sent a resume token that does not open");
  if (at->history_id == publisher_.history_id()) return absl::OkStatus();
  publisher_.ForgetNewest();
  publisher_.SetHistory(at->history_id);
  return absl::OkStatus();
}

absl::Status StreamReplica::TakeSnapshot(const WatchMessage& message) {
  if (loader_ == nullptr) loader_ = std::make_unique<ViewLoader>();
  for (const DocumentEdit& edit : message.edits) {
    if (edit.deleted || !loader_->Add(edit.document)) {
      return absl::InternalError(
          absl::StrCat("the snapshot is out of order at `", std::string(edit.document.name), "`"));
    }
  }
  if (!message.end_of_revision) return absl::OkStatus();
  const std::optional<HistoryRevision> at = OpenRevisionToken(message.resume_token);
  const std::shared_ptr<const View> before = publisher_.Current();
  if (at && before != nullptr && at->history_id == publisher_.history_id() &&
      message.revision < before->revision()) {
    return absl::UnavailableError(absl::StrCat("the snapshot is of revision ", message.revision, ", below ",
                                               before->revision(), ": its server has not caught up yet"));
  }
  ViewChange change;
  change.view = std::exchange(loader_, nullptr)->Finish(message.revision, message.time);
  change.everything = true;
  if (absl::Status status = SetHistory(message.resume_token); !status.ok()) return status;
  resume_token_ = message.resume_token;
  ++snapshots_;
  ConfirmNewest(message.time);
  publisher_.Publish(std::move(change));
  return absl::OkStatus();
}

absl::Status StreamReplica::Apply(int64_t revision, absl::Time time) {
  const std::shared_ptr<const View> before = publisher_.Current();
  if (before == nullptr || revision <= before->revision()) {
    return absl::InternalError(absl::StrCat("the Watch stream sent revision ", revision, " out of order"));
  }
  std::vector<DocumentEdit> edits;
  ViewChange change;
  for (const Kept& kept : kept_) {
    if (kept.message.revision != revision) {
      return absl::InternalError(
          absl::StrCat("the Watch stream left revision ", kept.message.revision, " unfinished"));
    }
    for (const DocumentEdit& edit : kept.message.edits) {
      edits.push_back(edit);
      change.names.emplace_back(edit.document.name);
    }
  }
  std::sort(change.names.begin(), change.names.end());
  ViewEditor editor(*before);
  editor.Apply(edits, revision, time);
  kept_.clear();
  change.view = editor.Finish();
  // It was the newest when it was committed; that it still is, a progress mark will say.
  ConfirmNewest(time);
  publisher_.Publish(std::move(change));
  return absl::OkStatus();
}

}  // namespace linchpin::replica
