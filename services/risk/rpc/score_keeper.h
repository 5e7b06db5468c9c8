// Scores kept up to date in the background, and exported as gauges.
#ifndef LINCHPIN_SERVICES_RISK_RPC_SCORE_KEEPER_H_
#define LINCHPIN_SERVICES_RISK_RPC_SCORE_KEEPER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/repeater.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/risk/rpc/score_history.h"

namespace linchpin::risk {

// Computes the scores of each revision soon after it is there, so that calls find them ready. Exports
// linchpin_risk_score, _scored_applications, and when and from which revision they were computed. A scrape
// only hands over the last figures; a failed computation keeps them.
//
// Ownership: keeps references to all it is given; the destructor stops its thread and the computation that it
// is at.
class ScoreKeeper {
 public:
  struct Options {
    // Between looks at the newest revision. Longer after a computation that took more than a tenth of it.
    absl::Duration interval = absl::Seconds(10);
  };

  // `history` may be null: then none is written.
  ScoreKeeper(replica::ViewSource& source, AnalysisCache& cache, Scorer& scorer, HazardFeed& hazards,
              kit::Metrics& metrics, std::unique_ptr<ScoreHistory> history, Options options);

  // Computes the scores of the newest revision now and writes what is due of their history. For tests; the
  // thread does the same.
  absl::Status Refresh();

 private:
  // What is exported of one computation.
  struct Kept {
    std::shared_ptr<const Scored> scored;
    std::map<std::pair<std::string, std::string>, int64_t> applications;  // By tier and band.
    int64_t revision = 0;
    absl::Time at;
    absl::Duration took;
  };
  void Keep(std::shared_ptr<const Scored> scored, int64_t revision, absl::Duration took);
  void Collect(kit::GaugeSink& sink) const;

  replica::ViewSource& source_;
  AnalysisCache& cache_;
  Scorer& scorer_;
  HazardFeed& hazards_;
  const std::unique_ptr<ScoreHistory> history_;
  absl::Mutex refreshing_;  // Held by the one who refreshes.
  std::shared_ptr<const Scored> figures_of_ ABSL_GUARDED_BY(refreshing_);
  ConcentrationList figures_ ABSL_GUARDED_BY(refreshing_);
  std::atomic<int64_t> failures_{0};
  mutable absl::Mutex mutex_;
  std::shared_ptr<const Kept> kept_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<kit::CollectorHandle> collector_;
  base::Repeater repeater_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_SCORE_KEEPER_H_
