#include "services/kit/rpc/worker_pool.h"

#include <utility>

namespace linchpin::kit {

WorkerPool::WorkerPool(int threads, int queue_max) : queue_max_(queue_max) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::Submit(std::string_view caller, std::function<void()> work) {
  absl::MutexLock lock(&mutex_);
  if (queue_.size() >= queue_max_) return false;
  size_t& own = waiting_.try_emplace(std::string(caller)).first->second;
  if (own >= static_cast<size_t>(ShareOf(static_cast<int>(queue_max_)))) return false;
  ++own;
  queue_.push_back({std::string(caller), std::move(work)});
  return true;
}

std::function<void()> WorkerPool::Next() {
  absl::MutexLock lock(&mutex_);
  const auto some = [this] {
    mutex_.AssertHeld();
    return stopping_ || !queue_.empty();
  };
  mutex_.Await(absl::Condition(&some));
  if (queue_.empty()) return nullptr;
  std::function<void()> work = std::move(queue_.front().run);
  const auto own = waiting_.find(queue_.front().caller);
  if (--own->second == 0) waiting_.erase(own);
  queue_.pop_front();
  return work;
}

void WorkerPool::Run() {
  // Each is destroyed before the next is waited for: its captures may be the last to hold a call.
  while (const std::function<void()> work = Next()) work();
}

}  // namespace linchpin::kit
