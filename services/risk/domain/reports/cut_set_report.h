// The answers of ListCutSets and ListSinglePointsOfFailure.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CUT_SET_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CUT_SET_REPORT_H_

#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/cut_set.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Fills all of `response` but `inventory`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; NOT_FOUND, TARGET_NOT_FOUND; RESOURCE_EXHAUSTED, LIMIT_REACHED,
//   where not even the levels with nothing lost can be found; CANCELLED once `cancelled` returns true (null:
//   never).
// Cost: that of FindCutSets in each reading, and one static evaluation for each set returned.
absl::Status ReportCutSets(Analysis& analysis, const linchpin::risk::v1::ListCutSetsRequest& request,
                           const std::function<bool()>& cancelled,
                           linchpin::risk::v1::ListCutSetsResponse& response);

// Likewise. Cost: a sweep over the classes asked for; memory: 16 bytes for each consumer that an atom fails.
absl::Status ReportSinglePoints(Analysis& analysis,
                                const linchpin::risk::v1::ListSinglePointsOfFailureRequest& request,
                                const std::function<bool()>& cancelled,
                                linchpin::risk::v1::ListSinglePointsOfFailureResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CUT_SET_REPORT_H_
