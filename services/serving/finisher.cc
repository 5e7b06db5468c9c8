#include "services/serving/finisher.h"

#include <utility>

namespace linchpin::serving {

Finisher::Finisher() : thread_([this] { Loop(); }) {}

Finisher::~Finisher() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void Finisher::Run(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  queue_.push_back(std::move(work));
}

void Finisher::Loop() {
  auto woken = [this] {
    mutex_.AssertHeld();
    return stop_ || !queue_.empty();
  };
  while (true) {
    std::vector<std::function<void()>> batch;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&woken));
      if (queue_.empty()) return;
      batch.swap(queue_);
    }
    for (const std::function<void()>& work : batch) work();
  }
}

}  // namespace linchpin::serving
