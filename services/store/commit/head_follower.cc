#include "services/store/commit/head_follower.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::store {
namespace {

// Changes read at a time.
constexpr int64_t kBatch = 10'000;
// Further behind than this, the head catches up before the counter is locked, so that others can write.
constexpr int64_t kBehindMax = 1'000;
// Ways to fall behind again while loading or catching up, before the writer is told to try later.
constexpr int kAttemptsMax = 5;

}  // namespace

HeadFollower::HeadFollower(ResourceStore& store, Head& head, LogFunction log)
    : store_(store), head_(head), log_(std::move(log)) {}

absl::Status HeadFollower::Load() {
  // Asked first: should the history change in between, the next look finds it different and loads again.
  absl::StatusOr<StoreInfo> info = store_.Info();
  if (!info.ok()) return info.status();
  if (absl::Status status = head_.Reload(store_); !status.ok()) return status;
  history_id_ = info->history_id;
  return absl::OkStatus();
}

absl::Status HeadFollower::CheckHistory() {
  absl::StatusOr<StoreInfo> info = store_.Info();
  if (!info.ok()) return info.status();
  if (info->history_id == history_id_ && info->revision >= head_.revision()) return absl::OkStatus();
  if (log_) log_(LogLevel::kWarning, "the store has another history; reloading it", info->history_id);
  return Load();
}

absl::Status HeadFollower::Follow(int64_t revision) {
  if (revision > 0 && revision <= head_.revision()) return absl::OkStatus();
  if (revision == 0) {
    if (absl::Status status = CheckHistory(); !status.ok()) return status;
  }
  while (true) {
    absl::StatusOr<ChangeBatch> batch = store_.ReadChanges(head_.revision(), kBatch);
    if (absl::IsOutOfRange(batch.status())) return Load();
    if (!batch.ok()) return batch.status();
    if (batch->changes.empty()) return absl::OkStatus();
    head_.Apply(batch->changes);
    if (batch->through >= batch->head) return absl::OkStatus();
  }
}

absl::StatusOr<std::unique_ptr<GroupTransaction>> HeadFollower::Begin() {
  for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
    absl::StatusOr<std::unique_ptr<GroupTransaction>> transaction = store_.BeginGroup(head_.revision());
    if (!transaction.ok()) return transaction;
    const Counters& counters = (*transaction)->counters();
    const bool same_history = counters.history_id == history_id_ && counters.revision >= head_.revision();
    absl::Status status;
    if (!same_history) {
      transaction->reset();
      status = CheckHistory();
    } else if (counters.revision - head_.revision() > kBehindMax) {
      int64_t revision = counters.revision;
      transaction->reset();
      status = Follow(revision);
    } else {
      status = CatchUp(**transaction);
      if (status.ok()) return transaction;
      transaction->reset();
      if (absl::IsOutOfRange(status)) status = Load();
    }
    if (!status.ok()) return status;
  }
  return base::Error(base::reason::StoreUnavailable{},
                     "the store is being written faster than it can be followed; try again")
      .RetryAfterMs(1000);
}

absl::Status HeadFollower::CatchUp(GroupTransaction& transaction) {
  while (head_.revision() < transaction.counters().revision) {
    absl::StatusOr<ChangeBatch> batch = transaction.ReadChanges(head_.revision(), kBatch);
    if (!batch.ok()) return batch.status();
    if (batch->changes.empty()) {
      return absl::OutOfRangeError(absl::StrCat("no changes after revision ", head_.revision()));
    }
    head_.Apply(batch->changes);
  }
  return absl::OkStatus();
}

}  // namespace linchpin::store
