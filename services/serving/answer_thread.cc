#include "services/serving/answer_thread.h"

#include <utility>

namespace linchpin::serving {

AnswerThread::AnswerThread() : thread_([this] { Loop(); }) {}

AnswerThread::~AnswerThread() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

void AnswerThread::Run(std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  queue_.push_back(std::move(work));
}

void AnswerThread::Loop() {
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
