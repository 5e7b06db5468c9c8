#include "services/inventory/rpc/watcher.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/inventory/rpc/watch_messages.h"
#include "services/resource/kinds.h"

namespace linchpin::inventory {
namespace {

using base::SteadyNow;
using base::SteadyTime;
using resource::KindInfo;
using store::Change;
using v1::WatchResponse;

// Revisions taken from the ring at a time.
constexpr int kRevisions = 64;
constexpr int kRetryMs = 1000;
constexpr absl::Duration kReadyWait = absl::Seconds(5);

absl::Status HistoryChanged(int64_t after, int64_t newest) {
  return base::Error(base::reason::HistoryChanged{.newest = newest, .revision = after},
                     absl::StrCat("revision ", after, " is above the newest, ", newest,
                                  ": it belongs to another history; start again from a snapshot"));
}

absl::Status TooSlow(int64_t revision) {
  return base::Error(base::reason::WatcherTooSlow{.revision = revision},
                     absl::StrCat("the watcher did not keep up after revision ", revision,
                                  "; resume with the last resume_token"))
      .RetryAfterMs(kRetryMs);
}

}  // namespace

// One call.
class Watcher::Stream {
 public:
  Stream(Watcher& watcher, kit::Call& call, kit::StreamWriter<WatchResponse>& writer)
      : watcher_(watcher), call_(call), writer_(writer), messages_(watcher.options_.message_bytes) {}

  absl::Status Run(const v1::WatchRequest& request) {
    if (absl::Status status = ReadKinds(request); !status.ok()) return status;
    absl::StatusOr<std::shared_ptr<const replica::View>> view =
        watcher_.source_.WaitFor(0, std::min(call_.deadline(), SteadyNow() + kReadyWait), call_.Canceller());
    if (!view.ok()) return view.status();
    history_id_ = watcher_.source_.history_id();
    cursor_ = request.after_revision();
    if (cursor_ < 0)
      return base::FieldError("after_revision", "must not be negative; 0 starts with a snapshot");
    if (!request.resume_token().empty()) {
      absl::StatusOr<int64_t> resumed =
          watcher_.source_.ParseRevisionToken(request.resume_token(), "resume_token");
      if (!resumed.ok()) return resumed.status();
      cursor_ = *resumed;
      by_token_ = true;
    } else if (cursor_ == 0) {
      if (!SendSnapshot(**view)) return absl::OkStatus();
      view->reset();  // A watcher that lives for days must not keep an old view.
    }
    if (absl::Status status = AwaitStart(); !status.ok()) return status;
    return Follow();
  }

 private:
  absl::Status ReadKinds(const v1::WatchRequest& request) {
    for (int i = 0; i < request.kinds_size(); ++i) {
      const KindInfo* kind = resource::FindKind(request.kinds(i));
      if (kind == nullptr || kind->area != resource::Area::kInventory) {
        return base::FieldError(absl::StrCat("kinds[", i, "]"),
                                absl::StrCat("`", request.kinds(i),
                                             "` is not a kind of the inventory; use one such as "
                                             "`Vendor` or `BusinessService`"));
      }
      kinds_.insert(kind->kind);
    }
    return absl::OkStatus();
  }

  // Of this stream's history, whatever the source has come to meanwhile.
  std::string TokenOf(int64_t revision) const { return replica::MakeRevisionToken({revision, history_id_}); }

  bool Wanted(const std::string& kind) const { return kinds_.empty() || kinds_.contains(kind); }

  // False if the call is over.
  bool SendSnapshot(const replica::View& view) {
    const std::string token = TokenOf(view.revision());
    MessageBuilder builder(view.revision(), view.time(), /*snapshot=*/true, messages_);
    auto send = [&](const WatchResponse& message) { return !call_.Cancelled() && writer_.Write(message); };
    for (const KindInfo* kind : resource::Kinds()) {
      if (kind->area != resource::Area::kInventory || !Wanted(kind->kind)) continue;
      for (replica::Cursor at = view.Seek(*kind); at.valid(); at.Next()) {
        if (!builder.AddUpsert(at.document(), send)) return false;
      }
    }
    cursor_ = view.revision();
    return builder.End(token, send);
  }

