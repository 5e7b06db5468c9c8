// EvaluatePolicies, GetFinding and ListFindings, without gRPC.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/steady.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/policy/rpc/evaluation_stream.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/past_findings.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/replica/source.h"
#include "services/serving/snapshots.h"

namespace linchpin::policy {

// Ownership: keeps references to all it is given, which must outlive it.
// Thread safety: all members may run at once. The answers compute: call them where a thread may be held, once
//   their wait is over.
class PolicyAnswers {
 public:
  // `policies`: of the policy store.
  PolicyAnswers(replica::ViewSource& inventory, const serving::Snapshots& policies, PolicyFeed& feed,
                FindingBoard& board, std::string page_token_secret, std::function<absl::Time()> now,
                std::function<base::SteadyTime()> steady_now = base::SteadyNow,
                engine::DisabledRules disabled_rules = {});

  // Of EvaluatePolicies.
  kit::Wait inventory_wait() const { return inventory_.wait(); }
  // Of what reads findings: until they are of the revision asked for and of what people have written last.
  // Without a revision it waits for the latter, but not for long. UNAVAILABLE, REPLICA_BEHIND, beside the
  // errors of serving::Snapshots.
  kit::Wait findings_wait();

  absl::Status EvaluatePolicies(kit::Call& call, const v1::EvaluatePoliciesRequest& request,
                                EvaluationStream& stream);
  absl::Status GetFinding(kit::Call& call, const v1::GetFindingRequest& request, v1::Finding& response);
  absl::Status ListFindings(kit::Call& call, const v1::ListFindingsRequest& request,
                            v1::ListFindingsResponse& response);

 private:
  // The stored policies, or those of a rehearsal with the assignments that it touches.
  absl::StatusOr<std::shared_ptr<const PolicySet>> PoliciesOf(const v1::EvaluatePoliciesRequest& request,
                                                              std::vector<std::string>& touched) const;
  // What is to be evaluated: assignments of `policies`, or the policy and assignment in the request.
  absl::StatusOr<std::vector<AssignedPolicy>> Chosen(const v1::EvaluatePoliciesRequest& request,
                                                     const PolicySet& policies,
                                                     const std::vector<std::string>& touched) const;
  // Of a token that has been judged; 0 for none and for one that is wrong.
  int64_t RevisionOf(const std::string& min_revision) const;
  void AwaitFindings(kit::Call& call, const std::string& min_revision, kit::Done ready);
  // Waits for the evaluation alone. `revision` 0: nobody asked for one.
  void AwaitEvaluation(kit::Call& call, int64_t revision, kit::Done ready);
  absl::Status FindingsBehind(int64_t revision, int64_t policy_revision) const;
  // The newest findings, marked in the call, or the past ones that the wait attached. NOT_READY before the
  // first.
  absl::StatusOr<std::shared_ptr<const FindingSet>> TakeFindings(kit::Call& call, absl::Duration* age);
  absl::Duration AgeOf(const FindingSet& set) const;

  const serving::Snapshots inventory_;
  PastFindings past_;
  PolicyFeed& feed_;
  FindingBoard& board_;
  const std::string page_token_secret_;
  const std::function<absl::Time()> now_;
  const std::function<base::SteadyTime()> steady_now_;
  const engine::DisabledRules disabled_rules_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_ANSWERS_H_
