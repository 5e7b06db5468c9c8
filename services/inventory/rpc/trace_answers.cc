#include "services/inventory/rpc/trace_answers.h"

#include "absl/time/clock.h"

namespace linchpin::inventory {

absl::Status TraceAnswers::FindPaths(kit::Call& call, const v1::FindPathsRequest& request,
                                     v1::FindPathsResponse& response) {
  const auto snapshot = snapshots_.Take(call, *response.mutable_inventory());
  if (!snapshot.ok()) return snapshot.status();
  const auto links = links_.Of(snapshot->view->shared_graph());
  return ReportPaths({*snapshot->view, *links, absl::Now(), [&call] { return call.Cancelled(); }}, request,
                     response);
}

absl::Status TraceAnswers::Trace(kit::Call& call, const v1::TraceRequest& request,
                                 engine::Direction direction, kit::StreamWriter<v1::TraceResponse>& writer) {
  common::v1::Snapshot described;
  const auto snapshot = snapshots_.Take(call, described);
  if (!snapshot.ok()) return snapshot.status();
  const auto links = links_.Of(snapshot->view->shared_graph());
  const TraceContext context{*snapshot->view, *links, absl::Now(), [&call] { return call.Cancelled(); }};
  return ReportTrace(context, request, direction, [&](const v1::TraceResponse& part) {
    if (!part.has_summary()) return writer.Write(part);
    v1::TraceResponse last = part;
    *last.mutable_summary()->mutable_inventory() = described;
    return writer.Write(last);
  });
}

}  // namespace linchpin::inventory
