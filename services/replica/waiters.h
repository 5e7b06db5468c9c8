// Callers that wait for something without holding a thread.
#ifndef LINCHPIN_SERVICES_REPLICA_WAITERS_H_
#define LINCHPIN_SERVICES_REPLICA_WAITERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/base/steady.h"

namespace linchpin::replica {

// One thread that answers each waiter once: when what it waits for has come, when its deadline has, or when
// it gives up.
//
// Ownership: the destructor answers whoever still waits.
// Thread safety: all members may run at once.
class Waiters {
 public:
  // No wait is longer, whatever its deadline is.
  static constexpr absl::Duration kWaitMax = absl::Seconds(60);

  explicit Waiters(std::function<base::SteadyTime()> now = base::SteadyNow);
  ~Waiters();
  Waiters(const Waiters&) = delete;
  Waiters& operator=(const Waiters&) = delete;

  // `over` says whether the wait is over; it is asked with a lock held, must be quick and must not call back.
  // `answer` is called once, on the thread of this object: it must be quick, too. Returns what to name to
  // GiveUp, never 0.
  uint64_t Add(std::function<bool()> over, base::SteadyTime deadline, std::function<void()> answer);
  // Has this waiter answered soon, unless it has been.
  void GiveUp(uint64_t waiter);
  // Something has changed: asks every waiter whether its wait is over.
  void Look();

 private:
  struct Waiter {
    std::function<bool()> over;
    base::SteadyTime deadline;
    std::function<void()> answer;
  };

  void Run();
  // The earliest deadline.
  base::SteadyTime Earliest() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes off those whose wait is over: all of them with `all`.
  std::vector<Waiter> TakeFinished(bool all) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::function<base::SteadyTime()> now_;
  mutable absl::Mutex mutex_;
  base::SteadyCondition woken_;
  std::map<uint64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<uint64_t> given_up_ ABSL_GUARDED_BY(mutex_);  // Of waiters that may be gone.
  bool look_ ABSL_GUARDED_BY(mutex_) = false;            // Something happened that the thread has not seen.
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_WAITERS_H_
