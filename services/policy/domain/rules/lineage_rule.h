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
#include "services/policy/domain/rules/model_lineage.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/supply_walk.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another.
//
// One violation for each offending model, discriminator `model`, or host, discriminator `host`. A subject
// that depends on no deployment is NO_DATA.
//
// Ownership: keeps references to world and rule.
// Thread safety: none.
// Errors: outcome ERROR once the subjects together have led past kVisitsMax alternatives.
class LineageEvaluator {
 public:
  static constexpr int64_t kVisitsMax = 1'000'000'000;

  LineageEvaluator(const World& world, const BoundRule& rule);
  ~LineageEvaluator();

  // `subject` exists and is of the kind that the rule selects.
  SubjectResult Evaluate(std::string_view subject, bool explain);

 private:
  // Of a host, or of a model that is not known: all offences proven, or else all likely.
  struct PartVerdict {
    std::vector<FacetReading> offences;
    LikelyFacts likely;  // What likely offences rest on.
    MissingFacts gaps;
    LikelyFacts leaned;  // Likely facts by which it is allowed.
  };
  struct DeploymentVerdict {
    const ModelVerdict* model = nullptr;  // Null: it is not known.
    PartVerdict unknown_model;
    PartVerdict host;
    bool clean = false;   // Nothing offends or is open.
    bool leaned = false;  // Something is allowed by likely facts alone.
  };
  struct Found;

  const DeploymentVerdict& Judge(engine::DeploymentIndex deployment);
  void JudgeHost(engine::DeploymentIndex deployment, PartVerdict& verdict) const;
  void JudgeUnknownModel(engine::DeploymentIndex deployment, PartVerdict& verdict);
  // May every model that the deployment can be of?
  engine::Truth AnyModelAllowed(engine::DeploymentIndex deployment, bool likely);
  // The result without names and ways, where nothing but the number of offenders is asked for. Nothing if
  // that does not suffice.
  std::optional<SubjectResult> Tally(const std::vector<SupplyWalk::Reached>& reached);
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
  ModelLineage lineage_;
  SupplyWalk walk_;
  std::vector<std::unique_ptr<DeploymentVerdict>> verdicts_;  // By deployment.
  // Number of the tally that last met a model or host.
  uint32_t tally_ = 0;
  std::vector<uint32_t> model_met_;
  std::vector<uint32_t> host_met_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_LINEAGE_RULE_H_
