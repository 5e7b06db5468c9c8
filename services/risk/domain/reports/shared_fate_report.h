// The answer of ListSharedFates.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SHARED_FATE_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SHARED_FATE_REPORT_H_

#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/shared_fate.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Fills all of `response` but `inventory`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; NOT_FOUND, TARGET_NOT_FOUND; RESOURCE_EXHAUSTED, LIMIT_REACHED;
//   CANCELLED.
// Cost: a sweep over all atoms, and a look at each alternative.
absl::Status ReportSharedFates(Analysis& analysis, const linchpin::risk::v1::ListSharedFatesRequest& request,
                               const std::function<bool()>& cancelled,
                               linchpin::risk::v1::ListSharedFatesResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SHARED_FATE_REPORT_H_
