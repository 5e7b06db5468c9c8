#include "services/inventory/domain/trace_marks.h"

#include <optional>

#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/base/text.h"

namespace linchpin::inventory {
namespace {

using engine::Graph;
using engine::Node;
using engine::NodeKind;

constexpr absl::Duration kRetiringWithin = absl::Hours(24 * 90);

std::optional<engine::Country> CountryOf(const Graph& graph, Node node) {
  switch (node.kind) {
    case NodeKind::kModel:
      return graph.OriginOf(engine::ModelIndex{node.index}).country;
    case NodeKind::kHost:
      return graph.hosts()[engine::HostIndex{node.index}].country;
    case NodeKind::kVendor:
      return graph.vendors()[engine::VendorIndex{node.index}].country;
    default:
      return std::nullopt;
  }
}

void AddUnknownOf(const engine::Deployment& deployment, v1::TraceStep& message) {
  if (!deployment.mode) message.add_unknown_fields("hosting_mode");
  if (!deployment.model) message.add_unknown_fields("model");
  const bool self_hosted = deployment.mode == engine::HostingMode::kSelfHosted;
  if (!deployment.operator_vendor && !self_hosted) message.add_unknown_fields("operator");
  if (!deployment.host) message.add_unknown_fields("host");
}

void AddUnknownOf(const Graph& graph, Node node, v1::TraceStep& message) {
  switch (node.kind) {
    case NodeKind::kDeployment:
      return AddUnknownOf(graph.deployments()[engine::DeploymentIndex{node.index}], message);
    case NodeKind::kModel: {
      const engine::Model& model = graph.models()[engine::ModelIndex{node.index}];
      if (!model.developer) message.add_unknown_fields("developer");
      if (!CountryOf(graph, node)) message.add_unknown_fields("origin_country");
      if (!model.weights) message.add_unknown_fields("weights");
      if (model.licence.is_unknown()) message.add_unknown_fields("licence");
      if (model.derivations.is_unknown()) message.add_unknown_fields("derivations");
      return;
    }
    case NodeKind::kHost:
      if (graph.hosts()[engine::HostIndex{node.index}].provider.is_unknown())
        message.add_unknown_fields("provider");
      if (!CountryOf(graph, node)) message.add_unknown_fields("country");
      return;
    case NodeKind::kVendor:
      if (!CountryOf(graph, node)) message.add_unknown_fields("country");
      if (graph.vendors()[engine::VendorIndex{node.index}].parent.is_unknown())
        message.add_unknown_fields("parent");
      return;
    default:
      return;
  }
}

// Whether every alternative is a deployment of one known operator.
bool HasSingleOperator(const Graph& graph, const engine::GroupView& dependency) {
  std::optional<engine::VendorIndex> only;
  for (engine::Target target : dependency.targets()) {
    if (target.is_consumer()) return false;
    const auto vendor = graph.deployments()[target.deployment()].operator_vendor;
    if (!vendor || (only && *only != *vendor)) return false;
    only = vendor;
  }
  return only.has_value();
}

// Whether the only alternative is a route that has several: the fallbacks stand there.
bool FallsBackInRoute(const Graph& graph, const engine::GroupView& dependency) {
  if (!dependency.target(0).is_consumer()) return false;
  const engine::ConsumerView consumer = graph.consumers()[dependency.target(0).consumer()];
  return consumer.record().kind == engine::ConsumerKind::kRoute && consumer.group_count() > 0 &&
         consumer.group(0).size() > 1;
}

}  // namespace

TraceMarker::TraceMarker(const replica::View& view,
                         const google::protobuf::RepeatedPtrField<std::string>& home, absl::Time now)
    : view_(view), graph_(view.graph()), home_(home.begin(), home.end()), now_(now) {}

void TraceMarker::Mark(const engine::TraceStep& step, v1::TraceStep& message) const {
  if (IsForeign(step.node)) message.add_marks(v1::TraceStep::MARK_FOREIGN);
  if (step.node.kind == NodeKind::kModel) MarkRetirement(step.node, message);
  if (step.link && step.link->kind == engine::LinkKind::kAlternative) MarkAlternative(*step.link, message);
  AddUnknownOf(graph_, step.node, message);
}

bool TraceMarker::IsForeign(Node node) const {
  const auto country = CountryOf(graph_, node);
  return !home_.empty() && country && !home_.contains(country->ToString());
}

void TraceMarker::MarkRetirement(Node node, v1::TraceStep& message) const {
  const auto model = view_.Parse<v1::Model>(NameOf(graph_, node));
  if (!model || !model->has_retirement_time()) return;
  const absl::Time end = absl::FromUnixSeconds(model->retirement_time().seconds());
  if (end <= now_) {
    message.add_marks(v1::TraceStep::MARK_RETIRED);
  } else if (end <= now_ + kRetiringWithin) {
    message.add_marks(v1::TraceStep::MARK_RETIRING);
  }
}

void TraceMarker::MarkAlternative(const engine::Link& link, v1::TraceStep& message) const {
  const engine::GroupView dependency =
      graph_.consumers()[engine::ConsumerIndex{link.from.index}].group(link.group);
  if (dependency.size() == 1) {
    if (!FallsBackInRoute(graph_, dependency)) message.add_marks(v1::TraceStep::MARK_NO_FALLBACK);
  } else if (HasSingleOperator(graph_, dependency)) {
    message.add_marks(v1::TraceStep::MARK_SINGLE_VENDOR);
  }
  if (link.alternative > 0 && IsUntested(link)) message.add_marks(v1::TraceStep::MARK_UNTESTED);
}

bool TraceMarker::IsUntested(const engine::Link& link) const {
  const engine::ConsumerView consumer = graph_.consumers()[engine::ConsumerIndex{link.from.index}];
  const auto lacks_test = [&](const auto& document) {
    const int at = static_cast<int>(link.alternative);
    if (!document || at >= document->alternatives_size()) return false;
    return document->alternatives(at).last_test().result() != v1::Dependency::TestRecord::RESULT_PASS;
  };
  if (consumer.record().kind == engine::ConsumerKind::kRoute)
    return lacks_test(view_.Parse<v1::Route>(consumer.name()));
  return lacks_test(view_.Parse<v1::Dependency>(
      base::Cat({consumer.name(), "/dependencies/", consumer.group(link.group).id()})));
}

}  // namespace linchpin::inventory
