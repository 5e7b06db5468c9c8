#include "services/engine/concentration/split.h"

#include <cstddef>

namespace linchpin::engine {

void Split(uint64_t weight, const std::vector<uint64_t>& shares, std::vector<uint64_t>& parts) {
  using Uint128 = unsigned __int128;
  Uint128 sum = 0;
  for (uint64_t share : shares) sum += share;
  parts.assign(shares.size(), 0);
  uint64_t missing = weight;
  for (size_t k = 0; k < shares.size(); ++k) {
    if (shares[k] == 0) continue;
    parts[k] = shares[k] == sum ? weight : static_cast<uint64_t>(Uint128{weight} * shares[k] / sum);
    missing -= parts[k];
  }
  for (size_t k = 0; missing > 0 && k < shares.size(); ++k) {
    if (shares[k] == 0) continue;
    ++parts[k];
    --missing;
  }
}

}  // namespace linchpin::engine
