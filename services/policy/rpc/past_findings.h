// The findings as they stood at a time: those that the policy store held then.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_PAST_FINDINGS_H_
#define LINCHPIN_SERVICES_POLICY_RPC_PAST_FINDINGS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/policy/rpc/finding_board.h"
#include "services/serving/snapshots.h"

namespace linchpin::policy {

// Ownership: keeps a reference to the snapshots of the policy store, which must outlive it.
// Thread safety: all members may run at once.
class PastFindings {
 public:
  explicit PastFindings(const serving::Snapshots& policies) : policies_(policies) {}

  // Waits until the state of `as_of` is at hand, as serving::Snapshots::AwaitPast. Findings are computed
  // between two writes of the inventory, so only a time names one of their states.
  // Errors, besides: INVALID_ARGUMENT, FIELD_INVALID, for anything but a time.
  void Await(kit::Call& call, const std::string& as_of, const std::string& min_revision,
             kit::Done ready) const;

  // The findings of the state that Await has attached to the call. `computed` in it is of the newest of them.
  // Cost: the first call at a state reads all findings; the last state asked for is kept.
  absl::StatusOr<std::shared_ptr<const FindingSet>> Take(kit::Call& call);

 private:
  const serving::Snapshots& policies_;
  absl::Mutex mutex_;
  std::weak_ptr<const replica::View> view_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const FindingSet> set_ ABSL_GUARDED_BY(mutex_);  // Of that view.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_PAST_FINDINGS_H_
