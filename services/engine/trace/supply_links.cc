#include "services/engine/trace/supply_links.h"

#include <algorithm>
#include <tuple>

namespace linchpin::engine {
namespace {

using Visit = absl::FunctionRef<void(const Link&)>;

Node NodeOf(Target target) {
  return target.is_consumer() ? Node{NodeKind::kConsumer, target.consumer().value}
                              : Node{NodeKind::kDeployment, target.deployment().value};
}

Node NodeOf(VendorIndex vendor) { return {NodeKind::kVendor, vendor.value}; }

void VisitConsumer(const Graph& graph, Node node, Visit visit) {
  const ConsumerView consumer = graph.consumers()[ConsumerIndex{node.index}];
  for (uint32_t group = 0; group < consumer.group_count(); ++group) {
    const auto targets = consumer.group(group).targets();
    for (uint32_t k = 0; k < targets.size(); ++k) {
      visit({LinkKind::kAlternative, node, NodeOf(targets[k]), group, k});
    }
  }
}

void VisitDeployment(const Graph& graph, Node node, Visit visit) {
  const Deployment& deployment = graph.deployments()[DeploymentIndex{node.index}];
  if (deployment.model) visit({LinkKind::kModel, node, {NodeKind::kModel, deployment.model->value}});
  if (deployment.operator_vendor) visit({LinkKind::kOperator, node, NodeOf(*deployment.operator_vendor)});
  if (deployment.intermediaries.has_value()) {
    for (VendorIndex vendor : deployment.intermediaries.value())
      visit({LinkKind::kIntermediary, node, NodeOf(vendor)});
  }
  if (deployment.host) visit({LinkKind::kHost, node, {NodeKind::kHost, deployment.host->value}});
}

void VisitModel(const Graph& graph, Node node, Visit visit) {
  const Model& model = graph.models()[ModelIndex{node.index}];
  if (model.developer) visit({LinkKind::kDeveloper, node, NodeOf(*model.developer)});
  if (model.licence.has_value())
    visit({LinkKind::kLicence, node, {NodeKind::kLicence, model.licence.value().value}});
  if (!model.derivations.has_value()) return;
  for (const Derivation& derivation : model.derivations.value()) {
    visit({LinkKind::kBase, node, {NodeKind::kModel, derivation.base.value}, 0, 0, derivation.relation});
  }
}

bool ComesBefore(const Link& a, const Link& b) {
  return std::tie(a.to, a.from, a.kind) < std::tie(b.to, b.from, b.kind);
}

}  // namespace

std::optional<Node> FindNode(const Graph& graph, std::string_view name) {
  if (const auto target = graph.FindTarget(name)) return NodeOf(*target);
  if (const auto model = graph.models().Find(name)) return Node{NodeKind::kModel, model->value};
  if (const auto host = graph.hosts().Find(name)) return Node{NodeKind::kHost, host->value};
  if (const auto licence = graph.licences().Find(name)) return Node{NodeKind::kLicence, licence->value};
  if (const auto vendor = graph.vendors().Find(name)) return NodeOf(*vendor);
  return std::nullopt;
}

std::string_view NameOf(const Graph& graph, Node node) {
  switch (node.kind) {
    case NodeKind::kConsumer:
      return graph.consumers().NameOf(ConsumerIndex{node.index});
    case NodeKind::kDeployment:
      return graph.deployments()[DeploymentIndex{node.index}].name;
    case NodeKind::kModel:
      return graph.models()[ModelIndex{node.index}].name;
    case NodeKind::kHost:
      return graph.hosts()[HostIndex{node.index}].name;
    case NodeKind::kLicence:
      return graph.licences()[LicenceIndex{node.index}].name;
    case NodeKind::kVendor:
      return graph.vendors()[VendorIndex{node.index}].name;
  }
  return {};
}

SupplyLinks::SupplyLinks(std::shared_ptr<const Graph> graph) : graph_(std::move(graph)) {
  for (DeploymentIndex index : graph_->deployments()) AddNeeds(NodeKind::kDeployment, index.value);
  for (ModelIndex index : graph_->models()) AddNeeds(NodeKind::kModel, index.value);
  for (HostIndex index : graph_->hosts()) AddNeeds(NodeKind::kHost, index.value);
  for (VendorIndex index : graph_->vendors()) AddNeeds(NodeKind::kVendor, index.value);
  std::sort(by_target_.begin(), by_target_.end(), ComesBefore);
}

void SupplyLinks::AddNeeds(NodeKind kind, uint32_t index) {
  ForEachNeed({kind, index}, [this](const Link& link) { by_target_.push_back(link); });
}

void SupplyLinks::ForEachNeed(Node node, Visit visit) const {
  switch (node.kind) {
    case NodeKind::kConsumer:
      return VisitConsumer(*graph_, node, visit);
    case NodeKind::kDeployment:
      return VisitDeployment(*graph_, node, visit);
    case NodeKind::kModel:
      return VisitModel(*graph_, node, visit);
    case NodeKind::kHost: {
      const auto& provider = graph_->hosts()[HostIndex{node.index}].provider;
      if (provider.has_value()) visit({LinkKind::kProvider, node, NodeOf(provider.value())});
      return;
    }
    case NodeKind::kVendor: {
      const auto& parent = graph_->vendors()[VendorIndex{node.index}].parent;
      if (parent.has_value()) visit({LinkKind::kParent, node, NodeOf(parent.value())});
      return;
    }
    case NodeKind::kLicence:
      return;
  }
}

void SupplyLinks::ForEachUser(Node node, Visit visit) const {
  if (node.kind == NodeKind::kConsumer || node.kind == NodeKind::kDeployment) {
    const Target target = node.kind == NodeKind::kConsumer ? Target(ConsumerIndex{node.index})
                                                           : Target(DeploymentIndex{node.index});
    graph_->ForEachDependent(target, [&](const Dependent& dependent) {
      visit({LinkKind::kAlternative,
             {NodeKind::kConsumer, dependent.consumer().value},
             node,
             dependent.group(),
             dependent.alternative()});
    });
    return;
  }
  auto at = std::lower_bound(by_target_.begin(), by_target_.end(), node,
                             [](const Link& link, const Node& wanted) { return link.to < wanted; });
  for (; at != by_target_.end() && at->to == node; ++at) visit(*at);
}

}  // namespace linchpin::engine
