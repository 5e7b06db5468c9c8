// AssessChange, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_CHANGE_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_CHANGE_ANSWERS_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "linchpin/risk/v1/change_assessment.pb.h"
#include "services/kit/rpc/call.h"
#include "services/risk/domain/reports/change_report.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

// Ownership: keeps references to all but the snapshots and the home, which must outlive it.
// Thread safety: all members may run at once. They compute: call them where a thread may be held, when the
// revision asked for is there.
class ChangeAnswers {
 public:
  // `home`: home countries of requests that name none; may be empty.
  ChangeAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, Scorer& scorer,
                HazardFeed& hazards, std::vector<std::string> home)
      : snapshots_(snapshots), cache_(cache), scorer_(scorer), hazards_(hazards), home_(std::move(home)) {}

  absl::Status AssessChange(kit::Call& call, const linchpin::risk::v1::AssessChangeRequest& request,
                            linchpin::risk::v1::AssessChangeResponse& response);

 private:
  absl::StatusOr<ChangeSide> SideOf(kit::Call& call, const replica::View& view, const std::string& table);

  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
  Scorer& scorer_;
  HazardFeed& hazards_;
  const std::vector<std::string> home_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_CHANGE_ANSWERS_H_
