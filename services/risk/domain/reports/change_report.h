// The answer of AssessChange: the figures before a proposed change and after it.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CHANGE_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CHANGE_REPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/change_assessment.pb.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

// One side of a change. Both are of one graph.
struct ChangeSide {
  std::shared_ptr<Analysis> analysis;
  std::shared_ptr<const Scored> scored;
};

// A consumer is named if its score moves by more than this in some reading.
inline constexpr double kScoreMoveMin = 0.1;

// Fills all of `response` but `inventory` and `proposed`. `default_home` stands in for a request that names
// no home; both may be empty; so may `cancelled`. Errors: those of ReportConcentration and ReportSweep. Cost:
// a sweep over vendors and an attribution of each side.
absl::Status ReportChange(const ChangeSide& before, const ChangeSide& after,
                          const linchpin::risk::v1::AssessChangeRequest& request,
                          const std::vector<std::string>& default_home,
                          const std::function<bool()>& cancelled,
                          linchpin::risk::v1::AssessChangeResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_CHANGE_REPORT_H_
