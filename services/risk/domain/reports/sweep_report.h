// The answer of SweepCutoffs.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SWEEP_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SWEEP_REPORT_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/risk/domain/reports/analysis.h"

namespace linchpin::risk {

struct SweepHooks {
  // Told after every atom; may be null. Must be quick.
  std::function<void(int64_t done, int64_t total)> progress;
  // Asked now and then; may be null.
  std::function<bool()> cancelled;
};

// Fills all of `result` but `inventory`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, for a class that is not said; RESOURCE_EXHAUSTED, LIMIT_REACHED,
//   for a bound of the engine and for an answer above 15 MiB; CANCELLED.
// Cost: a sweep, and one static evaluation for each atom returned.
absl::Status ReportSweep(Analysis& analysis, const linchpin::risk::v1::SweepCutoffsRequest& request,
                         const SweepHooks& hooks, linchpin::risk::v1::SweepResult& result);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_SWEEP_REPORT_H_
