// The answer of SimulateCutoff.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SIMULATION_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SIMULATION_REPORT_H_

#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Fills all of `response` but `inventory` and `currency`. `cancelled` is asked now and then and may be null.
// Errors: those of Read (scenario_reader.h); INVALID_ARGUMENT, FIELD_INVALID, and NOT_FOUND,
//   TARGET_NOT_FOUND, for a name in `consumers` that is no consumer, or none of the inventory;
//   FAILED_PRECONDITION, FIGURE_TOO_LARGE, for a cost that does not fit 63 bits; RESOURCE_EXHAUSTED,
//   LIMIT_REACHED, for a bound of the engine and for an answer above 14 MiB; CANCELLED.
absl::Status ReportSimulation(Analysis& analysis, const linchpin::risk::v1::SimulateCutoffRequest& request,
                              std::function<bool()> cancelled,
                              linchpin::risk::v1::SimulateCutoffResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SIMULATION_REPORT_H_
