// The answers of RiskService, without gRPC.
#ifndef LINCHPIN_SERVICES_RISK_RPC_RISK_ANSWERS_H_
#define LINCHPIN_SERVICES_RISK_RPC_RISK_ANSWERS_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/common/v1/snapshot.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/base/steady.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"
#include "services/replica/source.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/serving/snapshots.h"

namespace linchpin::risk {

struct RiskOptions {
  // Home countries of requests that name none; may be empty.
  std::vector<std::string> home;
  // Of all money, ISO 4217; may be empty.
  std::string currency;
  // Told of every simulation and sweep: how it ended ("ok", or the code in lower case) and how long it took.
  // May be null.
  std::function<void(std::string_view result, absl::Duration took)> simulated;
  // Sweeps that compute at once, at least 1.
  int sweeps_max = 4;
};

// Ownership: keeps references to the source and the cache, which must outlive it.
// Thread safety: all members may run at once. Each computes from the newest state: call them where a thread
//   may be held, once `wait` is over.
class RiskAnswers {
 public:
  RiskAnswers(const serving::Snapshots& snapshots, AnalysisCache& cache, RiskOptions options);

  // For the `min_revision` of any request.
  kit::Wait wait() const { return snapshots_.wait(); }

  absl::Status GetConcentration(kit::Call& call, const linchpin::risk::v1::GetConcentrationRequest& request,
                                linchpin::risk::v1::GetConcentrationResponse& response);
  absl::Status SimulateCutoff(kit::Call& call, const linchpin::risk::v1::SimulateCutoffRequest& request,
                              linchpin::risk::v1::SimulateCutoffResponse& response);
  // Writes how far it is, at once and then every 200 ms, and the result last. RESOURCE_EXHAUSTED, OVERLOADED,
  // while as many sweeps as there may be compute.
  absl::Status SweepCutoffs(kit::Call& call, const linchpin::risk::v1::SweepCutoffsRequest& request,
                            kit::StreamWriter<linchpin::risk::v1::SweepCutoffsResponse>& writer);

 private:
  // What an answer is made from, counting whom the request selects; the answer and the trailing metadata say
  // which revision that was.
  template <typename Request, typename Answer>
  absl::StatusOr<std::shared_ptr<Analysis>> Begin(kit::Call& call, const Request& request, Answer& answer);
  void Observe(const absl::Status& status, base::SteadyTime begin) const;

  const serving::Snapshots snapshots_;
  AnalysisCache& cache_;
  const RiskOptions options_;
  std::atomic<int> sweeps_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_ANSWERS_H_
