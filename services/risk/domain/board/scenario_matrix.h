// What each of several scenarios does to each of several consumers.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_SCENARIO_MATRIX_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_SCENARIO_MATRIX_H_

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/risk/v1/report.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// A scenario to be tried.
struct MatrixScenario {
  std::string name;
  std::string display_name;
  linchpin::risk::v1::Scenario scenario;
};

// Those that a report tries: its events, stored ones (of `records`, the view of Risk's store), then those of
// the library that apply to the inventory on the day of `now`.
std::vector<MatrixScenario> ScenariosToTry(const Analysis& analysis, const linchpin::risk::v1::Report& report,
                                           const replica::View& records, const RetirementTimes& retirements,
                                           absl::Time now);

// Simulates the first 8 of `scenarios`. A stored scenario that names what the inventory no longer holds is
// left out and counted. Errors: RESOURCE_EXHAUSTED, LIMIT_REACHED; FAILED_PRECONDITION, FIGURE_TOO_LARGE;
// CANCELLED.
absl::Status ReportMatrix(Analysis& analysis, const std::vector<MatrixScenario>& scenarios, size_t rows_max,
                          const std::function<bool()>& cancelled, linchpin::risk::v1::ScenarioMatrix& matrix);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_SCENARIO_MATRIX_H_
