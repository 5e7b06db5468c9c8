#include "services/risk/rpc/question_answers.h"

#include "services/risk/domain/reports/question_report.h"
#include "services/risk/rpc/long_call.h"

namespace linchpin::risk {

namespace v1 = ::linchpin::risk::v1;

absl::Status QuestionAnswers::ListOpenQuestions(kit::Call& call, const v1::ListOpenQuestionsRequest& request,
                                                v1::ListOpenQuestionsResponse& response) {
  const absl::StatusOr<serving::Snapshot> snapshot =
      snapshots_.Take(call, request, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto analysis = cache_.Select(cache_.Of(*snapshot->view), *snapshot->view, request.selector());
  if (!analysis.ok()) return analysis.status();
  TellSelection(**analysis, response);
  return ReportQuestions(**analysis, *snapshot->view, request, Cancelled(call), response);
}

}  // namespace linchpin::risk
