// The answers of RiskService about what fails together, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_STRUCTURE_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_STRUCTURE_ANSWERS_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "linchpin/common/v1/snapshot.pb.h"
#include "linchpin/risk/v1/cut_set.pb.h"
#include "linchpin/risk/v1/importance.pb.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

// Ownership: keeps references to all that it is given, which must outlive it.
// Thread safety: all members may run at once. They compute: call them where a thread may be held, when the
// revision asked for is there.
class StructureAnswers {
 public:
  // `hazards`: the chances of atoms for which a request gives none.
  StructureAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, HazardFeed& hazards)
      : snapshots_(snapshots), cache_(cache), hazards_(hazards) {}

  absl::Status ListCutSets(kit::Call& call, const linchpin::risk::v1::ListCutSetsRequest& request,
                           linchpin::risk::v1::ListCutSetsResponse& response);
  absl::Status ListSinglePointsOfFailure(kit::Call& call,
                                         const linchpin::risk::v1::ListSinglePointsOfFailureRequest& request,
                                         linchpin::risk::v1::ListSinglePointsOfFailureResponse& response);
  absl::Status GetImportance(kit::Call& call, const linchpin::risk::v1::GetImportanceRequest& request,
                             linchpin::risk::v1::GetImportanceResponse& response);

 private:
  template <typename Request, typename Answer>
  absl::StatusOr<std::shared_ptr<Analysis>> Begin(kit::Call& call, const Request& request, Answer& answer);

  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
  HazardFeed& hazards_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_STRUCTURE_ANSWERS_H_
