// The bounded queue between those who hand in writes and the one thread that commits them.
#ifndef LINCHPIN_SERVICES_STORE_COMMIT_WRITE_QUEUE_H_
#define LINCHPIN_SERVICES_STORE_COMMIT_WRITE_QUEUE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/store/port/write.h"

namespace linchpin::store {

// Ages and deadlines inside the committer are on the steady clock: a jump of the wall clock changes nothing.
using SteadyTime = std::chrono::steady_clock::time_point;

// A write that waits for its outcome.
struct Pending {
  Write write;
  std::function<void(absl::StatusOr<WriteResult>)> done;
  SteadyTime enqueued;
  SteadyTime deadline;
};

// Thread safety: any thread may call any function, but Wait and Take belong to one thread, and WaitStale to
// one.
class WriteQueue {
 public:
  WriteQueue(int writes_max, int64_t bytes_max) : writes_max_(writes_max), bytes_max_(bytes_max) {}

  // Takes the write, or leaves it as it was and says why not: full (RESOURCE_EXHAUSTED, WRITE_QUEUE_FULL)
  // or closed (UNAVAILABLE, DRAINING).
  absl::Status Push(Pending& pending);

  // The oldest writes, as many as fit both bounds, at least one if there is one. They count as waiting until
  // Finish.
  std::vector<Pending> Take(int writes_max, int64_t bytes_max);
  // Those that were taken have got their outcomes.
  void Finish();
  // The writes that were queued before `time`.
  std::vector<Pending> TakeQueuedBefore(SteadyTime time);

  // Somebody else may have written; `revision` as for ResourceStore::Subscribe.
  void Wake(int64_t revision);

  // What there is to do.
  struct Work {
    bool writes = false;
    bool woken = false;
    int64_t revision = 0;  // The greatest that Wake was given; 0 if one call did not know it.
    bool closed = false;
  };
  // Waits until there is something to do, at most `timeout`. Forgets the wakes it reports.
  Work Wait(absl::Duration timeout);

  // Waits until the oldest write without an outcome has waited for `age`, or until closed: then false.
  bool WaitStale(absl::Duration age);

  // Waits until closed, at most `timeout`. True if closed.
  bool WaitClosed(absl::Duration timeout);

  // No more writes are taken.
  void Close();

  int64_t size() const;

 private:
  const int writes_max_;
  const int64_t bytes_max_;
  mutable absl::Mutex mutex_;
  base::SteadyCondition changed_;  // Told of everything that somebody may wait for.
  // When the oldest write without an outcome came.
  std::optional<SteadyTime> Oldest() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::deque<Pending> pending_ ABSL_GUARDED_BY(mutex_);
  std::optional<SteadyTime> taken_ ABSL_GUARDED_BY(mutex_);  // When the oldest of those taken came.
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_blindly_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t woken_revision_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_COMMIT_WRITE_QUEUE_H_
