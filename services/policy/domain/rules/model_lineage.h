// What the lineage of a model holds against it: ancestors from where they may not be, and facts that leave it
// open.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_

#include <memory>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/decision.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/origin_facets.h"

namespace linchpin::policy {

// A model of a lineage whose facets are not allowed.
struct ModelOffence {
  engine::ModelIndex node;
  std::vector<engine::ModelIndex> path;  // From the model to `node`, both included; shortest.
  std::vector<FacetReading> facets;      // Those that offend: all proven, or else all likely.
  LikelyFacts likely = {};               // What the likely ones rest on; empty: it is proven.
};

// A fact that leaves it open whether `node` is of the lineage, or whether it offends.
struct ModelGap {
  engine::ModelIndex node;
  std::vector<engine::ModelIndex> path;
  MissingFact fact;
};

struct ModelVerdict {
  std::vector<ModelOffence> offences;  // Nearest first.
  std::vector<ModelGap> gaps;          // Nearest first.
  LikelyFacts leaned;                  // Likely facts by which something of it is allowed.

  // Is the lineage allowed, on proven facts or on likely ones too?
  engine::Truth Allowed(bool likely) const;
};

// Are all the countries that a facet can be of allowed, or none of them?
engine::Truth Allowed(const LineageSpec& spec, const engine::Domain& countries);
// What an unknown facet comes to.
FactDecision JudgeFacet(const LineageSpec& spec, v1::Assurance assurance, const FacetReading& reading);

// Judges models by one rule, each once.
//
// Ownership: keeps references to knowledge and rule.
// Thread safety: none.
// Cost: linear in the lineage for the first question about a model.
class ModelLineage {
 public:
  ModelLineage(const engine::Knowledge& knowledge, const LineageSpec& spec, v1::Assurance assurance);
  ~ModelLineage();

  const ModelVerdict& Judge(engine::ModelIndex model);

 private:
  struct Node;
  void Walk(engine::ModelIndex model, std::vector<Node>& nodes, ModelVerdict& verdict);
  void JudgeNode(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict);
  void JudgeUnstated(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict);
  // The line of which a model is a version, where facts that the model lacks are read off it.
  const std::string& Holder(engine::ModelIndex model) const;

  const engine::Knowledge& knowledge_;
  const engine::Graph& graph_;
  const LineageSpec& spec_;
  const v1::Assurance assurance_;
  std::vector<std::unique_ptr<ModelVerdict>> verdicts_;  // By model.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_
