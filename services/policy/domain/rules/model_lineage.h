// What the lineage of a model holds against it: ancestors from where they may not be, and facts that leave it
// open.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_

#include <memory>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/origin_facets.h"

namespace linchpin::policy {

// A model of a lineage whose facets are not allowed.
struct ModelOffence {
  engine::ModelIndex node;
  std::vector<engine::ModelIndex> path;  // From the model to `node`, both included; shortest.
  std::vector<FacetReading> facets;      // Those that offend.
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
};

// Judges models by one rule, each once.
//
// Ownership: keeps references to graph and rule.
// Thread safety: none.
// Cost: linear in the lineage for the first question about a model.
class ModelLineage {
 public:
  ModelLineage(const engine::Graph& graph, const LineageSpec& spec);
  ~ModelLineage();

  const ModelVerdict& Judge(engine::ModelIndex model);

 private:
  struct Node;
  void Walk(engine::ModelIndex model, std::vector<Node>& nodes, ModelVerdict& verdict);
  void JudgeNode(const std::vector<Node>& nodes, size_t at, ModelVerdict& verdict);

  const engine::Graph& graph_;
  const LineageSpec& spec_;
  std::vector<std::unique_ptr<ModelVerdict>> verdicts_;  // By model.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_MODEL_LINEAGE_H_