  absl::Status AwaitStart() {
    const SteadyTime deadline = std::min(call_.deadline(), SteadyNow() + watcher_.options_.future_start);
    absl::StatusOr<std::shared_ptr<const replica::View>> view =
        watcher_.source_.WaitFor(cursor_, deadline, call_.Canceller());
    if (view.ok()) return absl::OkStatus();
    // A token of this history is of a revision that exists: this replica has not got it yet. A number may be
    // of any history.
    if (by_token_) return view.status();
    return HistoryChanged(cursor_, watcher_.source_.Current()->revision());
  }

  absl::Status Follow() {
    bool live = false;  // Whether it has been in the ring once.
    SteadyTime next_mark = SteadyTime::InfinitePast();
    while (!call_.Cancelled()) {
      std::vector<ChangeRing::Revision> revisions;
      const ChangeRing::Outcome outcome = watcher_.ring_.Read(cursor_, kRevisions, next_mark, revisions);
      // After the read: the source knows of another history before the ring has anything of it.
      if (watcher_.source_.history_id() != history_id_) return HistoryChanged(cursor_, watcher_.ring_.last());
      if (outcome == ChangeRing::Outcome::kBehind) {
        if (live) return TooSlow(cursor_);
        absl::Status status = CatchUp();
        if (!status.ok() || over_) return status;
        continue;
      }
      live = true;
      for (const ChangeRing::Revision& revision : revisions) {
        if (!SendRevision(revision->revision(), revision->changes())) return absl::OkStatus();
      }
      if (SteadyNow() < next_mark || !AtHead()) continue;
      if (!SendMark()) return absl::OkStatus();
      next_mark = SteadyNow() + watcher_.options_.progress_interval;
    }
    return absl::OkStatus();
  }

  bool AtHead() const { return cursor_ >= watcher_.ring_.last(); }

  // Sends what stands in the store's change table after the cursor: one read of it.
  absl::Status CatchUp() {
    absl::StatusOr<store::ChangeBatch> batch =
        watcher_.store_.ReadChanges(cursor_, watcher_.options_.catch_up_changes);
    if (!batch.ok()) return batch.status();
    for (size_t i = 0; i < batch->changes.size();) {
      const int64_t revision = batch->changes[i].resource.revision;
      size_t end = i;
      while (end < batch->changes.size() && batch->changes[end].resource.revision == revision) ++end;
      if (!SendRevision(revision, absl::MakeSpan(batch->changes).subspan(i, end - i))) over_ = true;
      if (over_) return absl::OkStatus();
      i = end;
    }
    cursor_ = batch->through;
    return absl::OkStatus();
  }

  // False if the call is over.
  bool SendRevision(int64_t revision, absl::Span<const Change> changes) {
    auto send = [&](const WatchResponse& message) { return writer_.Write(message); };
    MessageBuilder builder(revision,
                           changes.empty() ? absl::UnixEpoch() : changes.front().resource.update_time,
                           /*snapshot=*/false, messages_);
    bool any = false;
    for (const Change& change : changes) {
      if (!Wanted(change.resource.kind)) continue;
      any = true;
      if (!builder.AddChange(change, send)) return false;
    }
    cursor_ = revision;
    // A revision without anything wanted is passed over; the next progress mark moves the token on.
    return !any || builder.End(TokenOf(revision), send);
  }

  bool SendMark() {
    WatchResponse mark;
    mark.set_revision(cursor_);
    mark.set_resume_token(TokenOf(cursor_));
    const absl::Time now = absl::Now();
    SetTime(now - std::min(watcher_.source_.Age(), now - absl::UnixEpoch()), mark);
    return writer_.Write(mark);
  }

  Watcher& watcher_;
  kit::Call& call_;
  kit::StreamWriter<WatchResponse>& writer_;
  const int64_t messages_;
  std::set<std::string> kinds_;
  std::string history_id_;
  bool by_token_ = false;  // The start was a token of this history.
  int64_t cursor_ = 0;     // Everything up to here has been sent.
  bool over_ = false;
};

Watcher::Watcher(replica::ViewSource& source, ChangeRing& ring, store::ResourceStore& store,
                 WatchOptions options)
    : source_(source), ring_(ring), store_(store), options_(options) {}

absl::Status Watcher::Watch(kit::Call& call, const v1::WatchRequest& request,
                            kit::StreamWriter<WatchResponse>& writer) {
  streams_.fetch_add(1);
  // Wakes this stream from its wait; the others look and wait again.
  auto hook = call.OnCancel([this] { ring_.WakeAll(); });
  absl::Status status = Stream(*this, call, writer).Run(request);
  streams_.fetch_sub(1);
  return status;
}

}  // namespace linchpin::inventory
