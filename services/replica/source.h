// Where readers get their view from. In one process the three services share one source; split, Policy and
// Risk have a Follower each.
#ifndef LINCHPIN_SERVICES_REPLICA_SOURCE_H_
#define LINCHPIN_SERVICES_REPLICA_SOURCE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/replica/view.h"

namespace linchpin::replica {

// What a subscriber is told: a new view, and what differs from the one before.
struct ViewChange {
  std::shared_ptr<const View> view;
  // Names written or deleted since the view before, ascending; meaningless when `everything` is set.
  std::vector<std::string> names;
  // A snapshot was loaded: anything may have changed.
  bool everything = false;
};

// Held for as long as the callback may be called. Destroying it waits for a call that is running, so it must
// not be destroyed by the callback itself.
class ViewSubscription {
 public:
  virtual ~ViewSubscription() = default;
};

// What an opaque token of a revision stands for: a number means nothing outside its history.
struct HistoryRevision {
  int64_t revision = 0;
  std::string history_id;
};
std::string MakeRevisionToken(const HistoryRevision& at);
// Nothing if `token` is no such token.
std::optional<HistoryRevision> OpenRevisionToken(std::string_view token);

class PastViews;

// A source of views, newest last.
//
// Thread safety: all functions may be called from any thread. Readers never wait for writers.
class ViewSource {
 public:
  using Reached = std::function<void(absl::StatusOr<std::shared_ptr<const View>>)>;
  // How a wait learns that nobody waits for it any more: is given what to call then. Null: never.
  using OnCancel = std::function<void(std::function<void()>)>;
  // What to do with a wait for a revision that does not exist, where the source can tell.
  enum class Unknown {
    kRefuse,  // OUT_OF_RANGE, REVISION_NOT_FOUND.
    kAwait,   // Wait for it all the same.
  };

  virtual ~ViewSource() = default;

  // The newest view; null before the first snapshot.
  virtual std::shared_ptr<const View> Current() const = 0;

  // The first view that is at `revision` or later. Blocks until then.
  // Errors: UNAVAILABLE, NOT_READY, if there is no view by the deadline, or after a minute; UNAVAILABLE,
  //   REPLICA_BEHIND, with both revisions and RetryInfo, if there is one and it is older. A wait that is
  //   cancelled ends as if its deadline had come.
  absl::StatusOr<std::shared_ptr<const View>> WaitFor(int64_t revision, base::SteadyTime deadline,
                                                      const OnCancel& on_cancel = nullptr);

  // The same without blocking: calls `reached` once, at once or from another thread. It must be quick.
  // `on_cancel` is used before this returns, even if `reached` has been called.
  void WhenReached(int64_t revision, base::SteadyTime deadline, Unknown unknown, Reached reached,
                   const OnCancel& on_cancel = nullptr);

  // Calls `changed` for every view published from now on, in order, on the thread that publishes it: it must
  // be quick (set a flag, wake a thread) and must not call back into the source except for Current.
  virtual std::unique_ptr<ViewSubscription> Subscribe(std::function<void(const ViewChange&)> changed) = 0;

  // How long ago the current view was last known to be the newest. Infinite before the first.
  virtual absl::Duration Age() const = 0;

  // What makes views of its past; null where there is none.
  virtual PastViews* past() const { return nullptr; }

  // The history that revisions belong to (docs/operating/store.md, Restoring a backup); empty before the
  // first view.
  virtual std::string history_id() const = 0;

  // The opaque token of a revision, for `min_revision` and for resuming a Watch.
  std::string RevisionToken(int64_t revision) const;

  // Reads a token, or a decimal revision; empty is 0.
  // Errors: INVALID_ARGUMENT, FIELD_INVALID, on `field` if it is neither; OUT_OF_RANGE, HISTORY_CHANGED, if
  //   the token is of another history.
  absl::StatusOr<int64_t> ParseRevisionToken(std::string_view token,
                                             std::string_view field = "min_revision") const;

 protected:
  // As WhenReached; what to name to GiveUp, 0 if `reached` has been called.
  virtual uint64_t AddWaiter(int64_t revision, base::SteadyTime deadline, Unknown unknown,
                             Reached reached) = 0;
  // Has the `reached` of this waiter called soon, from another thread, unless it has been called. Quick.
  virtual void GiveUp(uint64_t waiter) = 0;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_SOURCE_H_
