// What concentration weighs.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_BASIS_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_BASIS_H_

#include <cstdint>

namespace linchpin::engine {

// Weights are whole numbers: millionths of an application or of a unit of criticality; requests, tokens,
// minor units in 30 days.
enum class Basis : uint8_t { kApplications, kCriticality, kRequests, kTokens, kSpend };

// Is it consumers that weigh, whose weight passes through those they depend on? Else it is what was observed
// of each dependency.
inline bool WeighsConsumers(Basis basis) {
  return basis == Basis::kApplications || basis == Basis::kCriticality;
}

// Every weight W is below this, so that its square and sums of squares fit 128 bits.
inline constexpr uint64_t kTotalWeightMax = 1ULL << 56;
// All that is put in is below this.
inline constexpr uint64_t kInputWeightMax = 1ULL << 63;

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_BASIS_H_
