// What an alternative is in a dimension, in a form that is quick to compare.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "services/engine/concentration/dimension.h"
#include "services/engine/concentration/value_domain.h"
#include "services/engine/graph/fact.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/policy/domain/rules/decision.h"
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

// Finds the values of targets in one dimension, each once. What consumers depend on is read from `graph`,
// all else from the knowledge, whose graph shares all facts with it.
//
// Ownership: keeps references to all it is given.
// Thread safety: none.
class TargetDimension {
 public:
  TargetDimension(const engine::Graph& graph, const engine::Knowledge& knowledge, engine::Dimension dimension,
                  SupplyWalk& walk);
  ~TargetDimension();

  const TargetValues& ValuesOf(engine::Target target);

  // Do they differ for certain, perhaps, or certainly not? Two unknowns through one resource are the same;
  // any other unknown is whatever its domain leaves, on proven facts or on `likely` ones too.
  engine::Truth Differ(const TargetValues& a, const TargetValues& b, bool likely) const;

  // The first value by its text that both have, or on likely facts can only both have; only where Differ is
  // kFalse.
  std::string Shared(const TargetValues& a, const TargetValues& b) const;
  // The facts that are unknown in either.
  MissingFacts Missing(const TargetValues& a, const TargetValues& b) const;
  // Those of them of which something is likely.
  LikelyFacts Likely(const TargetValues& a, const TargetValues& b) const;

 private:
  struct Value {
    std::string text;   // Or the resource of an unknown one.
    std::string field;  // Of an unknown one.
    // Of an unknown one.
    engine::UnknownValue unknown = {};
    engine::GroupDomain proven = {};
    std::optional<engine::GroupDomain> likely = {};

    const engine::GroupDomain& On(bool on_likely) const { return on_likely && likely ? *likely : proven; }
  };

  uint32_t Intern(Value value, bool is_unknown);
  std::string FirstText(const std::vector<uint32_t>& numbers) const;
  TargetValues OfDeployment(engine::DeploymentIndex deployment);
  bool MayBe(const Value& unknown, std::string_view key, bool likely) const;
  // Is an unknown value the same as another, known or not?
  engine::Truth SameAsKnown(const Value& unknown, std::string_view key, bool likely) const;
  engine::Truth SameAsUnknown(const Value& a, const Value& b, bool likely) const;

  const engine::Knowledge& knowledge_;
  const engine::Dimension dimension_;
  const engine::ValueDomains domains_;
  SupplyWalk& walk_;
  std::vector<Value> values_;
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::unique_ptr<TargetValues>> deployments_;  // By deployment.
  std::unordered_map<uint32_t, TargetValues> consumers_;    // By consumer.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_TARGET_VALUES_H_
