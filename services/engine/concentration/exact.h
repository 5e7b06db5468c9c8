// Exact fractions of non-negative integers, and decimals to hold them against without rounding.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_EXACT_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_EXACT_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace linchpin::engine {

using Uint128 = unsigned __int128;

// A fraction as it was computed, not reduced. The denominator is never 0.
struct Fraction {
  Uint128 numerator = 0;
  Uint128 denominator = 1;

  // The double next to the exact value, or one beside it; exact where the value is a whole number below 2^53.
  double ToDouble() const;
};

// digits / 10^scale.
struct Decimal {
  uint64_t digits = 0;
  uint32_t scale = 0;  // At most 19.

  // As written: 0.4 and 0.40 are two.
  friend bool operator==(const Decimal&, const Decimal&) = default;
  // The shortest decimal that reads back as `value`: 0.4 is four tenths, whatever its binary digits. Nothing
  // for a negative number, infinity, NaN, 10^19 and more, or more than 19 decimal places.
  static std::optional<Decimal> FromDouble(double value);
};

// Exact, by cross-multiplication in 256 bits.
std::strong_ordering Compare(const Fraction& a, const Fraction& b);
std::strong_ordering Compare(const Fraction& a, const Decimal& b);

// Is a above b by more than `more`? Exact, whatever the sizes.
bool ExceedsBy(const Fraction& a, const Fraction& b, const Decimal& more);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_EXACT_H_
