// What people decide about findings: waivers are asked for, approved and revoked, findings acknowledged.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_DECISION_WRITES_H_
#define LINCHPIN_SERVICES_POLICY_RPC_DECISION_WRITES_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/kit/rpc/service.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/policy/rpc/waiver_answers.h"
#include "services/serving/writer.h"

namespace linchpin::policy {

// Who decides is the principal of the call, never a field of a request. Where the server asks nobody who they
// are there is no second person: waivers are refused (IDENTITY_UNKNOWN).
//
// Ownership: keeps references to all it is given, which must outlive it and every call.
// Thread safety: all members may run at once. Nothing blocks.
class DecisionWrites {
 public:
  DecisionWrites(serving::Writer& writer, PolicyFeed& feed, const FindingBoard& board,
                 const WaiverAnswers& answers, std::function<absl::Time()> now);

  // Each answers as its method in the proto says, from any thread.
  void CreateWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request, kit::Message& response,
                    kit::Done done);
  void UpdateWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request, kit::Message& response,
                    kit::Done done);
  void ApproveWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request, kit::Message& response,
                     kit::Done done);
  void RevokeWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request, kit::Message& response,
                    kit::Done done);
  void DeleteWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request, kit::Message& response,
                    kit::Done done);
  void AcknowledgeFinding(std::shared_ptr<kit::Call> call, const kit::Message& request,
                          kit::Message& response, kit::Done done);

 private:
  // What requests are judged against, as it is when the call comes.
  struct Ground;
  absl::StatusOr<std::shared_ptr<const Ground>> TakeGround() const;
  // Completes a plan that writes a waiver: who asks for it, what voids its approvals, how many it needs.
  absl::StatusOr<writing::WritePlan> Settled(absl::StatusOr<writing::WritePlan> plan,
                                             std::string principal) const;
  // Submits a plan whose answer is a waiver.
  void SubmitWaiver(std::shared_ptr<kit::Call> call, const kit::Message& request,
                    absl::StatusOr<writing::WritePlan> plan, kit::Message& response, kit::Done done);

  serving::Writer& writer_;
  PolicyFeed& feed_;
  const FindingBoard& board_;
  const WaiverAnswers& answers_;
  const std::function<absl::Time()> now_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_DECISION_WRITES_H_
