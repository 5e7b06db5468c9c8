// The answer of GetReport: what a page for a board tells of risk.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BOARD_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BOARD_REPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/risk/v1/report.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

// What a report is made from, all of one revision.
struct BoardBasis {
  std::shared_ptr<const replica::View> view;
  Analysis& all;                  // Of the view.
  const Scored& all_scored;       // Of it.
  Analysis& analysis;             // Of those selected; `all` where nobody is.
  const Scored& scored;           // Of it.
  const replica::View& records;   // Of Risk's store.
  std::vector<std::string> home;  // Of requests that name none.
  std::string currency;
  absl::Time now;
  int threads = 1;  // That losses are drawn on.
};

struct BoardHooks {
  // Told before each part; may be null.
  std::function<void(int64_t done, int64_t total, std::string_view part)> progress;
  // Asked now and then, by several threads; may be null.
  std::function<bool()> cancelled;
};

// Fills all of `report` but `inventory`, the histories and the snapshots and bases of its parts.
// Errors: those of the parts.
// Cost: a sweep of four classes, up to 11 simulations, the draws of the losses, and a search for three
// remedies.
absl::Status ReportBoard(const BoardBasis& basis, const linchpin::risk::v1::GetReportRequest& request,
                         const BoardHooks& hooks, linchpin::risk::v1::Report& report);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_BOARD_BOARD_REPORT_H_
