#include "services/engine/concentration/exact.h"

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

}  // namespace linchpin::engine
