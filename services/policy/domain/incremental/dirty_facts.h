// Whose facts a change of documents can touch: everything that reads a changed document on its way upstream.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DIRTY_FACTS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DIRTY_FACTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::policy {

// Vendors, hosts, licences, models and deployments of one graph that a change of `names` touches: those
// named, and those that lead to one of them by what they state or by what their lines state. With `open`, so
// do all that leave a fact open, and whoever leads to them: what an open fact can be may follow from any
// document.
//
// Ownership: keeps references to all it is given. Thread safety: none.
// Cost: each vendor, host, licence, model and deployment once.
class DirtyFacts {
 public:
  DirtyFacts(const engine::Knowledge& knowledge, const absl::flat_hash_set<std::string>& names, bool open);

  bool Is(engine::VendorIndex vendor) const { return vendors_[vendor.value]; }
  bool Is(engine::HostIndex host) const { return hosts_[host.value]; }
  bool Is(engine::LicenceIndex licence) const { return licences_[licence.value]; }
  bool Is(engine::ModelIndex model) const { return models_[model.value] == State::kDirty; }
  bool Is(engine::DeploymentIndex deployment) const { return deployments_[deployment.value]; }

 private:
  enum class State : uint8_t { kNew, kClean, kDirty };

  bool IsNamed(const std::string& name) const { return names_.contains(name); }
  bool LeadsToVendor(engine::VendorIndex vendor) const;
  bool IsOpen(engine::ModelIndex model) const;
  bool Judge(engine::ModelIndex model);
  bool Judge(const engine::Deployment& deployment);

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const absl::flat_hash_set<std::string>& names_;
  const bool open_;
  std::vector<bool> vendors_, hosts_, licences_, deployments_;
  std::vector<State> models_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DIRTY_FACTS_H_
