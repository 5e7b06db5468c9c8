// The answers of RiskService about remedies and shared fates, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_REMEDY_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_REMEDY_ANSWERS_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "linchpin/risk/v1/shared_fate.pb.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/scorer.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

struct RemedyAnswersOptions {
  // Home countries where a request names none.
  std::vector<std::string> home;
  // Of all money, ISO 4217; may be empty.
  std::string currency;
  // Threads that losses are drawn on.
  int threads = 1;
  // Searches that compute at once, at least 1.
  int searches_max = 4;
};

// Ownership: keeps references to what it is made from, which must outlive it.
// Thread safety: all members may run at once. Each computes from the newest state: call them where a thread
// may be held, once the wait for the `min_revision` of the request is over (RiskAnswers::wait).
class RemedyAnswers {
 public:
  RemedyAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, Scorer& scorer,
                HazardFeed& hazards, RemedyAnswersOptions options);

  // Writes how far it is, at once and then every 200 ms, and the result last. RESOURCE_EXHAUSTED, OVERLOADED,
  // while as many searches as there may be compute.
  absl::Status SuggestRemedies(kit::Call& call, const linchpin::risk::v1::SuggestRemediesRequest& request,
                               kit::StreamWriter<linchpin::risk::v1::SuggestRemediesResponse>& writer);
  absl::Status ListSharedFates(kit::Call& call, const linchpin::risk::v1::ListSharedFatesRequest& request,
                               linchpin::risk::v1::ListSharedFatesResponse& response);

 private:
  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
  Scorer& scorer_;
  HazardFeed& hazards_;
  const RemedyAnswersOptions options_;
  std::atomic<int> searches_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_REMEDY_ANSWERS_H_
