// Which models, deployments, hosts, vendors and licences consumers depend on, and who they are.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_

#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "services/engine/graph/counted.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// Calls `visit` with the names of all that is in use with a deployment, if that is, itself included.
void ForEachWith(const engine::Knowledge& knowledge, engine::DeploymentIndex deployment,
                 absl::FunctionRef<void(std::string_view)> visit);

// A deployment is in use if an alternative of an application or business service leads to it, through routes
// and other consumers too; while no application is declared, a route stands in for one. With it are its model
// and the lines of which that is a version, its host, operator and intermediaries, the host's provider, and
// the model's developer and licence.
//
// Consumers are read from `graph`, all else from the knowledge, whose graph shares all facts with it. It
// stays good for other such graphs while the same deployments are in use.
//
// Ownership: the knowledge must outlive it. Thread safety: immutable.
// Cost: the deployments, and of those that nobody uses their dependents; UsersOf walks the deployments.
class ResourceUse {
 public:
  ResourceUse(const engine::Graph& graph, const engine::Knowledge& knowledge);

  bool IsUsed(std::string_view name) const { return used_.contains(name); }
  // Consumers whose alternatives are deployments with it, in order of names, at most 20. Views into the
  // graph, which is that of the construction or one like it.
  std::vector<std::string_view> UsersOf(const engine::Graph& graph, std::string_view name) const;

 private:
  const engine::Knowledge& knowledge_;
  std::vector<bool> deployments_;  // In use, by slot.
  absl::flat_hash_set<std::string_view> used_;
};

// Answers of single deployments whether they are in use, by the ways back from them.
//
// Ownership: the graph must outlive it. Thread safety: immutable.
// Cost: construction stops at the first application; an answer looks at the dependents.
class DeploymentUse {
 public:
  explicit DeploymentUse(const engine::Graph& graph) : graph_(graph), counted_(graph) {}
  bool IsUsed(engine::DeploymentIndex deployment) const;

 private:
  const engine::Graph& graph_;
  const engine::Counted counted_;
};

// Whether some rule reads what is in use.
bool AsksUse(const std::vector<const BoundRule*>& rules);

// When the models that are in use are retired, ascending; those of which nothing is announced left out.
std::vector<absl::Time> RetirementsInUse(const replica::View& view, const ResourceUse& use);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_
