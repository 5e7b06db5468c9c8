// Sums of fractions with small denominators, compared without rounding.
#ifndef LINCHPIN_SERVICES_ENGINE_QUESTIONS_EXACT_SUM_H_
#define LINCHPIN_SERVICES_ENGINE_QUESTIONS_EXACT_SUM_H_

#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

namespace linchpin::engine {

// A sum of fractions that are not negative, kept apart by denominator. A value.
// Cost: Add costs a search among the denominators seen; comparing two sums that are nearly equal costs whole
// numbers with as many digits as the least common multiple of the denominators in which they differ.
class ExactSum {
 public:
  using Uint128 = unsigned __int128;

  // Adds numerator / denominator, the denominator not 0. Sums of numerators must stay below 2^127.
  void Add(Uint128 numerator, uint32_t denominator);
  void Add(const ExactSum& other);
  // Within a few units of the last place.
  double ToDouble() const;

  friend std::strong_ordering operator<=>(const ExactSum& a, const ExactSum& b);
  friend bool operator==(const ExactSum& a, const ExactSum& b) { return (a <=> b) == 0; }

 private:
  std::vector<std::pair<uint32_t, Uint128>> parts_;  // Ascending by denominator.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_QUESTIONS_EXACT_SUM_H_
