// Who stands on the way to a deployment: its parties and their owners, as far as they are known.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PARTIES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PARTIES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/supply_rules.pb.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// A fact that makes a vendor a party: `path` of `resource` is, or would be, the vendor.
struct PartyLink {
  std::string resource, path;
};

// One party of a deployment. With neither vendor nor fact there is none, which is known.
struct Party {
  v1::PartyRole role = v1::PARTY_ROLE_UNSPECIFIED;
  std::vector<std::string> way;  // Names from the deployment, left out, to the vendor, left out.
  PartyLink link;
  std::optional<engine::VendorIndex> vendor;
  std::optional<engine::FactRef> open;  // The fact that would name it.
};

// Vendors of contracts that cover deployments and have not ended.
//
// Ownership: keeps a copy of the names. Thread safety: immutable.
// Cost: construction reads every contract once.
class ContractParties {
 public:
  struct Covering {
    std::string contract, vendor;
    std::optional<absl::Time> end;  // Nothing: it is not known to end.
  };
  ContractParties(const replica::View& view, absl::Time now);

  // By name of the contract.
  const std::vector<Covering>& Of(std::string_view deployment) const;

 private:
  absl::flat_hash_map<std::string, std::vector<Covering>> by_deployment_;
};

// The parties of a deployment in these roles, OWNER left out, in the order of roles. Unstated intermediaries
// are assumed to be none, as everywhere (docs/concepts/knowledge.md). `contracts` is read where the role
// CONTRACT is asked for.
std::vector<Party> PartiesOf(const engine::Knowledge& knowledge, engine::DeploymentIndex deployment,
                             const PartyRoles& roles, const ContractParties* contracts);
// Who owns the vendor of a party, nearest first; the last is open where it is unknown who owns the one
// before.
std::vector<Party> OwnersOfParty(const engine::Knowledge& knowledge, const Party& party);

// "operator", "owner": for people.
std::string_view RoleWord(v1::PartyRole role);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PARTIES_H_
