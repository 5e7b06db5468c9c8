// A fixed number of threads with a bounded queue, for handlers that wait or compute.
#ifndef LINCHPIN_SERVICES_KIT_RPC_WORKER_POOL_H_
#define LINCHPIN_SERVICES_KIT_RPC_WORKER_POOL_H_

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace linchpin::kit {

// The most that one caller may have of something that `max` may be had of: half, so that nobody can keep
// others out.
constexpr int ShareOf(int max) { return (max + 1) / 2; }

// Ownership: the destructor runs what is queued, then joins its threads.
// Thread safety: Submit may be called from any thread, not from within the destructor.
class WorkerPool {
 public:
  WorkerPool(int threads, int queue_max);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False if the queue is full, or half full with the work of this caller; `work` is then not run.
  [[nodiscard]] bool Submit(std::string_view caller, std::function<void()> work);

 private:
  struct Work {
    std::string caller;
    std::function<void()> run;
  };

  void Run();
  // Waits for the next; null at the end.
  std::function<void()> Next();

  const size_t queue_max_;
  absl::Mutex mutex_;
  std::deque<Work> queue_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, size_t, std::less<>> waiting_ ABSL_GUARDED_BY(mutex_);  // In the queue, by caller.
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_RPC_WORKER_POOL_H_
