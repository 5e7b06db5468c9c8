#include "services/base/steady.h"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace linchpin::base {
namespace {

// Of one sleep, so that no deadline overflows.
constexpr absl::Duration kSleepMax = absl::Hours(1);

// absl::Mutex under the names that std::condition_variable_any calls.
class Lockable {
 public:
  explicit Lockable(absl::Mutex& mutex) : mutex_(mutex) {}
  void lock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Lock(); }
  void unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS { mutex_.Unlock(); }

 private:
  absl::Mutex& mutex_;
};

}  // namespace

SteadyTime SteadyNow() {
  // Not CLOCK_MONOTONIC, which stands still while the machine sleeps: what it holds grows old all the same.
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return SteadyTime::AfterStart(absl::DurationFromTimespec(now));
}

bool SteadyCondition::WaitOnce(absl::Mutex& mutex, SteadyTime deadline) {
  const absl::Duration left = deadline - SteadyNow();
  if (left <= absl::ZeroDuration()) return false;
  Lockable lock(mutex);
  changed_.wait_for(lock, absl::ToChronoNanoseconds(std::min(left, kSleepMax)));
  return true;
}

}  // namespace linchpin::base
