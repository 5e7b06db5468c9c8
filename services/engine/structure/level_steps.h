// The level of one thing as a function of what is lost: a few values, each with the formula of "at most
// this".
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_LEVEL_STEPS_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_LEVEL_STEPS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "services/engine/graph/graph.h"
#include "services/engine/structure/formula.h"

namespace linchpin::engine {

// Losing more never raises a level (S5), so "level <= v" is a monotone function of the lost atoms, for every
// v. A value that is never reached does no harm.
struct LevelSteps {
  std::vector<int32_t> values = {static_cast<int32_t>(kOne)};  // Ascending, without repeats.
  std::vector<Gate> at_most = {kTrueGate};                     // One for each; the last is true.

  // "level <= threshold".
  Gate AtMost(int32_t threshold) const;
};

// One alternative that is ready, as far as deliveries read it.
struct ReadyAlternative {
  const LevelSteps* target;
  int64_t share_ppm;
  int64_t quality_ppm;
};

// One group with its ready alternatives, none of which draws on a pool that can run short.
struct ReadyGroup {
  int64_t units = 1;
  int64_t weight_ppm = kOne;
  bool essential = true;
  std::vector<ReadyAlternative> alternatives;
};

// More than this, and a level is no matter of a few steps: the numbers are searched instead.
inline constexpr size_t kLevelStepsMax = 24;
inline constexpr size_t kDeliveryStatesMax = 4096;

// The values that the level of a consumer can take (step 3 of S5), given those of its targets; nothing where
// they are more than the bounds above allow.
std::optional<std::vector<int32_t>> LevelValues(const std::vector<ReadyGroup>& groups,
                                                int32_t min_viable_ppm);

// "level <= value" for each of `values` but the last, given the formulas of the targets; nothing as above.
std::optional<std::vector<Gate>> LevelFormulas(const std::vector<ReadyGroup>& groups, int32_t min_viable_ppm,
                                               const std::vector<int32_t>& values, Formula& formula);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_LEVEL_STEPS_H_
