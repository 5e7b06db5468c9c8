// The policies of the store, compiled, always those of its newest revision.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/binding/rehearsal.h"
#include "services/policy/domain/findings/disposition.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/replica/source.h"

namespace linchpin::policy {

// What people have written in a view of the policy store, compiled. `revision` is what the set says of
// itself.
std::shared_ptr<const PolicySet> CompilePolicies(const replica::View& view, int64_t revision);

// Follows the view of the policy store, in which findings lie beside what people write.
//
// Ownership: keeps a reference to the source, which must outlive it.
// Thread safety: all members may run at once.
class PolicyFeed {
 public:
  // What of it has changed: the rules, or what people have decided about findings.
  enum class Part { kRules, kDispositions };

  // `changed` is called when people have written something, on the thread that publishes the view: it must be
  // quick. Findings are not written by people.
  PolicyFeed(replica::ViewSource& store, std::function<void(Part)> changed);

  // Policies, assignments and sets, compiled; null before the store is loaded. Its revision is the last one
  // that changed them. Compiles at most once for each.
  std::shared_ptr<const PolicySet> Current();
  // Waivers and acknowledgements; null before the store is loaded. Parsed at most once for each revision that
  // changed them.
  std::shared_ptr<const Dispositions> CurrentDispositions();

  // The same as if a change were stored (Rehearse). Only once Current() is there.
  absl::StatusOr<Rehearsed> Rehearse(const v1::PolicyChange& change) const;

  // The last revision that changed anything of this. What the functions above return afterwards is no older.
  int64_t revision() const;

  // The findings as they are stored at `revision` or later, which the view must have reached. Parsed anew
  // only when some have changed.
  std::shared_ptr<const FindingMap> StoredFindings(int64_t revision = 0);

 private:
  void OnView(const replica::ViewChange& change);

  replica::ViewSource& store_;
  const std::function<void(Part)> changed_;
  mutable absl::Mutex mutex_;
  int64_t rules_revision_ ABSL_GUARDED_BY(mutex_) = -1;
  int64_t dispositions_revision_ ABSL_GUARDED_BY(mutex_) = -1;
  int64_t findings_revision_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const PolicySet> policies_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Dispositions> dispositions_ ABSL_GUARDED_BY(mutex_);
  int64_t dispositions_parsed_ ABSL_GUARDED_BY(mutex_) =
      -2;  // The dispositions_revision_ when they were parsed.
  std::shared_ptr<const FindingMap> findings_ ABSL_GUARDED_BY(mutex_);
  int64_t findings_parsed_ ABSL_GUARDED_BY(mutex_) = -1;  // The findings_revision_ when they were parsed.
  int64_t findings_view_ ABSL_GUARDED_BY(mutex_) = -1;    // The revision of the view they were parsed from.
  std::unique_ptr<replica::ViewSubscription> subscription_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_
