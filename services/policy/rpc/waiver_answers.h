// GetWaiver and ListWaivers, without gRPC.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_WAIVER_ANSWERS_H_
#define LINCHPIN_SERVICES_POLICY_RPC_WAIVER_ANSWERS_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/kit/rpc/call.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::policy {

// Waivers as they are stored, with what they are at the moment of the answer: their state and what they
// cover.
//
// Ownership: keeps references to all it is given, which must outlive it.
// Thread safety: all members may run at once.
class WaiverAnswers {
 public:
  WaiverAnswers(const serving::Snapshots& policies, PolicyFeed& feed, const FindingBoard& board,
                std::string page_token_secret, std::function<absl::Time()> now);

  kit::Wait wait() const { return policies_.wait(); }

  absl::Status GetWaiver(kit::Call& call, const v1::GetWaiverRequest& request, v1::Waiver& response);
  absl::Status ListWaivers(kit::Call& call, const v1::ListWaiversRequest& request,
                           v1::ListWaiversResponse& response);

  // Sets the fields that depend on the moment: state, and how many findings it is about and covers. Before
  // the first evaluation it covers none.
  void Dress(v1::Waiver& waiver) const;

 private:
  const serving::Snapshots& policies_;
  PolicyFeed& feed_;
  const FindingBoard& board_;
  const std::string page_token_secret_;
  const std::function<absl::Time()> now_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_WAIVER_ANSWERS_H_
