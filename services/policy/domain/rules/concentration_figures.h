// The figures that a concentration rule holds against its limit, each with the bounds that what is unknown
// leaves.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_FIGURES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_FIGURES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/engine/concentration/concentration.h"
#include "services/policy/domain/binding/bound_policy.h"

namespace linchpin::policy {

struct Figure {
  std::string group;  // What it is of; empty: of all.
  engine::Bounded bounded;
};

// The figures of a population whose members are known; `concentration` was made with the same `read`. Empty
// where there is no weight. Cost: linear in groups and unknown items.
std::vector<Figure> FiguresOf(const engine::Knowledge& knowledge, const engine::Concentration& concentration,
                              const ConcentrationSpec& spec, engine::FactsRead read);

// Figures whose bounds hold whichever of the unknown members belong to the population. `certain` is of those
// members that certainly belong, `all` of every one; `value` is that of `all`. `rounding` is how far the
// splits of whole numbers may put a weight off what it is in proportion (RoundingOf).
//
// Only SHARE, and TOP_K_SHARE from below, are bounded: the others may rise or fall with each member, and
// nothing short of trying every subset tells how far. Empty where nothing is bounded.
std::vector<Figure> FiguresForAnyMembers(const engine::Concentration& certain,
                                         const engine::Concentration& all, uint64_t rounding,
                                         const ConcentrationSpec& spec);

// By how many units a weight may differ from the exact share of what was put in: one for each part of each
// split that is made on the way to the groups, and of whose size the population decides.
uint64_t RoundingOf(const engine::Graph& graph, engine::Basis basis, engine::Dimension dimension);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_FIGURES_H_
