// EvaluatePolicies, GetFinding and ListFindings, without gRPC.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/kit/rpc/call.h"
#include "services/policy/rpc/evaluation_stream.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/replica/source.h"

namespace linchpin::policy {

// Ownership: keeps references to all it is given, which must outlive it.
// Thread safety: all members may run at once. All of them may wait: call them where a thread may be held.
class PolicyAnswers {
 public:
  PolicyAnswers(replica::ViewSource& inventory, PolicyFeed& feed, const FindingBoard& board,
                std::string page_token_secret, std::function<absl::Time()> now);

  absl::Status EvaluatePolicies(kit::Call& call, const v1::EvaluatePoliciesRequest& request,
                                EvaluationStream& stream);
  absl::Status GetFinding(kit::Call& call, const v1::GetFindingRequest& request, v1::Finding& response);
  absl::Status ListFindings(kit::Call& call, const v1::ListFindingsRequest& request,
                            v1::ListFindingsResponse& response);

 private:
  using Set = std::shared_ptr<const FindingSet>;

  // What is to be evaluated: assignments that are stored, or the policy and assignment in the request.
  absl::StatusOr<std::vector<AssignedPolicy>> Chosen(const v1::EvaluatePoliciesRequest& request,
                                                     const PolicySet& policies) const;
  struct Findings {
    Set set;
    bool policies_behind = false;  // Policies had been changed before the call that `set` does not know.
  };

  // Findings of the revision asked for, and of what people have written last. Without a revision it waits for
  // the latter, but not for long.
  absl::StatusOr<Findings> FindingsAt(kit::Call& call, const std::string& min_revision) const;
  absl::Duration AgeOf(const FindingSet& set) const;
  void Mark(kit::Call& call, int64_t revision, absl::Duration age) const;
  void Describe(int64_t revision, absl::Duration age, common::v1::Snapshot& snapshot) const;

  replica::ViewSource& inventory_;
  PolicyFeed& feed_;
  const FindingBoard& board_;
  const std::string page_token_secret_;
  const std::function<absl::Time()> now_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_
