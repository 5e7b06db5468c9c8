// CheckChange, without gRPC.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_CHANGE_ANSWERS_H_
#define LINCHPIN_SERVICES_POLICY_RPC_CHANGE_ANSWERS_H_

#include <functional>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/kit/auth/signing_keys.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/finding_changes.h"
#include "services/policy/domain/rules/world.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/replica/source.h"
#include "services/serving/snapshots.h"
#include "services/writing/hypothetical_view.h"

namespace linchpin::policy {

struct ChangeOptions {
  // What counts as now where a request names no instant.
  std::function<absl::Time()> now;
  // Rules by which facts follow from others that are not read.
  engine::DisabledRules disabled_rules;
  // Told of every verdict. May be null.
  std::function<void(v1::Verdict verdict)> checked;
  // What check tokens are signed with. Null: there are none.
  std::shared_ptr<const kit::SigningKeys> keys = nullptr;
  // How long a check token holds.
  absl::Duration token_lifetime = absl::Minutes(10);
  // What continuous evaluation has published, whose past is used again. Null: nothing.
  const FindingBoard* board = nullptr;
};

// Ownership: keeps references to the sources behind the snapshots and the feed, which must outlive it.
// Thread safety: all members may run at once. The answer computes: call it where a thread may be held, once
//   `wait` is over.
class ChangeAnswers {
 public:
  // `inventory` has the rules that changes of the inventory must satisfy. `policies` is the store that `feed`
  // follows.
  ChangeAnswers(const serving::Snapshots& inventory, replica::ViewSource& policies, PolicyFeed& feed,
                ChangeOptions options);

  kit::Wait wait() const { return inventory_.wait(); }

  absl::Status CheckChange(kit::Call& call, const v1::CheckChangeRequest& request,
                           v1::CheckChangeResponse& response);

 private:
  using PolicySetPointer = std::shared_ptr<const PolicySet>;
  // The policies on both sides of the change.
  struct Sides {
    PolicySetPointer before;
    PolicySetPointer after;
  };

  // Marks findings that a waiver covers: they do not deny. `world` is what they were computed from.
  void MarkWaived(const PolicySet& policies, const World& world, std::vector<ChangedFinding>& findings) const;
  // Signs what was checked, if it was a whole check by what is stored, and the change does something.
  void AddToken(const v1::CheckChangeRequest& request, const writing::HypotheticalView& supposed,
                v1::CheckChangeResponse& response) const;
  absl::StatusOr<Sides> TakePolicies(const v1::CheckChangeRequest& request,
                                     v1::CheckChangeResponse& response) const;

  const serving::Snapshots inventory_;
  replica::ViewSource& policies_;
  PolicyFeed& feed_;
  const ChangeOptions options_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_CHANGE_ANSWERS_H_
