// A ViewSource that somebody fills: the part that holders and followers share.
#ifndef LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_
#define LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/replica/source.h"

namespace linchpin::replica {

// Publishes views.
//
// Thread safety: the readers' side from any thread; Publish, SetHistory and ConfirmNewest from one thread at
// a time.
//   Callbacks of WhenReached run on a thread of the publisher, those of Subscribe on the thread that
//   publishes.
// Cost: a reader copies one shared_ptr.
class Publisher : public ViewSource {
 public:
  explicit Publisher(std::function<absl::Time()> now = absl::Now);
  // Answers whoever still waits.
  ~Publisher() override;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  std::shared_ptr<const View> Current() const override;
  std::unique_ptr<ViewSubscription> Subscribe(std::function<void(const ViewChange&)> changed) override;
  absl::Duration Age() const override;
  std::string history_id() const override;

  // Makes `change.view` the current one.
  void Publish(ViewChange change);
  // The current view was known to be the newest at `time`. What was known of a later time stands.
  void ConfirmNewest(absl::Time time);
  // Forgets what ConfirmNewest said: before a view of another history.
  void ForgetNewest();
  // Before the first view, and before the first view of another history.
  void SetHistory(std::string history_id);

 private:
  struct Waiter {
    uint64_t id = 0;
    absl::Time deadline;
    Reached reached;
  };
  struct Subscribers;
  class Subscription;

  uint64_t AddWaiter(int64_t revision, absl::Time deadline, Reached reached) override;
  void GiveUp(uint64_t waiter) override;
  void Run();
  // Takes off those whose wait is over: all of them with `all`.
  std::vector<std::pair<int64_t, Waiter>> TakeFinished(bool all) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Behind(int64_t revision) const;

  const std::function<absl::Time()> now_;
  std::atomic<std::shared_ptr<const View>> current_;
  std::atomic<std::shared_ptr<const std::string>> history_id_;
  std::atomic<int64_t> newest_at_us_;
  const std::shared_ptr<Subscribers> subscribers_;

  mutable absl::Mutex mutex_;
  std::multimap<int64_t, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);  // By revision.
  uint64_t last_waiter_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<uint64_t> given_up_ ABSL_GUARDED_BY(mutex_);  // Of waiters that may be gone.
  bool look_ ABSL_GUARDED_BY(mutex_) = false;            // Something happened that the thread has not seen.
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_
