// What a lineage rule holds against deployments: their models with all they descend from, and their hosts.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DEPLOYMENT_JUDGE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DEPLOYMENT_JUDGE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/model_lineage.h"
#include "services/policy/domain/rules/origin_facets.h"

namespace linchpin::policy {

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
  // All offences are proven, each of a model or host with a name of its own, and nothing is leaned on: to
  // count them and what is open, no more has to be known.
  bool plain = false;
  std::vector<uint32_t> open;  // Facts that leave something open, each once (DeploymentJudge::FactOf).
};

// Judges deployments and models by what one or several rules ask, each once. Consumers and their dependencies
// are not read, so that it stays good while nothing else changes (Graph::SharesFactsWith).
//
// Ownership: keeps a reference to the knowledge, and a copy of the specification.
// Thread safety: none.
class DeploymentJudge {
 public:
  DeploymentJudge(const engine::Knowledge& knowledge, const LineageSpec& spec, v1::Assurance assurance);
  ~DeploymentJudge();
  DeploymentJudge(const DeploymentJudge&) = delete;

  // References stay good.
  const DeploymentVerdict& Judge(engine::DeploymentIndex deployment);
  const ModelVerdict& Judge(engine::ModelIndex model) { return lineage_.Judge(model); }
  // Whether nothing of a deployment offends, is open, or is allowed by likely facts alone.
  bool IsClear(engine::DeploymentIndex deployment) {
    const Clear known = clear_[deployment.value];
    if (known != Clear::kNew) return known == Clear::kYes;
    Judge(deployment);
    return clear_[deployment.value] == Clear::kYes;
  }
  // A fact that leaves something open, by its number in a verdict.
  const MissingFact& FactOf(uint32_t number) const { return facts_[number]; }
  size_t fact_count() const { return facts_.size(); }

  // How many deployments have been judged.
  size_t judged() const { return judged_; }

 private:
  void JudgeHost(engine::DeploymentIndex deployment, PartVerdict& verdict) const;
  void JudgeUnknownModel(engine::DeploymentIndex deployment, PartVerdict& verdict);
  void Summarize(const engine::Deployment& deployment, DeploymentVerdict& verdict);
  void AddOpen(const MissingFact& fact, DeploymentVerdict& verdict);
  // May every model that the deployment can be of?
  engine::Truth AnyModelAllowed(engine::DeploymentIndex deployment, bool likely);

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const LineageSpec spec_;
  const v1::Assurance assurance_;
  ModelLineage lineage_;
  std::vector<std::unique_ptr<DeploymentVerdict>> verdicts_;  // By deployment.
  enum class Clear : uint8_t { kNew, kYes, kNo };
  std::vector<Clear> clear_;        // By deployment.
  std::vector<MissingFact> facts_;  // By number.
  std::map<MissingFact, uint32_t> numbers_;
  size_t judged_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_DEPLOYMENT_JUDGE_H_
