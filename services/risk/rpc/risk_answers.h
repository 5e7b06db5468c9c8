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
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/risk/domain/analysis.h"

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
// Thread safety: all members may run at once. Each but Await waits for `min_revision` and then computes: call
//   them where a thread may be held.
class RiskAnswers {
 public:
  RiskAnswers(replica::ViewSource& source, AnalysisCache& cache, RiskOptions options);

  // Calls `ready` once the revision asked for is there, or with the reason why it is not, 50 ms before the
  // call's deadline at the latest and soon after the call is cancelled; at once, or on a thread of the
  // source: it must be quick. Before the first view it does not wait. The caller keeps the call.
  void Await(kit::Call& call, const std::string& min_revision, std::function<void(absl::Status)> ready);

  absl::Status GetConcentration(kit::Call& call, const linchpin::risk::v1::GetConcentrationRequest& request,
                                linchpin::risk::v1::GetConcentrationResponse& response);
  absl::Status SimulateCutoff(kit::Call& call, const linchpin::risk::v1::SimulateCutoffRequest& request,
                              linchpin::risk::v1::SimulateCutoffResponse& response);
  // Writes how far it is, at once and then every 200 ms, and the result last. RESOURCE_EXHAUSTED, OVERLOADED,
  // while as many sweeps as there may be compute; one that waits for its revision is none of them.
  absl::Status SweepCutoffs(kit::Call& call, const linchpin::risk::v1::SweepCutoffsRequest& request,
                            kit::StreamWriter<linchpin::risk::v1::SweepCutoffsResponse>& writer);

 private:
  // What an answer is made from; `snapshot` and the trailing metadata say which revision that was.
  absl::StatusOr<std::shared_ptr<Analysis>> Begin(kit::Call& call, const std::string& min_revision,
                                                  linchpin::common::v1::Snapshot& snapshot);
  void Observe(const absl::Status& status, absl::Time begin) const;

  replica::ViewSource& source_;
  AnalysisCache& cache_;
  const RiskOptions options_;
  std::atomic<int> sweeps_ = 0;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_RISK_ANSWERS_H_
