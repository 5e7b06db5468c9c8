// Gives answers away from the committer's thread, so that commits do not wait for sockets.
#ifndef LINCHPIN_SERVICES_SERVING_ANSWER_THREAD_H_
#define LINCHPIN_SERVICES_SERVING_ANSWER_THREAD_H_

#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace linchpin::serving {

// Runs functions in order on one thread. Its queue is bounded by who feeds it: the committer's queue.
//
// Ownership: the destructor runs what is queued. Thread safety: Run from any thread.
class AnswerThread {
 public:
  AnswerThread();
  ~AnswerThread();
  AnswerThread(const AnswerThread&) = delete;
  AnswerThread& operator=(const AnswerThread&) = delete;

  void Run(std::function<void()> work);

 private:
  void Loop();

  absl::Mutex mutex_;
  std::vector<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_ANSWER_THREAD_H_
