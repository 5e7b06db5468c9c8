// The policies of the store, compiled, always those of its newest revision.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_

#include <cstdint>
#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/policy/domain/binding/policy_set.h"
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
  // `changed` is called when policies, assignments or sets have changed, on the thread that publishes the
  // view: it must be quick.
  PolicyFeed(replica::ViewSource& store, std::function<void()> changed);

  // What people have written, compiled; null before the store is loaded. Its revision is the last one that
  // changed it, findings not counted. Compiles at most once for each revision.
  std::shared_ptr<const PolicySet> Current();

  // That revision, without compiling.
  int64_t revision() const;

  // The findings as they are stored at `revision` or later, which the view must have reached. Parsed anew
  // only when some have changed.
  std::shared_ptr<const FindingMap> StoredFindings(int64_t revision = 0);

 private:
  void OnView(const replica::ViewChange& change);

  replica::ViewSource& store_;
  const std::function<void()> changed_;
  mutable absl::Mutex mutex_;
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = -1;
  int64_t findings_revision_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const PolicySet> policies_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const FindingMap> findings_ ABSL_GUARDED_BY(mutex_);
  int64_t findings_parsed_ ABSL_GUARDED_BY(mutex_) = -1;  // The findings_revision_ when they were parsed.
  int64_t findings_view_ ABSL_GUARDED_BY(mutex_) = -1;    // The revision of the view they were parsed from.
  std::unique_ptr<replica::ViewSubscription> subscription_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_FEED_H_
