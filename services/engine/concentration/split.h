// The one rule by which whole numbers are split
// (docs/concepts/concentration.md, Splitting whole numbers).
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_SPLIT_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_SPLIT_H_

#include <cstdint>
#include <vector>

namespace linchpin::engine {

// Splits `weight` by `shares` (not all 0, each below 2^63; weight below 2^63) into `parts`: floor(weight *
// share / sum); what is then missing goes, one unit each, to the first whose share is above 0.
void Split(uint64_t weight, const std::vector<uint64_t>& shares, std::vector<uint64_t>& parts);

// The part at `place` of an even split into `count`.
inline uint64_t EvenPart(uint64_t weight, uint64_t count, uint64_t place) {
  return weight / count + (place < weight % count ? 1 : 0);
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_SPLIT_H_
