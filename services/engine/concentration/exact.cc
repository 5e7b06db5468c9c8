#include "services/engine/concentration/exact.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace linchpin::engine {
namespace {

struct Uint256 {
  Uint128 high = 0;
  Uint128 low = 0;
  friend auto operator<=>(const Uint256&, const Uint256&) = default;
};

Uint256 Multiply(Uint128 a, Uint128 b) {
  const Uint128 mask = UINT64_MAX;
  const Uint128 a0 = a & mask, a1 = a >> 64, b0 = b & mask, b1 = b >> 64;
  const Uint128 low = a0 * b0;
  const Uint128 middle = a1 * b0 + (low >> 64);  // Below 2^128: (2^64-1)^2 + 2^64 - 1.
  const Uint128 middle2 = a0 * b1 + (middle & mask);
  return {a1 * b1 + (middle >> 64) + (middle2 >> 64), (middle2 << 64) | (low & mask)};
}

Uint128 PowerOfTen(uint32_t exponent) {
  Uint128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

constexpr uint32_t kScaleMax = 19;

// A whole number of up to 448 bits, least first: what is multiplied below stays under 2^128 * 2^128 * 2^64
// and its double.
class Wide {
 public:
  explicit Wide(Uint128 value) : limbs_{static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64)} {}

  Wide Times(uint64_t factor) const {
    Wide product(0);
    Uint128 carry = 0;
    for (size_t i = 0; i < limbs_.size(); ++i) {
      carry += Uint128{limbs_[i]} * factor;
      product.limbs_[i] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    return product;
  }
  Wide Times(Uint128 factor) const {
    return Times(static_cast<uint64_t>(factor)).Plus(Times(static_cast<uint64_t>(factor >> 64)).Shifted());
  }
  Wide Plus(const Wide& other) const {
    Wide sum(0);
    Uint128 carry = 0;
    for (size_t i = 0; i < limbs_.size(); ++i) {
      carry += Uint128{limbs_[i]} + other.limbs_[i];
      sum.limbs_[i] = static_cast<uint64_t>(carry);
      carry >>= 64;
    }
    return sum;
  }
  bool IsAbove(const Wide& other) const {
    return std::lexicographical_compare(other.limbs_.rbegin(), other.limbs_.rend(), limbs_.rbegin(),
                                        limbs_.rend());
  }

 private:
  Wide Shifted() const {
    Wide shifted(0);
    std::copy(limbs_.begin(), limbs_.end() - 1, shifted.limbs_.begin() + 1);
    return shifted;
  }
  std::array<uint64_t, 7> limbs_;
};

}  // namespace

double Fraction::ToDouble() const {
  Uint128 a = numerator, b = denominator;
  while (b != 0) {
    const Uint128 rest = a % b;
    a = b;
    b = rest;
  }
  const Uint128 n = numerator / a, d = denominator / a;  // a is not 0, since the denominator is not.
  return static_cast<double>(n / d) + static_cast<double>(n % d) / static_cast<double>(d);
}

std::optional<Decimal> Decimal::FromDouble(double value) {
  if (!std::isfinite(value) || value < 0 || value >= 1e19) return std::nullopt;
  char text[512];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  Decimal decimal;
  bool after_point = false;
  for (const char* at = text; at != end; ++at) {
    if (*at == '.') {
      after_point = true;
      continue;
    }
    if (*at < '0' || *at > '9') continue;  // The sign of a negative zero.
    if (__builtin_mul_overflow(decimal.digits, uint64_t{10}, &decimal.digits)) return std::nullopt;
    if (__builtin_add_overflow(decimal.digits, static_cast<uint64_t>(*at - '0'), &decimal.digits))
      return std::nullopt;
    if (after_point && ++decimal.scale > kScaleMax) return std::nullopt;
  }
  return decimal;
}

std::strong_ordering Compare(const Fraction& a, const Fraction& b) {
  return Multiply(a.numerator, b.denominator) <=> Multiply(b.numerator, a.denominator);
}

std::strong_ordering Compare(const Fraction& a, const Decimal& b) {
  return Multiply(a.numerator, PowerOfTen(b.scale)) <=> Multiply(b.digits, a.denominator);
}

// a > b + more, all of it multiplied by the three denominators.
bool ExceedsBy(const Fraction& a, const Fraction& b, const Decimal& more) {
  const Uint128 power = PowerOfTen(more.scale);
  const Wide left = Wide(a.numerator).Times(b.denominator).Times(power);
  const Wide right = Wide(b.numerator).Times(power).Plus(Wide(b.denominator).Times(more.digits));
  return left.IsAbove(right.Times(a.denominator));
}

}  // namespace linchpin::engine
