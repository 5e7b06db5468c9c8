// Who a rule over a population counts.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_H_

#include <string>

#include "services/engine/concentration/attribution.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/missing_fact.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// A byte for each consumer of the graph, and what leaves it open who belongs.
struct Population {
  std::string members;  // All who may belong.
  std::string certain;  // Those of them who do.
  MissingFacts missing;
};

// By the rule's selector of its population, which has been added to the selections, and its handling of the
// unknown.
Population PopulationOf(const World& world, const Selections& selections, const BoundRule& rule);

// What a selection says of a subject, after the rule's handling of the unknown.
engine::Truth SelectedBy(const BoundRule& rule, engine::Truth selected);

// What engine::Attributor counts: the consumers that have a byte other than 0. `members` must outlive it.
engine::Population CountedBy(const std::string& members);

// Both are one list in one order.
engine::Basis EngineBasis(common::v1::Basis basis);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_POPULATION_H_
