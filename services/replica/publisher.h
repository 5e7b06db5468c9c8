// A ViewSource that somebody fills: the part that holders and followers share.
#ifndef LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_
#define LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/replica/source.h"
#include "services/replica/waiters.h"

namespace linchpin::replica {

// Publishes views.
//
// Thread safety: the readers' side from any thread; Publish, SetHistory and ConfirmNewest from one thread at
//   a time. Callbacks of WhenReached run on a thread of the publisher, those of Subscribe on the thread that
//   publishes.
// Cost: a reader copies one shared_ptr.
class Publisher : public ViewSource {
 public:
  explicit Publisher(std::function<base::SteadyTime()> now = base::SteadyNow);
  // Answers whoever still waits.
  ~Publisher() override;
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  std::shared_ptr<const View> Current() const override;
  std::unique_ptr<ViewSubscription> Subscribe(std::function<void(const ViewChange&)> changed) override;
  absl::Duration Age() const override;
  std::string history_id() const override;
  PastViews* past() const override { return past_; }

  // What `past` returns from now on; before anybody reads. Must outlive all calls.
  void SetPast(PastViews* past) { past_ = past; }
  // Makes `change.view` the current one.
  void Publish(ViewChange change);
  // The current view was known to be the newest at `time`. What was known of a later time stands.
  void ConfirmNewest(base::SteadyTime time);
  // Whoever decides on revisions had none above `revision` when asked at `asked`. A wait that began before
  // for a later one is over: nobody can have been told of it.
  void NoteNewest(int64_t revision, base::SteadyTime asked);
  // Forgets what ConfirmNewest said: before a view of another history.
  void ForgetNewest();
  // Before the first view, and before the first view of another history.
  void SetHistory(std::string history_id);

 private:
  // What NoteNewest said last.
  struct Known {
    int64_t revision = 0;
    base::SteadyTime asked = base::SteadyTime::InfinitePast();
  };
  struct Subscribers;
  class Subscription;

  uint64_t AddWaiter(int64_t revision, base::SteadyTime deadline, Unknown unknown, Reached reached) override;
  void GiveUp(uint64_t waiter) override;
  bool HasReached(int64_t revision) const;
  // Whether there was no such revision after `since`.
  bool IsUnknown(int64_t revision, base::SteadyTime since) const;
  absl::Status Behind(int64_t revision) const;
  absl::Status NoSuchRevision(int64_t revision) const;

  const std::function<base::SteadyTime()> now_;
  std::atomic<std::shared_ptr<const View>> current_;
  std::atomic<std::shared_ptr<const std::string>> history_id_;
  std::atomic<int64_t> newest_at_us_;  // Since the machine was started.
  const std::shared_ptr<Subscribers> subscribers_;
  PastViews* past_ = nullptr;
  mutable absl::Mutex mutex_;
  Known known_ ABSL_GUARDED_BY(mutex_);
  Waiters waiters_;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_PUBLISHER_H_
