// The two readings of what is unknown.
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_WORLD_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_WORLD_H_

#include <cstdint>

#include "services/engine/graph/fact.h"

namespace linchpin::engine {

// BEST takes what is unknown as not hit, WORST as hit.
enum class World : uint8_t { kBest, kWorst };

inline bool HoldsIn(World world, Truth truth) {
  return truth == Truth::kTrue || (truth == Truth::kUnknown && world == World::kWorst);
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_WORLD_H_
