// The answers of RiskService about losses, hazards and presets, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_LOSS_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_LOSS_ANSWERS_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "linchpin/risk/v1/hazard.pb.h"
#include "linchpin/risk/v1/loss.pb.h"
#include "linchpin/risk/v1/preset.pb.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/rpc/hazard_feed.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

struct LossOptions {
  // Of all money, ISO 4217; may be empty.
  std::string currency;
  // Threads that one estimate draws on.
  int threads = 1;
  // Estimates that compute at once, at least 1.
  int estimates_max = 4;
};

// Ownership: keeps references to source, cache and feed, which must outlive it.
// Thread safety: all members may run at once. Each computes from the newest state: call them where a thread
// may be held, once the wait for the `min_revision` of the request is over (RiskAnswers::wait).
class LossAnswers {
 public:
  LossAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, HazardFeed& hazards,
              LossOptions options);

  // Writes how far it is, at once and then every 200 ms, and the result last. RESOURCE_EXHAUSTED, OVERLOADED,
  // while as many estimates as there may be compute.
  absl::Status EstimateLosses(kit::Call& call, const linchpin::risk::v1::EstimateLossesRequest& request,
                              kit::StreamWriter<linchpin::risk::v1::EstimateLossesResponse>& writer);
  absl::Status GetHazards(kit::Call& call, const linchpin::risk::v1::GetHazardsRequest& request,
                          linchpin::risk::v1::GetHazardsResponse& response);
  absl::Status GetScenarioPreset(kit::Call& call, const linchpin::risk::v1::GetScenarioPresetRequest& request,
                                 linchpin::risk::v1::GetScenarioPresetResponse& response);

 private:
  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
  HazardFeed& hazards_;
  const LossOptions options_;
  std::atomic<int> estimates_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_LOSS_ANSWERS_H_
