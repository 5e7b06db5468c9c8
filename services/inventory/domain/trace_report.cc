#include "services/inventory/domain/trace_report.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/inventory/domain/trace_marks.h"

namespace linchpin::inventory {
namespace {

using engine::NodeKind;

constexpr int kStepsDefault = 1000;
constexpr int kPathsDefault = 10;
constexpr int kStepsPerPart = 500;

absl::StatusOr<engine::Node> Find(const engine::Graph& graph, std::string_view name) {
  if (const auto node = engine::FindNode(graph, name)) return *node;
  return base::Error(
      base::reason::ResourceNotFound{.name = name},
      base::Cat({name,
                 " is not in the supply graph; name a vendor, host, licence, model, deployment, route, "
                 "application or business service"}));
}

absl::StatusOr<std::vector<NodeKind>> Kinds(const v1::TraceRequest& request) {
  static const std::vector<std::pair<std::string_view, NodeKind>> table = {
      {"Application", NodeKind::kConsumer}, {"BusinessService", NodeKind::kConsumer},
      {"Route", NodeKind::kConsumer},       {"Deployment", NodeKind::kDeployment},
      {"Model", NodeKind::kModel},          {"Host", NodeKind::kHost},
      {"Licence", NodeKind::kLicence},      {"Vendor", NodeKind::kVendor}};
  std::vector<NodeKind> kinds;
  for (const std::string& word : request.kinds()) {
    const auto* row = &table[0];
    const auto* const end = row + table.size();
    while (row != end && row->first != word) ++row;
    if (row == end) {
      return base::FieldError(
          "kinds", base::Cat({"unknown kind `", word,
                              "` of the supply graph; name Application, "
                              "BusinessService, Route, Deployment, Model, Host, Licence or Vendor"}));
    }
    kinds.push_back(row->second);
  }
  return kinds;
}

void SetName(const engine::Graph& graph, engine::Node node, std::string& text) {
  text = std::string(engine::NameOf(graph, node));
}

void Fill(const engine::Graph& graph, const engine::Link& link, v1::SupplyLink& message) {
  message.set_kind(static_cast<v1::SupplyLink::Kind>(static_cast<int>(link.kind) + 1));
  SetName(graph, link.from, *message.mutable_from());
  SetName(graph, link.to, *message.mutable_to());
  if (link.kind == engine::LinkKind::kAlternative) {
    const engine::ConsumerView consumer = graph.consumers()[engine::ConsumerIndex{link.from.index}];
    message.set_dependency(std::string(consumer.group(link.group).id()));
    message.set_alternative(static_cast<int32_t>(link.alternative));
  }
  if (link.relation)
    message.set_relation(static_cast<v1::Model::Relation>(static_cast<int>(*link.relation) + 1));
}

void Fill(const engine::Graph& graph, const TraceMarker& marker, const engine::TraceStep& step,
          v1::TraceStep& message) {
  SetName(graph, step.node, *message.mutable_name());
  message.set_depth(static_cast<int32_t>(step.depth));
  message.set_parent(step.parent == engine::TraceStep::kNoParent ? -1 : static_cast<int32_t>(step.parent));
  if (step.link) Fill(graph, *step.link, *message.mutable_link());
  message.set_repeated(step.repeated);
  marker.Mark(step, message);
}

absl::Status Gone() { return absl::CancelledError("the caller has gone"); }

}  // namespace

std::shared_ptr<const engine::SupplyLinks> LinkCache::Of(const std::shared_ptr<const engine::Graph>& graph) {
  absl::MutexLock lock(&mutex_);
  for (const auto& kept : {newest_, past_}) {
    if (kept != nullptr && &kept->graph() == graph.get()) return kept;
  }
  const bool older = newest_ != nullptr && newest_->graph().revision() > graph->revision();
  return (older ? past_ : newest_) = std::make_shared<const engine::SupplyLinks>(graph);
}

absl::Status ReportTrace(const TraceContext& context, const v1::TraceRequest& request,
                         engine::Direction direction,
                         absl::FunctionRef<bool(const v1::TraceResponse&)> write) {
  const engine::Graph& graph = context.links.graph();
  const auto root = Find(graph, request.name());
  if (!root.ok()) return root.status();
  const auto kinds = Kinds(request);
  if (!kinds.ok()) return kinds.status();
  engine::TraceOptions options;
  options.direction = direction;
  if (request.max_depth() > 0) options.depth_max = static_cast<uint32_t>(request.max_depth());
  options.steps_max = static_cast<uint32_t>(request.max_steps() > 0 ? request.max_steps() : kStepsDefault);
  options.primaries_only = request.primaries_only();
  options.kinds = *kinds;
  options.cancelled = context.cancelled;
  const auto trace = engine::TraceFrom(context.links, *root, options);
  if (!trace.ok()) return trace.status();
  const TraceMarker marker(context.view, request.home(), context.now);
  v1::TraceResponse part;
  for (const engine::TraceStep& step : trace->steps) {
    if (part.steps_size() == kStepsPerPart) {
      if (!write(part)) return Gone();
      part.clear_steps();
    }
    Fill(graph, marker, step, *part.add_steps());
  }
  part.mutable_summary()->set_node_count(static_cast<int64_t>(trace->nodes));
  part.mutable_summary()->set_truncated(trace->truncated);
  return write(part) ? absl::OkStatus() : Gone();
}

absl::Status ReportPaths(const TraceContext& context, const v1::FindPathsRequest& request,
                         v1::FindPathsResponse& response) {
  const engine::Graph& graph = context.links.graph();
  const auto from = Find(graph, request.from());
  if (!from.ok()) return from.status();
  const auto to = Find(graph, request.to());
  if (!to.ok()) return to.status();
  engine::PathOptions options;
  options.paths_max = static_cast<uint32_t>(request.max_paths() > 0 ? request.max_paths() : kPathsDefault);
  options.cancelled = context.cancelled;
  const auto found = engine::FindPaths(context.links, *from, *to, options);
  if (!found.ok()) return found.status();
  for (const auto& path : found->paths) {
    v1::SupplyPath& message = *response.add_paths();
    for (const engine::Link& link : path) Fill(graph, link, *message.add_links());
  }
  response.set_more(found->more);
  return absl::OkStatus();
}

}  // namespace linchpin::inventory
