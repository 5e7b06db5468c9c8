// A thread for what blocks on a database, so that neither the threads of calls nor their workers do.
#ifndef LINCHPIN_SERVICES_REPLICA_JOB_THREAD_H_
#define LINCHPIN_SERVICES_REPLICA_JOB_THREAD_H_

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/replica/source.h"
#include "services/replica/waiters.h"

namespace linchpin::replica {

// Does one job after the other for callers that wait without a thread.
//
// Ownership: the destructor waits for the job under way, drops the others, and answers whoever still waits.
// Thread safety: all members may run at once.
class JobThread {
 public:
  struct Options {
    size_t waiting_max = 64;
    // Called when nothing has been asked for this long, on the thread. May be null.
    std::function<void()> idle = nullptr;
    absl::Duration idle_interval = absl::Seconds(30);
  };

  explicit JobThread(Options options);
  ~JobThread();

  // Does `work` when its turn comes and calls `done` once, with what it returned, on a thread of this object;
  // with RESOURCE_EXHAUSTED, OVERLOADED, when too many wait; with DEADLINE_EXCEEDED at the deadline, or soon
  // after `on_cancel` has been told. Then `work` may still be under way: it must own all that it uses.
  void Run(std::function<absl::Status()> work, base::SteadyTime deadline,
           std::function<void(absl::Status)> done, const ViewSource::OnCancel& on_cancel = nullptr);

 private:
  struct Job {
    std::function<absl::Status()> work;
    std::optional<absl::Status> result;
  };
  using JobPointer = std::shared_ptr<Job>;

  void Loop();
  absl::Status Finish(const JobPointer& job);

  const Options options_;
  absl::Mutex mutex_;
  base::SteadyCondition woken_;
  std::deque<JobPointer> jobs_ ABSL_GUARDED_BY(mutex_);
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  Waiters waiters_;
  std::thread thread_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_JOB_THREAD_H_
