#include "services/policy/domain/rules/resource_use.h"

#include <algorithm>
#include <set>

#include "linchpin/inventory/v1/model.pb.h"
#include "services/policy/domain/rules/subject_result.h"

namespace linchpin::policy {

using engine::Graph;

bool DeploymentUse::IsUsed(engine::DeploymentIndex deployment) const {
  bool used = false;
  graph_.ForEachDependent(engine::Target(deployment), [&](const engine::Dependent& dependent) {
    // Nothing but a route is not counted, and a route offers deployments only: who leads to it is counted.
    used = used || counted_.IsCounted(dependent.consumer()) ||
           graph_.HasDependents(engine::Target(dependent.consumer()));
  });
  return used;
}

ResourceUse::ResourceUse(const Graph& graph, const engine::Knowledge& knowledge)
    : knowledge_(knowledge), deployments_(graph.deployments().slots(), false) {
  const DeploymentUse use(graph);
  for (const engine::DeploymentIndex index : graph.deployments()) {
    deployments_[index.value] = use.IsUsed(index);
    if (deployments_[index.value])
      ForEachWith(knowledge, index, [this](std::string_view name) { used_.insert(name); });
  }
}

void ForEachWith(const engine::Knowledge& knowledge, engine::DeploymentIndex index,
                 absl::FunctionRef<void(std::string_view)> visit) {
  const Graph& graph = knowledge.graph();
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
  if (const auto developer = knowledge.DeveloperOf(*deployment.model)) visit_vendor(*developer);
  const engine::Fact<engine::LicenceIndex>& licence = knowledge.LicenceOf(*deployment.model);
  if (licence.has_value()) visit(graph.licences()[licence.value()].name);
  // A graph refuses cycles of versions.
  for (std::optional<engine::ModelIndex> at = deployment.model; at; at = graph.models()[*at].version_of)
    visit(graph.models()[*at].name);
}

std::vector<std::string_view> ResourceUse::UsersOf(const Graph& graph, std::string_view name) const {
  constexpr auto kNamed = static_cast<size_t>(kRelatedMax);
  std::set<std::string_view> users;  // The first so far.
  for (const engine::DeploymentIndex index : graph.deployments()) {
    if (!deployments_[index.value]) continue;
    bool with = false;
    ForEachWith(knowledge_, index, [&](std::string_view other) { with = with || other == name; });
    if (!with) continue;
    graph.ForEachDependent(engine::Target(index), [&](const engine::Dependent& dependent) {
      const std::string_view user = graph.consumers().NameOf(dependent.consumer());
      if (users.size() == kNamed && *users.rbegin() <= user) return;
      users.insert(user);
      if (users.size() > kNamed) users.erase(std::prev(users.end()));
    });
  }
  return {users.begin(), users.end()};
}

bool AsksUse(const std::vector<const BoundRule*>& rules) {
  return std::any_of(rules.begin(), rules.end(), [](const BoundRule* rule) {
    const auto* const freshness = std::get_if<FreshnessSpec>(&rule->spec);
    return freshness != nullptr && freshness->in_use;
  });
}

std::vector<absl::Time> RetirementsInUse(const replica::View& view, const ResourceUse& use) {
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
