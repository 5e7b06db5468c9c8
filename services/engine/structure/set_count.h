// Numbers of sets, which stay at 2^64 - 1 once they pass it.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_COUNT_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_COUNT_H_

#include <cstdint>

namespace linchpin::engine {

inline uint64_t AddUpTo(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

inline uint64_t TimesUpTo(uint64_t a, uint64_t b) {
  uint64_t product;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_SET_COUNT_H_
