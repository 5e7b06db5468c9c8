// The three readings of what is not known (knowledge.md K3).
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_READING_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_READING_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "services/engine/graph/fact.h"

namespace linchpin::engine {

// Which facts are read, and what an open condition counts as:
//   kProven       values, none and bounds; not hit. `best` in the API.
//   kLikely       these and likelihoods; not hit. `likely` in the API.
//   kNotExcluded  values, none and bounds; hit. `worst` in the API.
// Hits grow in this order; levels need not fall in it (S7).
enum class Reading : uint8_t { kProven, kLikely, kNotExcluded };

inline constexpr std::array<Reading, 3> kReadings = {Reading::kProven, Reading::kLikely,
                                                     Reading::kNotExcluded};

// Does a condition count as hit? `truth` is its truth on the facts that the reading reads.
inline bool HoldsIn(Reading reading, Truth truth) {
  return truth == Truth::kTrue || (truth == Truth::kUnknown && reading == Reading::kNotExcluded);
}

// One thing for each reading.
template <typename T>
struct ByReading {
  T proven{};
  T likely{};
  T not_excluded{};

  T& operator[](Reading reading) {
    return reading == Reading::kProven ? proven : reading == Reading::kLikely ? likely : not_excluded;
  }
  const T& operator[](Reading reading) const {
    return reading == Reading::kProven ? proven : reading == Reading::kLikely ? likely : not_excluded;
  }
  friend bool operator==(const ByReading&, const ByReading&) = default;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_READING_H_
