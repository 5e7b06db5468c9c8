// How often consumers fail in years drawn at random: hundreds of years in one pass of machine words.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SAMPLE_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SAMPLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/engine/structure/failure_diagram.h"
#include "services/engine/structure/failure_function.h"

namespace linchpin::engine {

inline constexpr int64_t kSampleTrialsMax = 100'000'000;
// Where numbers bind, no formula says what fails, and every set of losses that is drawn is solved: no more
// trials than this are then drawn.
inline constexpr int64_t kSolvedTrialsMax = 10'000;

struct FailureSample {
  int64_t trials = 0;
  int64_t failures = 0;  // Trials in which the consumers fail.

  double ratio() const;
  // Of the ratio r: sqrt(r * (1 - r) / trials).
  double standard_error() const;
};

struct SampleOptions {
  // The chance of an atom by key, in [0, 1]; read in parts of 10^9, rounded down.
  std::function<double(std::string_view key)> chance = {};
  int64_t trials = 1'000'000;  // 1 to kSampleTrialsMax.
  uint64_t seed = 1;
  int threads = 1;  // The result does not depend on it.
  StructureLimits limits = {};
};

// Draws `trials` years. In trial t, counted from 0, an atom is lost iff scaled(draw(seed, t, key, 0), 10^9)
// is less than its chance in parts of 10^9: the draws of S9, so that DrawLosses with the same seed has the
// same atom lost in the same year.
//
// Nothing if numbers bind and the sets drawn cost more than `limits.search` allows. Thread safety: the
// function is only read. Errors: InvalidArgument for trials or a chance out of range; those of Limits;
// Cancelled. Cost: for each 512 trials one draw of every atom, 512 wide, and each argument of the formula
// once.
absl::StatusOr<std::optional<FailureSample>> SampleFailures(const FailureFunction& function,
                                                            const SampleOptions& options);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILURE_SAMPLE_H_
