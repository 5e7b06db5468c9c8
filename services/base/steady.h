// Instants and waits by a clock that nobody sets. The wall clock is for what people and other machines read;
// every duration, age and deadline goes by this one: a wall clock that is set back makes an age shrink and a
// wait by absl::Mutex or absl::CondVar longer by as much.
#ifndef LINCHPIN_SERVICES_BASE_STEADY_H_
#define LINCHPIN_SERVICES_BASE_STEADY_H_

#include <compare>
#include <condition_variable>
#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace linchpin::base {

// An instant of this machine since it was started, sleep included. It means nothing on another machine.
class SteadyTime {
 public:
  // When the machine was started.
  constexpr SteadyTime() = default;
  static constexpr SteadyTime InfinitePast() { return SteadyTime(-absl::InfiniteDuration()); }
  static constexpr SteadyTime InfiniteFuture() { return SteadyTime(absl::InfiniteDuration()); }
  static constexpr SteadyTime AfterStart(absl::Duration duration) { return SteadyTime(duration); }

  constexpr absl::Duration since_start() const { return since_start_; }

  SteadyTime& operator+=(absl::Duration duration) {
    since_start_ += duration;
    return *this;
  }
  friend SteadyTime operator+(SteadyTime time, absl::Duration duration) { return time += duration; }
  friend SteadyTime operator-(SteadyTime time, absl::Duration duration) { return time += -duration; }
  friend absl::Duration operator-(SteadyTime a, SteadyTime b) { return a.since_start_ - b.since_start_; }
  friend bool operator==(SteadyTime a, SteadyTime b) { return a.since_start_ == b.since_start_; }
  friend std::weak_ordering operator<=>(SteadyTime a, SteadyTime b) {
    if (a.since_start_ < b.since_start_) return std::weak_ordering::less;
    return a == b ? std::weak_ordering::equivalent : std::weak_ordering::greater;
  }

 private:
  explicit constexpr SteadyTime(absl::Duration since_start) : since_start_(since_start) {}

  absl::Duration since_start_ = absl::ZeroDuration();
};

SteadyTime SteadyNow();

// Waits for a condition on what an absl::Mutex guards. Whoever changes what the condition looks at calls
// NotifyAll, with or without the mutex.
//
// Thread safety: all of it.
class SteadyCondition {
 public:
  // Waits until `done()` is true or `deadline` has come; whether it is true. `mutex` is held by the caller,
  // and given up while it waits.
  template <typename Done>
  bool Await(absl::Mutex& mutex, SteadyTime deadline, Done done) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    while (!IsTrue(done)) {
      if (!WaitOnce(mutex, deadline)) return IsTrue(done);
    }
    return true;
  }
  void NotifyAll() { changed_.notify_all(); }

 private:
  // `done` says itself that it needs the mutex, by the name that its owner has for it.
  template <typename Done>
  static bool IsTrue(Done& done) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return done();
  }
  // False once the deadline has come.
  bool WaitOnce(absl::Mutex& mutex, SteadyTime deadline) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);

  std::condition_variable_any changed_;
};

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_STEADY_H_
