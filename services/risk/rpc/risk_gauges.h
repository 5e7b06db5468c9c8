// Gauges of the whole inventory's risk, computed in the background.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_GAUGES_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_GAUGES_H_

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/repeater.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/reports/figures.h"

namespace linchpin::risk {

struct RiskGaugesOptions {
  std::vector<std::string> home;
  // Between looks at the newest revision; figures are computed anew only if it has changed. Longer after a
  // computation that took more than a tenth of it.
  absl::Duration interval = absl::Seconds(10);
};

// Exports linchpin_risk_hhi, _top_share_ratio, _group_share_ratio, _group_info, _unknown_share_ratio,
// _foreign_share_ratio, _unmitigated_applications and when and from which revision they were computed. A
// scrape only hands over the last figures; a failed computation keeps them.
//
// Ownership: keeps references to all it is given; the destructor stops its thread and the computation that it
// is at.
class RiskGauges {
 public:
  RiskGauges(replica::ViewSource& source, AnalysisCache& cache, kit::Metrics& metrics,
             RiskGaugesOptions options);

  // Computes the figures of the newest revision now. For tests; the thread does the same.
  absl::Status Refresh();

 private:
  struct Computed {
    Figures figures;
    std::map<std::string, std::string> names;  // Of groups, for people.
    absl::Time at;
    absl::Duration took;
  };
  void Collect(kit::GaugeSink& sink) const;

  replica::ViewSource& source_;
  AnalysisCache& cache_;
  const RiskGaugesOptions options_;
  std::atomic<int64_t> failures_{0};
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Computed> computed_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<kit::CollectorHandle> collector_;
  base::Repeater repeater_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_GAUGES_H_
