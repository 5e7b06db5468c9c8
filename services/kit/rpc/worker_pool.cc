#include "services/kit/rpc/worker_pool.h"

#include <utility>

namespace linchpin::kit {

WorkerPool::WorkerPool(int threads, int queue_max) : queue_max_(queue_max) {
  threads_.reserve(threads);
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

WorkerPool::~WorkerPool() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool WorkerPool::Submit(std::string_view caller, std::function<void()> work) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (queue_.size() >= queue_max_) return false;
    size_t& own = waiting_.try_emplace(std::string(caller)).first->second;
    if (own >= static_cast<size_t>(ShareOf(static_cast<int>(queue_max_)))) return false;
    ++own;
    queue_.push_back({std::string(caller), std::move(work)});
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    std::function<void()> work = std::move(queue_.front().run);
    const auto own = waiting_.find(queue_.front().caller);
    if (--own->second == 0) waiting_.erase(own);
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;  // Its captures may be the last to hold a call.
    lock.lock();
  }
}

}  // namespace linchpin::kit
