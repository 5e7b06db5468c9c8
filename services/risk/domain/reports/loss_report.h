// The answer of EstimateLosses.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_LOSS_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_LOSS_REPORT_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "linchpin/risk/v1/loss.pb.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

struct LossHooks {
  // Threads to draw on; the result does not depend on it.
  int threads = 1;
  // Told how far it is, by one thread at a time; may be null. Must be quick.
  std::function<void(int64_t done, int64_t total)> progress;
  // Asked now and then, by every thread; may be null.
  std::function<bool()> cancelled;
};

// How many of those that are counted have a loss with a price, and how many have none.
void CountPriced(const Analysis& analysis, linchpin::risk::v1::LossResult& result);

// Fills all of `result` but `basis.inventory` and `currency`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, for a level of 1,000,000; FAILED_PRECONDITION, FIGURE_TOO_LARGE;
//   RESOURCE_EXHAUSTED, LIMIT_REACHED; CANCELLED.
// Cost: the trials of each reading that differs from the one before.
absl::Status ReportLosses(Analysis& analysis, const HazardSet& hazards,
                          const linchpin::risk::v1::EstimateLossesRequest& request, const LossHooks& hooks,
                          linchpin::risk::v1::LossResult& result);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_LOSS_REPORT_H_
