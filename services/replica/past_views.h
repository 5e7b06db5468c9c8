// Views of the past, made from the present by undoing what was changed since.
#ifndef LINCHPIN_SERVICES_REPLICA_PAST_VIEWS_H_
#define LINCHPIN_SERVICES_REPLICA_PAST_VIEWS_H_

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/replica/job_thread.h"
#include "services/replica/past_source.h"
#include "services/replica/source.h"

namespace linchpin::replica {

struct PastOptions {
  // Of documents and graph that kept views hold beside what they share with the present one, about; and of
  // the documents by which a state may differ from the nearest one that is held.
  int64_t bytes_max = int64_t{256} << 20;
  size_t views_max = 16;
  // Calls that wait for a view to be made.
  size_t waiting_max = 64;
  // A view that nobody has asked for this long goes.
  absl::Duration idle = absl::Minutes(10);
  std::function<absl::Time()> now = absl::Now;
};

// Makes and keeps past views of one source. One thread makes them, one after the other, each from the nearest
// state that is at hand; who asks for the same revision meanwhile gets the same view.
//
// Ownership: keeps references to both, which must outlive it; the destructor answers whoever still waits. A
//   view lives as long as a call uses it, also when it is no longer kept: beside `bytes_max` there may be one
//   for each call under way.
// Thread safety: all members may run at once.
// Cost: a walk over the changes since, and an edit of the view for each name that differs.
class PastViews {
 public:
  using Reached = ViewSource::Reached;

  PastViews(const ViewSource& source, PastSource& past, PastOptions options = {});

  // The view, if `as_of` is a revision whose view is kept; else null. Quick.
  std::shared_ptr<const View> Held(std::string_view as_of) const;

  // Calls `reached` once with the view that `as_of` asks for, from a thread of this object. The present view
  // if that is it.
  // Errors: as ParseAsOf, PastSource::Resolve and PastSource::Read; UNAVAILABLE, NOT_READY, before the first
  //   view; RESOURCE_EXHAUSTED, OVERLOADED, when too many wait; DEADLINE_EXCEEDED.
  void Find(std::string as_of, base::SteadyTime deadline, Reached reached,
            const ViewSource::OnCancel& on_cancel = nullptr);

  // Views that are kept, and about how many bytes they hold beside the present one. For metrics.
  struct Stats {
    int64_t views = 0;
    int64_t bytes = 0;
    int64_t made = 0;
  };
  Stats stats() const;

 private:
  struct Kept {
    std::shared_ptr<const View> view;
    int64_t bytes = 0;
    base::SteadyTime used;
  };

  absl::StatusOr<std::shared_ptr<const View>> Make(const std::string& as_of);
  absl::StatusOr<std::shared_ptr<const View>> MakeFrom(const View& base, const store::RevisionPoint& point);
  std::shared_ptr<const View> FindKept(int64_t revision);
  // The kept view, or `present`, whose revision is nearest.
  std::shared_ptr<const View> Nearest(std::shared_ptr<const View> present, int64_t revision) const;
  void Keep(std::shared_ptr<const View> view, const View& present);
  // Revisions of another history mean nothing.
  void DropForeign();
  // Drops what is idle or too much.
  void Tidy() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The present moves on, and what is kept shares less and less with it.
  void WeighAndTidy();

  const ViewSource& source_;
  PastSource& past_;
  const PastOptions options_;
  mutable absl::Mutex mutex_;
  std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // Last used first.
  std::string history_id_ ABSL_GUARDED_BY(mutex_);
  int64_t made_ ABSL_GUARDED_BY(mutex_) = 0;
  JobThread jobs_;  // The last member: its thread uses the others.
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_PAST_VIEWS_H_
