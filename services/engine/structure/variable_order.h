// Orders of the variables of a formula, on which the size of its diagram turns.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_VARIABLE_ORDER_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_VARIABLE_ORDER_H_

#include <cstdint>
#include <vector>

#include "services/engine/structure/formula.h"

namespace linchpin::engine {

// Each visits the formula depth first from the root; they differ in which argument they take first. No order
// is best for all formulas; these three between them kept every tree of the Aralia benchmark small.
enum class OrderRule : uint8_t {
  kMostShared,  // The argument that enters the most gates.
  kShallowest,  // The argument with the fewest gates below one another.
  kHeaviest,    // The argument with the most variables below it, repeats counted.
};
inline constexpr OrderRule kOrderRules[] = {OrderRule::kMostShared, OrderRule::kShallowest,
                                            OrderRule::kHeaviest};

struct VariableOrder {
  std::vector<uint32_t> place_of;     // By variable.
  std::vector<uint32_t> variable_at;  // By place.
};

// All `variables` have a place, also those that the formula does not read, at the end.
VariableOrder FindOrder(const Formula& formula, Gate root, uint32_t variables, OrderRule rule);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_VARIABLE_ORDER_H_
