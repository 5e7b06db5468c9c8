#include "services/risk/rpc/structure_answers.h"

#include <functional>

#include "services/risk/domain/reports/cut_set_report.h"
#include "services/risk/domain/reports/importance_report.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

template <typename Request, typename Answer>
absl::StatusOr<std::shared_ptr<Analysis>> StructureAnswers::Begin(kit::Call& call, const Request& request,
                                                                  Answer& answer) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *answer.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.question().selector());
  if (analysis.ok()) TellSelection(**analysis, answer);
  return analysis;
}

absl::Status StructureAnswers::ListCutSets(kit::Call& call, const v1::ListCutSetsRequest& request,
                                           v1::ListCutSetsResponse& response) {
  const auto analysis = Begin(call, request, response);
  if (!analysis.ok()) return analysis.status();
  return ReportCutSets(**analysis, request, Cancelled(call), response);
}

absl::Status StructureAnswers::ListSinglePointsOfFailure(kit::Call& call,
                                                         const v1::ListSinglePointsOfFailureRequest& request,
                                                         v1::ListSinglePointsOfFailureResponse& response) {
  const auto analysis = Begin(call, request, response);
  if (!analysis.ok()) return analysis.status();
  return ReportSinglePoints(**analysis, request, Cancelled(call), response);
}

absl::Status StructureAnswers::GetImportance(kit::Call& call, const v1::GetImportanceRequest& request,
                                             v1::GetImportanceResponse& response) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const absl::StatusOr<HazardSet> hazards = hazards_.At(*snapshot->view);
  if (!hazards.ok()) return hazards.status();
  const auto analysis =
      cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.question().selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, response);
  return ReportImportance(**analysis, request, DefaultsOf(*hazards), Cancelled(call), response);
}

}  // namespace linchpin::risk
