// The answer of SuggestRemedies.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_REPORT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"

namespace linchpin::risk {

struct RemedyHooks {
  // Home countries where the request names none.
  std::vector<std::string> home = {};
  // The inventory with all that the request offers; null if it offers nothing.
  std::shared_ptr<const replica::View> offered = {};
  // Threads to draw losses on; the result does not depend on it.
  int threads = 1;
  // Told how far it is; may be null.
  std::function<void(int64_t tried, int picked)> progress = {};
  // Asked now and then, by every thread; may be null.
  std::function<bool()> cancelled = {};
};

// The request about those that `counting` counts: of the consumers named those selected; with none named, all
// applications selected, else all business services. As it is where nobody was selected.
linchpin::risk::v1::SuggestRemediesRequest Narrowed(const Analysis& counting,
                                                    linchpin::risk::v1::SuggestRemediesRequest request);

// Fills all of `result` but `basis` and `currency`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; NOT_FOUND, TARGET_NOT_FOUND; those of SearchRemedies.
absl::Status ReportRemedies(std::shared_ptr<const replica::View> view, Analysis& analysis,
                            const Scored& scored, const linchpin::risk::v1::SuggestRemediesRequest& request,
                            const RemedyHooks& hooks, linchpin::risk::v1::RemedyResult& result);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_REPORT_H_
