// A fixed number of threads with a bounded queue, for handlers that wait or compute.
#ifndef LINCHPIN_SERVICES_KIT_WORKER_POOL_H_
#define LINCHPIN_SERVICES_KIT_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace linchpin::kit {

// Ownership: the destructor runs what is queued, then joins its threads.
// Thread safety: Submit may be called from any thread, not from within the destructor.
class WorkerPool {
 public:
  WorkerPool(int threads, int queue_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False if the queue is full; `work` is then not run.
  [[nodiscard]] bool Submit(std::function<void()> work);

 private:
  void Run();

  const size_t queue_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_WORKER_POOL_H_
