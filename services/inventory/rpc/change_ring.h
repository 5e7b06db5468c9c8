// The latest revisions in memory, shared by all watchers.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_RING_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_RING_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/base/steady.h"
#include "services/store/port/resource.h"

namespace linchpin::inventory {

// One revision, shared by all who send it.
class RevisionChanges {
 public:
  RevisionChanges(int64_t revision, std::vector<store::Change> changes);

  int64_t revision() const { return revision_; }
  absl::Time time() const;
  const std::vector<store::Change>& changes() const { return changes_; }
  int64_t bytes() const { return bytes_; }

 private:
  const int64_t revision_;
  const std::vector<store::Change> changes_;
  int64_t bytes_ = 0;
};

// A bounded window over the newest revisions: there are no queues per watcher, each only has a place in the
// ring.
//
// Thread safety: Add and Reset from one thread at a time, the rest from any thread.
// Cost: one copy of the changes; memory bounded by `bytes_max`, one revision aside.
class ChangeRing {
 public:
  using Revision = std::shared_ptr<const RevisionChanges>;

  explicit ChangeRing(int64_t bytes_max) : bytes_max_(bytes_max) {}

  // Adds whole revisions, ascending, the first above last().
  void Add(absl::Span<const store::Change> changes);
  // Forgets everything: `revision` is the newest, and what led to it is not here. Watchers that wait are
  // woken.
  void Reset(int64_t revision);
  // Wakes all watchers, so that they look whether they are still wanted.
  void WakeAll();

  int64_t last() const;

  // How a wait for revisions ended.
  enum class Outcome {
    kRevisions,  // There are some.
    kTimeout,    // Nothing newer by the deadline, or somebody called WakeAll.
    kBehind,     // What follows `after` is not here any more.
  };
  // Waits for revisions after `after` and adds up to `limit` of them to `revisions`.
  Outcome Read(int64_t after, int limit, base::SteadyTime deadline, std::vector<Revision>& revisions) const;

 private:
  const int64_t bytes_max_;
  mutable absl::Mutex mutex_;
  mutable base::SteadyCondition changed_;
  std::deque<Revision> revisions_ ABSL_GUARDED_BY(mutex_);
  int64_t before_ ABSL_GUARDED_BY(mutex_) =
      -1;  // The revision before the first one here; -1 before the first Reset.
  int64_t last_ ABSL_GUARDED_BY(mutex_) = -1;
  int64_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t wakes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_CHANGE_RING_H_
