// A thread that does one thing again and again, with a rest in between.
#ifndef LINCHPIN_SERVICES_BASE_REPEATER_H_
#define LINCHPIN_SERVICES_BASE_REPEATER_H_

#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace linchpin::base {

// Runs from construction until its destructor, which ends a rest at once and waits for the end of a run.
//
// Ownership: make it the last member of what its run uses, so that it is the first to go.
class Repeater {
 public:
  // How long to rest after a run that took so long; zero before the first.
  using Rest = std::function<absl::Duration(absl::Duration took)>;
  enum class Begin { kWithRun, kWithRest };

  Repeater(Begin begin, Rest rest, std::function<void()> run);
  // The same rest each time.
  Repeater(Begin begin, absl::Duration rest, std::function<void()> run)
      : Repeater(
            begin, [rest](absl::Duration) { return rest; }, std::move(run)) {}
  ~Repeater();
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;

  // Whether the destructor has begun: a long run asks, and gives up. From any thread.
  bool stopping() const { return stopping_; }

 private:
  void Loop(Begin begin);
  // Rests; false if it is to stop.
  bool RestFor(absl::Duration duration);

  const Rest rest_;
  const std::function<void()> run_;
  std::atomic<bool> stopping_{false};
  absl::Mutex mutex_;
  SteadyCondition stopped_;
  std::thread thread_;
};

// Rests for `interval`, longer after a run of more than a tenth of it: the thread takes at most a tenth of a
// processor.
Repeater::Rest AtMostATenthOfTheTime(absl::Duration interval);

}  // namespace linchpin::base

#endif  // LINCHPIN_SERVICES_BASE_REPEATER_H_
