// Answers of TraceDependencies, TraceDependents and FindPaths.
#ifndef LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_REPORT_H_
#define LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_REPORT_H_

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/trace.pb.h"
#include "services/engine/trace/trace.h"
#include "services/replica/view.h"

namespace linchpin::inventory {

// Keeps the links of the newest graph that was asked about.
// Thread safety: Of may run at once.
class LinkCache {
 public:
  std::shared_ptr<const engine::SupplyLinks> Of(const std::shared_ptr<const engine::Graph>& graph);

 private:
  absl::Mutex mutex_;
  std::shared_ptr<const engine::SupplyLinks> newest_ ABSL_GUARDED_BY(mutex_);
  // Of an older graph, the last that was asked about.
  std::shared_ptr<const engine::SupplyLinks> past_ ABSL_GUARDED_BY(mutex_);
};

// What answers of one view are made from.
struct TraceContext {
  const replica::View& view;
  const engine::SupplyLinks& links;  // Of the view's graph.
  absl::Time now;                    // Decides what is retired.
  std::function<bool()> cancelled;
};

// Hands the answer to `write` in parts of at most 500 steps, the summary (its snapshot left out) in the last
// one. Ends early, with CANCELLED, when `write` returns false. Errors: NOT_FOUND, RESOURCE_NOT_FOUND;
// INVALID_ARGUMENT, FIELD_INVALID, for a kind that is none of the graph; CANCELLED.
absl::Status ReportTrace(const TraceContext& context, const v1::TraceRequest& request,
                         engine::Direction direction,
                         absl::FunctionRef<bool(const v1::TraceResponse&)> write);

// Fills everything but the snapshot. Errors: those of ReportTrace.
absl::Status ReportPaths(const TraceContext& context, const v1::FindPathsRequest& request,
                         v1::FindPathsResponse& response);

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_DOMAIN_TRACE_REPORT_H_
