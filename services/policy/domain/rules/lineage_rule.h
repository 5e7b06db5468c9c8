// Rules of kind `lineage`: do the weights that a subject depends on, with all base models they descend from,
// come from where they may?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_RULE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/deployment_judge.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another.
//
// One violation for each offending model, discriminator `model`, or host, discriminator `host`. A subject
// that depends on no deployment is NO_DATA.
//
// Ownership: keeps references to world, workspace and rule.
// Thread safety: none.
class LineageEvaluator {
 public:
  LineageEvaluator(const World& world, Workspace& workspace, const BoundRule& rule);
  ~LineageEvaluator();

  // `subject` exists and is of the kind that the rule selects.
  SubjectResult Evaluate(std::string_view subject, bool explain);
  // Alternatives looked at so far.
  int64_t visits() const { return visits_; }

 private:
  struct Found;

  // The result but for what its violations say. Nothing if names and ways decide.
  std::optional<SubjectResult> Tally(const std::vector<SupplyWalk::Reached>& reached);
  void MeetOpen(uint32_t fact);
  SubjectResult EvaluateModel(std::string_view subject, bool explain);
  void Gather(const DeploymentVerdict& verdict, engine::DeploymentIndex deployment,
              const std::vector<std::string>& way, Found& found) const;
  void GatherModel(const ModelVerdict& verdict, const std::vector<std::string>& way, Found& found) const;
  void GatherPart(const PartVerdict& verdict, const char* key, const std::string& node,
                  const std::vector<std::string>& way, Found& found) const;
  SubjectResult Conclude(const Found& found, bool explain) const;
  // How the country of `facet` belongs to the model or host.
  void AddLinks(std::string_view node, v1::OriginFacet facet, v1::Explanation& explanation) const;
  void AddFact(const FacetReading& facet, Violation& violation) const;
  Violation Explain(std::string_view key, std::string_view node,
                    const struct LineageOffender& offender) const;

  const World& world_;
  const BoundRule& rule_;
  const LineageSpec& spec_;
  DeploymentJudge& judge_;
  SubjectWalk& walk_;
  Meetings& meetings_;
  int64_t visits_ = 0;
  // Of the tally at hand: facts that leave something open, and by which tally each was last met.
  uint64_t tally_ = 0;
  std::vector<uint32_t> open_;
  std::vector<uint64_t> met_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_RULE_H_
