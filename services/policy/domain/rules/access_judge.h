// What an access path rule holds against the parties on the way to deployments.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_JUDGE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_JUDGE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/access_parties.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/subject_document.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// A vendor that may not be there, or of which that is not known.
struct PartyOffence {
  Party party;
  std::optional<engine::VendorIndex> vendor;  // Nothing: nobody knows who the party is.
  std::vector<std::string> failed;            // Tests, in words. Empty: it is not known.
  LikelyFacts likely;                         // What it rests on; empty: it is proven.
  MissingFacts unknown;                       // What leaves it open.
};

struct AccessVerdict {
  std::vector<PartyOffence> offences;  // Tests fail.
  std::vector<PartyOffence> open;      // It is not known whether they do.
  LikelyFacts leaned;                  // Likely facts by which parties pass.
  std::optional<absl::Time> due;       // From when on it may differ with no change of any fact.

  bool is_clean() const { return offences.empty() && open.empty() && leaned.empty(); }
};

// Judges each deployment and each vendor once.
//
// Ownership: keeps references to all it is given. Thread safety: none.
class AccessJudge {
 public:
  AccessJudge(const World& world, Workspace& workspace, const AccessPathSpec& spec, v1::Assurance assurance);

  // References stay good.
  const AccessVerdict& Judge(engine::DeploymentIndex deployment);

 private:
  // How the tests come out for one vendor.
  struct VendorVerdict {
    engine::Truth proven = engine::Truth::kTrue, likely = engine::Truth::kTrue;
    std::vector<std::string> failed, likely_failed;
    MissingFacts missing;
    LikelyFacts leaned;
  };

  const VendorVerdict& Of(engine::VendorIndex vendor);
  void Ask(const FieldTest& test, bool forbidden, const Subject& subject, VendorVerdict& verdict) const;
  void JudgeParty(const Party& party, engine::DeploymentIndex deployment, AccessVerdict& verdict);
  void JudgeVendor(const Party& party, engine::VendorIndex vendor, AccessVerdict& verdict);
  void JudgeOpen(const Party& party, engine::DeploymentIndex deployment, AccessVerdict& verdict);
  // Over all who may be the party.
  engine::Truth OverMembers(const engine::Domain& domain, bool likely);
  engine::Truth OfMember(engine::VendorIndex vendor, bool likely);
  void AddMembers(const Party& party, const engine::Domain& domain, bool likely, AccessVerdict& verdict);
  // Whom a router may call is stated, though not all of them are.
  bool IsOfRouter(const engine::OpenFact& open, const Party& party) const;
  // What leaves it open whether a member, or who owns it, may be there.
  void AddMissing(engine::VendorIndex member, MissingFacts& missing);
  MissingFacts MissingOf(const Party& party, engine::DeploymentIndex deployment,
                         const engine::OpenFact& open);

  const World& world_;
  const AccessPathSpec& spec_;
  const v1::Assurance assurance_;
  const ContractParties* const contracts_;
  SubjectDocument documents_;
  absl::flat_hash_map<uint32_t, std::unique_ptr<AccessVerdict>> verdicts_;  // By deployment.
  absl::flat_hash_map<uint32_t, std::unique_ptr<VendorVerdict>> vendors_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_JUDGE_H_
