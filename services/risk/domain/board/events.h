// The worst events of a report: single losses, each simulated for a week.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_EVENTS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_EVENTS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/report.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

// Consumers of an event that BlastRadius reads; Trim leaves the first of them.
inline constexpr int kConsumersTraced = 1000;

// Fills `events` and `event_count`. Left out are bans of weights and stops of services by `home` countries,
// and losses that impair nobody in any reading. Errors: those of ReportSweep and ReportSimulation.
absl::Status ReportEvents(Analysis& analysis, const std::vector<std::string>& home,
                          const std::string& currency, const std::function<bool()>& cancelled,
                          linchpin::risk::v1::Report& report);

// Leaves of each event what a page shows: the consumers that it hits hardest.
void Trim(linchpin::risk::v1::Report& report);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_EVENTS_H_
