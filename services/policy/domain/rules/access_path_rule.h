// Rules of kind `access_path`: may everybody be there who stands on the way from a subject to its models?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PATH_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PATH_RULE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/access_judge.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another.
//
// One violation for each vendor that may not be there, discriminator `vendor`. With on_unknown VIOLATION also
// one for each deployment of which a party is not known, discriminator `deployment`. A subject that depends
// on no deployment is NO_DATA.
//
// Ownership: keeps references to world, workspace and rule.
// Thread safety: none.
class AccessPathEvaluator {
 public:
  AccessPathEvaluator(const World& world, Workspace& workspace, const BoundRule& rule);

  // `subject` exists and is of the kind that the rule selects.
  SubjectResult Evaluate(std::string_view subject, bool explain);
  // Alternatives looked at so far.
  int64_t visits() const { return visits_; }

 private:
  struct Found;

  void Gather(engine::DeploymentIndex deployment, const std::vector<std::string>& way, Found& found);
  SubjectResult Conclude(const Found& found, bool explain) const;
  Violation Explain(const std::string& key, const std::string& node,
                    const struct AccessOffender& offender) const;
  void AddUpstreams(const PartyOffence& offence, v1::Explanation& explanation) const;
  void AddFacts(const PartyOffence& offence, const std::string& node, v1::Explanation& explanation) const;

  const World& world_;
  const BoundRule& rule_;
  const AccessPathSpec& spec_;
  AccessJudge judge_;
  SubjectWalk& walk_;
  int64_t visits_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ACCESS_PATH_RULE_H_
