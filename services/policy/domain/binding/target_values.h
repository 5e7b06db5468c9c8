// What an alternative is in a dimension, in a form that is quick to compare.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/engine/concentration/dimension.h"
#include "services/engine/graph/fact.h"
#include "services/engine/graph/graph.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/supply_walk.h"

namespace linchpin::policy {

// The values of one target in one dimension: numbers of interned values, ascending. A consumer has those of
// all deployments that it depends on by first alternatives.
struct TargetValues {
  std::vector<uint32_t> known;
  std::vector<uint32_t> unknown;

  bool empty() const { return known.empty() && unknown.empty(); }
};

// Finds the values of targets in one dimension, each once.
//
// Ownership: keeps a reference to the graph.
// Thread safety: none.
class TargetDimension {
 public:
  TargetDimension(const engine::Graph& graph, engine::Dimension dimension);
  ~TargetDimension();

  const TargetValues& ValuesOf(engine::Target target);

  // Do they differ for certain, perhaps, or certainly not? Two unknowns through one resource are the same.
  static engine::Truth Differ(const TargetValues& a, const TargetValues& b);

  // A value that both have; only where Differ is kFalse.
  std::string Shared(const TargetValues& a, const TargetValues& b) const;
  // The facts that are unknown in either.
  MissingFacts Missing(const TargetValues& a, const TargetValues& b) const;

 private:
  uint32_t Intern(std::string_view value, bool is_unknown, std::string_view field);
  TargetValues OfDeployment(engine::DeploymentIndex deployment);

  struct Value {
    std::string text;   // Or the resource of an unknown one.
    std::string field;  // Of an unknown one.
  };

  const engine::Graph& graph_;
  const engine::Dimension dimension_;
  SupplyWalk walk_;
  std::vector<Value> values_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::unique_ptr<TargetValues>> deployments_;  // By deployment.
  std::unordered_map<uint32_t, TargetValues> consumers_;    // By consumer.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_
