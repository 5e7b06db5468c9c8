// Which models, deployments, hosts, vendors and licences consumers depend on, and who they are.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_

#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// A deployment is in use if an alternative of an application or business service leads to it, through routes
// and other consumers too; while no application is declared, a route stands in for one. With it are its model
// and the lines of which that is a version, its host, operator and intermediaries, the host's provider, and
// the model's developer and licence.
//
// Ownership: the knowledge must outlive it. Thread safety: immutable.
// Cost: one walk over all alternatives; UsersOf walks the deployments.
class ResourceUse {
 public:
  explicit ResourceUse(const engine::Knowledge& knowledge);

  bool IsUsed(std::string_view name) const { return used_.contains(name); }
  // Consumers whose alternatives are deployments with it, in order of names, at most 20. Views into the
  // graph.
  std::vector<std::string_view> UsersOf(std::string_view name) const;

 private:
  // Calls `visit` with the names of all that is in use with a deployment, itself included.
  template <typename Visit>
  void ForEachOf(engine::DeploymentIndex deployment, const Visit& visit) const;

  const engine::Knowledge& knowledge_;
  std::vector<bool> deployments_;  // In use, by slot.
  absl::flat_hash_set<std::string_view> used_;
};

// When the models that are in use are retired, ascending; those of which nothing is announced left out.
// `view` is that of the knowledge's graph.
std::vector<absl::Time> RetirementsInUse(const replica::View& view, const engine::Knowledge& knowledge);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RESOURCE_USE_H_
