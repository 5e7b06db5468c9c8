// TraceDependencies, TraceDependents and FindPaths.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_TRACE_ANSWERS_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_TRACE_ANSWERS_H_

#include "absl/status/status.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "services/inventory/domain/trace_report.h"
#include "services/kit/rpc/call.h"
#include "services/serving/snapshots.h"

namespace linchpin::inventory {

// Ownership: keeps a reference to the snapshots, which must outlive it. Thread safety: all members may run at
// once.
class TraceAnswers {
 public:
  explicit TraceAnswers(const serving::Snapshots& snapshots) : snapshots_(snapshots) {}

  absl::Status TraceDependencies(kit::Call& call, const v1::TraceRequest& request,
                                 kit::StreamWriter<v1::TraceResponse>& writer) {
    return Trace(call, request, engine::Direction::kNeeds, writer);
  }
  absl::Status TraceDependents(kit::Call& call, const v1::TraceRequest& request,
                               kit::StreamWriter<v1::TraceResponse>& writer) {
    return Trace(call, request, engine::Direction::kUsers, writer);
  }
  absl::Status FindPaths(kit::Call& call, const v1::FindPathsRequest& request,
                         v1::FindPathsResponse& response);

 private:
  absl::Status Trace(kit::Call& call, const v1::TraceRequest& request, engine::Direction direction,
                     kit::StreamWriter<v1::TraceResponse>& writer);

  const serving::Snapshots& snapshots_;
  LinkCache links_;
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_TRACE_ANSWERS_H_
