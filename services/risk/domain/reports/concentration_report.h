// The answer of GetConcentration.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_REPORT_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/dimension.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// The engine's names for those of the API, whose zero is read as APPLICATIONS.
engine::Basis BasisOf(linchpin::common::v1::Basis basis);
// Only for a dimension that is not DIMENSION_UNSPECIFIED.
engine::Dimension DimensionOf(linchpin::common::v1::Dimension dimension);
linchpin::common::v1::Dimension ToProto(engine::Dimension dimension);
linchpin::common::v1::Basis ToProto(engine::Basis basis);

// Fills all of `response` but `inventory`. `default_home` stands in for a request that names no home; both
// may be empty; so may `cancelled` (see Analysis). Errors: INVALID_ARGUMENT, FIELD_INVALID, for
// DIMENSION_UNSPECIFIED among the dimensions; those of Analysis.
absl::Status ReportConcentration(Analysis& analysis,
                                 const linchpin::risk::v1::GetConcentrationRequest& request,
                                 const std::vector<std::string>& default_home,
                                 const std::function<bool()>& cancelled,
                                 linchpin::risk::v1::GetConcentrationResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CONCENTRATION_REPORT_H_
