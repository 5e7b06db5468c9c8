// What may happen in a year (S9): cutoffs with a chance and a duration that is drawn.
#ifndef LINCHPIN_SERVICES_ENGINE_LOSS_LOSS_SOURCE_H_
#define LINCHPIN_SERVICES_ENGINE_LOSS_LOSS_SOURCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "services/engine/cutoff/scenario.h"

namespace linchpin::engine {

inline constexpr int64_t kPpbOne = 1'000'000'000;
inline constexpr int64_t kTrialYearSeconds = 31'536'000;  // The horizon of every trial.

// How long a loss lasts.
struct LossDuration {
  enum class Kind : uint8_t { kPermanent, kFixed, kUniform, kQuantiles } kind = Kind::kPermanent;
  int64_t low_seconds = 0;   // Of kFixed and kUniform.
  int64_t high_seconds = 0;  // Of kUniform, inclusive.
  // Of kQuantiles: (ppm, seconds), ascending in both, the first at 0, the last at ONE; linear in between,
  // floor.
  std::vector<std::pair<int64_t, int64_t>> quantiles = {};
};

struct LossSource {
  std::string key;    // By which it is drawn; unique.
  Cutoff cutoff;      // Start and duration are drawn, unless they are given.
  int64_t p_ppb = 0;  // That it happens within the year.
  LossDuration duration = {};
  std::optional<int64_t> at_seconds = {};  // When it happens, if that is known.
};

// floor(10^9 * (1 - exp(-rate))).
int64_t PpbOfRate(double rate_per_year);

// InvalidArgument, naming the source: a chance beyond 0 to 10^9, a duration below 1 s or above 100 years,
// quantiles that do not ascend from 0 to ONE, a start outside the year, a key that occurs twice.
absl::Status ValidateSources(const std::vector<LossSource>& sources);

// What a draw says of the duration; nothing if permanent.
std::optional<int64_t> DrawnDuration(const LossDuration& duration, uint64_t x);

// The cutoff of a source in one trial; nothing if it does not happen.
std::optional<Cutoff> DrawnCutoff(const LossSource& source, uint64_t key_hash, uint64_t trial_state);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LOSS_LOSS_SOURCE_H_
