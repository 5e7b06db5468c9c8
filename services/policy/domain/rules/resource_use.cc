#include "services/policy/domain/rules/resource_use.h"

#include <algorithm>
#include <set>

#include "linchpin/inventory/v1/model.pb.h"
#include "services/engine/graph/counted.h"
#include "services/policy/domain/rules/subject_result.h"

namespace linchpin::policy {
namespace {

using engine::ConsumerIndex;
using engine::Graph;

// Whom a walk over what is in use begins at.
std::vector<ConsumerIndex> Beginnings(const Graph& graph) {
  const engine::Counted counted(graph);
  std::vector<ConsumerIndex> beginnings;
  for (const ConsumerIndex index : graph.consumers()) {
    if (counted.IsCounted(index)) beginnings.push_back(index);
  }
  return beginnings;
}

std::vector<bool> DeploymentsInUse(const Graph& graph) {
  std::vector<bool> used(graph.deployments().slots(), false), seen(graph.consumers().slots(), false);
  std::vector<ConsumerIndex> open = Beginnings(graph);
  for (const ConsumerIndex index : open) seen[index.value] = true;
  while (!open.empty()) {
    const engine::ConsumerView consumer = graph.consumers()[open.back()];
    open.pop_back();
    for (uint32_t i = 0; i < consumer.group_count(); ++i) {
      for (const engine::Target target : consumer.group(i).targets()) {
        if (!target.is_consumer()) {
          used[target.deployment().value] = true;
        } else if (!seen[target.consumer().value]) {
          seen[target.consumer().value] = true;
          open.push_back(target.consumer());
        }
      }
    }
  }
  return used;
}

}  // namespace

ResourceUse::ResourceUse(const engine::Knowledge& knowledge)
    : knowledge_(knowledge), deployments_(DeploymentsInUse(knowledge.graph())) {
  for (const engine::DeploymentIndex index : knowledge.graph().deployments()) {
    if (deployments_[index.value]) ForEachOf(index, [this](std::string_view name) { used_.insert(name); });
  }
}

template <typename Visit>
void ResourceUse::ForEachOf(engine::DeploymentIndex index, const Visit& visit) const {
  const Graph& graph = knowledge_.graph();
  const auto visit_vendor = [&](engine::VendorIndex vendor) { visit(graph.vendors()[vendor].name); };
  const engine::Deployment& deployment = graph.deployments()[index];
  visit(deployment.name);
  if (deployment.operator_vendor) visit_vendor(*deployment.operator_vendor);
  for (const engine::VendorIndex vendor : deployment.intermediaries.value()) visit_vendor(vendor);
  if (deployment.host) {
    const engine::Host& host = graph.hosts()[*deployment.host];
    visit(host.name);
    if (host.provider.has_value()) visit_vendor(host.provider.value());
  }
  if (!deployment.model) return;
  if (const auto developer = knowledge_.DeveloperOf(*deployment.model)) visit_vendor(*developer);
  const engine::Fact<engine::LicenceIndex>& licence = knowledge_.LicenceOf(*deployment.model);
  if (licence.has_value()) visit(graph.licences()[licence.value()].name);
  // A graph refuses cycles of versions.
  for (std::optional<engine::ModelIndex> at = deployment.model; at; at = graph.models()[*at].version_of)
    visit(graph.models()[*at].name);
}

std::vector<std::string_view> ResourceUse::UsersOf(std::string_view name) const {
  const Graph& graph = knowledge_.graph();
  std::set<std::string_view> users;
  for (const engine::DeploymentIndex index : graph.deployments()) {
    if (!deployments_[index.value]) continue;
    bool with = false;
    ForEachOf(index, [&](std::string_view other) { with = with || other == name; });
    if (!with) continue;
    graph.ForEachDependent(engine::Target(index), [&](const engine::Dependent& dependent) {
      users.insert(graph.consumers().NameOf(dependent.consumer()));
    });
  }
  std::vector<std::string_view> first;
  for (const std::string_view user : users) {
    if (first.size() == static_cast<size_t>(kRelatedMax)) break;
    first.push_back(user);
  }
  return first;
}

std::vector<absl::Time> RetirementsInUse(const replica::View& view, const engine::Knowledge& knowledge) {
  const ResourceUse use(knowledge);
  std::vector<absl::Time> retirements;
  inventory::v1::Model model;
  view.ForEach(*resource::FindKindOf(inventory::v1::Model::descriptor()),
               [&](const replica::DocumentRef& ref) {
                 if (!use.IsUsed(ref.name) || !replica::ParseInto(ref, model)) return;
                 if (model.has_retirement_time())
                   retirements.push_back(absl::FromUnixSeconds(model.retirement_time().seconds()));
               });
  std::sort(retirements.begin(), retirements.end());
  return retirements;
}

}  // namespace linchpin::policy
