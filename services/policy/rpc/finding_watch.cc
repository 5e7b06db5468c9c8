#include "services/policy/rpc/finding_watch.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/rpc/finding_board.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using base::SteadyNow;
using base::SteadyTime;
using v1::Finding;
using v1::WatchFindingsResponse;

constexpr absl::Duration kReadyWait = absl::Seconds(5);

FindingFilter FilterOf(const v1::WatchFindingsRequest& request) {
  FindingFilter filter;
  filter.assignment = request.assignment();
  filter.policy = request.policy();
  filter.rule = request.rule();
  filter.subject = request.subject();
  filter.owner = request.owner();
  filter.min_severity = request.min_severity();
  return filter;
}

}  // namespace

// One call.
class FindingWatch::Stream {
 public:
  Stream(FindingWatch& watch, kit::Call& call, kit::StreamWriter<WatchFindingsResponse>& writer)
      : watch_(watch), source_(watch.policies_), call_(call), writer_(writer) {}

  absl::Status Run(const v1::WatchFindingsRequest& request) {
    filter_ = FilterOf(request);
    const SteadyTime ready_by = std::min(call_.deadline(), SteadyNow() + kReadyWait);
    auto view = source_.WaitFor(0, ready_by, call_.Canceller());
    if (!view.ok()) return view.status();
    history_id_ = source_.history_id();
    if (request.resume_token().empty()) {
      if (!SendSnapshot(**view)) return absl::OkStatus();
    } else {
      const auto revision = source_.ParseRevisionToken(request.resume_token(), "resume_token");
      if (!revision.ok()) return revision.status();
      cursor_ = *revision;
      const SteadyTime deadline = std::min(call_.deadline(), SteadyNow() + watch_.options_.future_start);
      const auto reached = source_.WaitFor(cursor_, deadline, call_.Canceller());
      if (!reached.ok()) return reached.status();
    }
    view->reset();  // A stream that lives for days must not keep an old view.
    return Follow();
  }

 private:
  absl::Status Follow() {
    while (!call_.Cancelled()) {
      if (source_.history_id() != history_id_) return HistoryChanged();
      if (source_.Current()->revision() > cursor_) {
        absl::Status status = SendChanges();
        if (!status.ok() || over_) return status;
        continue;
      }
      const SteadyTime mark_at = SteadyNow() + watch_.options_.progress_interval;
      const auto next = source_.WaitFor(cursor_ + 1, std::min(call_.deadline(), mark_at), call_.Canceller());
      if (next.ok()) continue;
      if (!call_.Cancelled() && !SendMark()) return absl::OkStatus();
    }
    return absl::OkStatus();
  }

  absl::Status HistoryChanged() const {
    return base::Error(base::reason::HistoryChanged{},
                       "the store was put back from a backup; start again without a token");
  }

  bool SendSnapshot(const replica::View& view) {
    cursor_ = view.revision();
    Begin(cursor_, true);
    bool sent = true;
    view.ForEach(*resource::FindKindOf(Finding::descriptor()), [&](const replica::DocumentRef& ref) {
      Finding finding;
      if (!sent || !finding.ParseFromArray(ref.body.data(), static_cast<int>(ref.body.size()))) return;
      if (finding.state() == Finding::STATE_RESOLVED || !Wanted(finding)) return;
      finding.set_revision(ref.revision);
      sent = Add(std::move(finding));
    });
    return sent && End();
  }

  // One read of what has been written after the cursor.
  absl::Status SendChanges() {
    absl::StatusOr<store::ChangeBatch> batch =
        watch_.store_.ReadChanges(cursor_, watch_.options_.changes_max);
    if (!batch.ok()) return batch.status();
    for (size_t i = 0; i < batch->changes.size() && !over_;) {
      const int64_t revision = batch->changes[i].resource.revision;
      size_t end = i;
      while (end < batch->changes.size() && batch->changes[end].resource.revision == revision) ++end;
      over_ = !SendRevision(revision, absl::MakeSpan(batch->changes).subspan(i, end - i));
      i = end;
    }
    cursor_ = std::max(cursor_, batch->through);
    return absl::OkStatus();
  }

  // False if the call is over. A revision without anything wanted is passed over; a mark moves the token on.
  bool SendRevision(int64_t revision, absl::Span<const store::Change> changes) {
    Begin(revision, false);
    bool any = false;
    for (const store::Change& change : changes) {
      if (change.resource.kind != Finding::descriptor()->name()) continue;
      if (change.deleted) {
        message_.add_forgotten(change.resource.name);
        any = true;
        continue;
      }
      Finding finding;
      if (!finding.ParseFromString(change.resource.body)) continue;
      if (IsSeenOnly(finding) || !Wanted(finding)) continue;
      finding.set_revision(revision);
      any = true;
      if (!Add(std::move(finding))) return false;
    }
    cursor_ = revision;
    return !any || End();
  }

  // Of a data gap that is written only the sample that it names is known.
  bool Wanted(const Finding& finding) const {
    static const FindingSet no_members;
    return filter_.TakesButState(StoredRecord(finding), no_members);
  }

  void Begin(int64_t revision, bool snapshot) {
    message_.Clear();
    message_.set_revision(revision);
    message_.set_snapshot(snapshot);
    bytes_ = 0;
  }

  bool Add(Finding finding) {
    bytes_ += static_cast<int64_t>(finding.ByteSizeLong());
    *message_.add_findings() = std::move(finding);
    if (bytes_ < watch_.options_.message_bytes) return true;
    if (!writer_.Write(message_)) return false;
    Begin(message_.revision(), message_.snapshot());
    return true;
  }

  bool End() {
    message_.set_end_of_revision(true);
    message_.set_resume_token(TokenOf(message_.revision()));
    return writer_.Write(message_);
  }

  bool SendMark() {
    WatchFindingsResponse mark;
    mark.set_revision(cursor_);
    mark.set_resume_token(TokenOf(cursor_));
    return writer_.Write(mark);
  }

  // Of this stream's history, whatever the source has come to meanwhile.
  std::string TokenOf(int64_t revision) const { return replica::MakeRevisionToken({revision, history_id_}); }

  FindingWatch& watch_;
  replica::ViewSource& source_;
  kit::Call& call_;
  kit::StreamWriter<WatchFindingsResponse>& writer_;
  FindingFilter filter_;
  std::string history_id_;
  WatchFindingsResponse message_;
  int64_t bytes_ = 0;   // Of the findings in it.
  int64_t cursor_ = 0;  // Everything up to here has been sent.
  bool over_ = false;
};

absl::Status FindingWatch::Watch(kit::Call& call, const v1::WatchFindingsRequest& request,
                                 kit::StreamWriter<WatchFindingsResponse>& writer) {
  return Stream(*this, call, writer).Run(request);
}

}  // namespace linchpin::policy
