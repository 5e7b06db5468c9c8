// The answer of ListOpenQuestions.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_REPORT_H_

#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/question.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// `view` is that of the analysis; its documents say what stands at one address. `cancelled` may be null.
// Errors: NOT_FOUND, TARGET_NOT_FOUND, for a consumer that is not in the inventory; RESOURCE_EXHAUSTED,
//   LIMIT_REACHED; CANCELLED.
absl::Status ReportQuestions(Analysis& analysis, const replica::View& view,
                             const linchpin::risk::v1::ListOpenQuestionsRequest& request,
                             const std::function<bool()>& cancelled,
                             linchpin::risk::v1::ListOpenQuestionsResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_QUESTION_REPORT_H_
