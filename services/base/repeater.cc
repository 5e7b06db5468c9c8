#include "services/base/repeater.h"

#include <algorithm>
#include <utility>

namespace linchpin::base {

Repeater::Repeater(Begin begin, Rest rest, std::function<void()> run)
    : rest_(std::move(rest)), run_(std::move(run)), thread_([this, begin] { Loop(begin); }) {}

Repeater::~Repeater() {
  stopping_ = true;
  {
    const absl::MutexLock lock(&mutex_);  // The thread is before its look at stopping_, or waits.
  }
  stopped_.NotifyAll();
  thread_.join();
}

bool Repeater::RestFor(absl::Duration duration) {
  const absl::MutexLock lock(&mutex_);
  return !stopped_.Await(mutex_, SteadyNow() + duration, [this] { return stopping(); });
}

void Repeater::Loop(Begin begin) {
  if (begin == Begin::kWithRest && !RestFor(rest_(absl::ZeroDuration()))) return;
  while (!stopping()) {
    const SteadyTime began = SteadyNow();
    run_();
    if (!RestFor(rest_(SteadyNow() - began))) return;
  }
}

Repeater::Rest AtMostATenthOfTheTime(absl::Duration interval) {
  return [interval](absl::Duration took) { return std::max(interval, 9 * took); };
}

}  // namespace linchpin::base
