// Bounds of the chance of a function that is too large for one diagram. Internal to importance.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_CHANCE_BOUNDS_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_CHANCE_BOUNDS_H_

#include <optional>
#include <vector>

#include "services/engine/structure/failure_diagram.h"
#include "services/engine/structure/importance.h"

namespace linchpin::engine {

struct ConditionalBounds {
  Bounded plain;
  std::vector<Bounded> if_true;   // By variable.
  std::vector<Bounded> if_false;  // By variable.
};

// Gate by gate: exact for gates whose diagram keeps within a small limit. Above them, functions that all grow
// with the same independent variables are never negatively correlated (Harris, 1960), so that
//   product of lower bounds <= P(AND) <= least upper bound,
//   greatest lower bound <= P(OR) <= 1 - product of (1 - upper bound).
ConditionalBounds BoundByGates(const FailureFunction& function, const std::vector<double>& chance,
                               const StructureLimits& limits);

// The same by the small cut sets of the formula, as BoundByCutSets: up to the largest size, at most 4, for
// which they keep within small limits; nothing if there is none.
std::optional<ConditionalBounds> BoundBySmallSets(const FailureFunction& function,
                                                  const std::vector<double>& chance,
                                                  const StructureLimits& limits);

// What both say.
ConditionalBounds Tighter(const ConditionalBounds& a, const ConditionalBounds& b);

// By the minimal cut sets up to a size, all of which are known: failing without one of them takes more atoms
// than that at once, so that P(one of them occurs) <= Q <= that + P(more than `size` variables occur).
ConditionalBounds BoundByCutSets(const std::vector<std::vector<uint32_t>>& sets, uint32_t size,
                                 const std::vector<double>& chance, const StructureLimits& limits);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_CHANCE_BOUNDS_H_
