#include "services/store/commit/write_queue.h"

#include <algorithm>
#include <utility>

#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::store {

using base::Error;

absl::Status WriteQueue::Push(Pending& pending) {
  absl::MutexLock lock(&mutex_);
  if (closed_) {
    return Error(base::reason::Draining{}, "the server is shutting down; try again elsewhere")
        .RetryAfterMs(1000);
  }
  if (static_cast<int>(pending_.size()) >= writes_max_ ||
      (!pending_.empty() && bytes_ + pending.write.bytes > bytes_max_)) {
    return Error(base::reason::WriteQueueFull{}, "too many writes wait to be committed; try again")
        .RetryAfterMs(250);
  }
  bytes_ += pending.write.bytes;
  pending_.push_back(std::move(pending));
  // Whoever waits, waits for the first one.
  if (pending_.size() == 1) changed_.NotifyAll();
  return absl::OkStatus();
}

std::vector<Pending> WriteQueue::Take(int writes_max, int64_t bytes_max) {
  std::vector<Pending> taken;
  int64_t bytes = 0;
  absl::MutexLock lock(&mutex_);
  if (!pending_.empty()) taken_ = pending_.front().enqueued;
  while (!pending_.empty() && static_cast<int>(taken.size()) < writes_max) {
    int64_t next = pending_.front().write.bytes;
    if (!taken.empty() && bytes + next > bytes_max) break;
    bytes += next;
    taken.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  bytes_ -= bytes;
  return taken;
}

void WriteQueue::Finish() {
  absl::MutexLock lock(&mutex_);
  taken_.reset();
}

std::optional<SteadyTime> WriteQueue::Oldest() const {
  if (taken_) return taken_;
  if (pending_.empty()) return std::nullopt;
  return pending_.front().enqueued;
}

std::vector<Pending> WriteQueue::TakeQueuedBefore(SteadyTime time) {
  std::vector<Pending> taken;
  absl::MutexLock lock(&mutex_);
  while (!pending_.empty() && pending_.front().enqueued < time) {
    bytes_ -= pending_.front().write.bytes;
    taken.push_back(std::move(pending_.front()));
    pending_.pop_front();
  }
  return taken;
}

void WriteQueue::Wake(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
  woken_blindly_ = woken_blindly_ || revision == 0;
  woken_revision_ = std::max(woken_revision_, revision);
  changed_.NotifyAll();
}

WriteQueue::Work WriteQueue::Wait(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  changed_.Await(mutex_, base::SteadyNow() + timeout, [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !pending_.empty() || woken_ || closed_;
  });
  Work work{!pending_.empty(), woken_, woken_blindly_ ? 0 : woken_revision_, closed_};
  woken_ = false;
  woken_blindly_ = false;
  woken_revision_ = 0;
  return work;
}

bool WriteQueue::WaitStale(absl::Duration age) {
  absl::MutexLock lock(&mutex_);
  const auto some = [this]()
                        ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closed_ || Oldest().has_value(); };
  const auto closed = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closed_; };
  while (true) {
    changed_.Await(mutex_, base::SteadyTime::InfiniteFuture(), some);
    if (closed_) return false;
    const absl::Duration waited = absl::FromChrono(std::chrono::steady_clock::now() - *Oldest());
    if (waited >= age) return true;
    // Another may stand in front by then.
    changed_.Await(mutex_, base::SteadyNow() + (age - waited), closed);
  }
}

bool WriteQueue::WaitClosed(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  return changed_.Await(mutex_, base::SteadyNow() + timeout,
                        [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return closed_; });
}

void WriteQueue::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  changed_.NotifyAll();
}

int64_t WriteQueue::size() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int64_t>(pending_.size());
}

}  // namespace linchpin::store
