#include "services/engine/questions/exact_sum.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace linchpin::engine {
namespace {

using Uint128 = ExactSum::Uint128;
using Int128 = __int128;

// A whole number of any size, in digits of 32 bits, the lowest first.
class Whole {
 public:
  explicit Whole(uint32_t value) : digits_{value} {}

  uint32_t Modulo(uint32_t by) const {
    uint64_t rest = 0;
    for (size_t i = digits_.size(); i-- > 0;) rest = (rest << 32 | digits_[i]) % by;
    return static_cast<uint32_t>(rest);
  }
  void Multiply(uint32_t by) {
    uint64_t carry = 0;
    for (uint32_t& digit : digits_) {
      carry += uint64_t{digit} * by;
      digit = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry > 0) digits_.push_back(static_cast<uint32_t>(carry));
  }
  Whole DividedBy(uint32_t by) const {
    Whole result = *this;
    uint64_t rest = 0;
    for (size_t i = digits_.size(); i-- > 0;) {
      rest = rest << 32 | digits_[i];
      result.digits_[i] = static_cast<uint32_t>(rest / by);
      rest %= by;
    }
    result.Trim();
    return result;
  }
  // Adds other * factor.
  void AddProduct(const Whole& other, Uint128 factor) {
    for (size_t place = 0; factor > 0; ++place, factor >>= 32) {
      AddShifted(other, static_cast<uint32_t>(factor), place);
    }
  }
  friend std::strong_ordering operator<=>(const Whole& a, const Whole& b) {
    if (a.digits_.size() != b.digits_.size()) return a.digits_.size() <=> b.digits_.size();
    for (size_t i = a.digits_.size(); i-- > 0;) {
      if (a.digits_[i] != b.digits_[i]) return a.digits_[i] <=> b.digits_[i];
    }
    return std::strong_ordering::equal;
  }

 private:
  void AddShifted(const Whole& other, uint32_t factor, size_t place) {
    digits_.resize(std::max(digits_.size(), other.digits_.size() + place) + 1);
    uint64_t carry = 0;
    for (size_t i = 0; i < other.digits_.size() || carry > 0; ++i) {
      const uint64_t digit = i < other.digits_.size() ? other.digits_[i] : 0;
      carry += digits_[i + place] + digit * factor;
      digits_[i + place] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    Trim();
  }
  void Trim() {
    while (digits_.size() > 1 && digits_.back() == 0) digits_.pop_back();
  }

  std::vector<uint32_t> digits_;
};

using Differences = std::vector<std::pair<uint32_t, Int128>>;

// The sign of a sum of fractions.
std::strong_ordering SignOf(const Differences& differences) {
  Whole multiple(1);
  for (const auto& [denominator, difference] : differences) {
    multiple.Multiply(denominator / std::gcd(denominator, multiple.Modulo(denominator)));
  }
  Whole positive(0), negative(0);
  for (const auto& [denominator, difference] : differences) {
    Whole& side = difference > 0 ? positive : negative;
    side.AddProduct(multiple.DividedBy(denominator),
                    difference > 0 ? Uint128(difference) : Uint128(-difference));
  }
  return positive <=> negative;
}

}  // namespace

void ExactSum::Add(Uint128 numerator, uint32_t denominator) {
  if (numerator == 0) return;
  const auto place = std::lower_bound(
      parts_.begin(), parts_.end(), denominator,
      [](const std::pair<uint32_t, Uint128>& part, uint32_t wanted) { return part.first < wanted; });
  if (place != parts_.end() && place->first == denominator) {
    place->second += numerator;
  } else {
    parts_.insert(place, {denominator, numerator});
  }
}

void ExactSum::Add(const ExactSum& other) {
  for (const auto& [denominator, numerator] : other.parts_) Add(numerator, denominator);
}

double ExactSum::ToDouble() const {
  double sum = 0;
  for (const auto& [denominator, numerator] : parts_) sum += static_cast<double>(numerator) / denominator;
  return sum;
}

std::strong_ordering operator<=>(const ExactSum& a, const ExactSum& b) {
  // The doubles are right to far less than this.
  constexpr double kNearly = 1e-9;
  const double left = a.ToDouble(), right = b.ToDouble();
  if (std::abs(left - right) > kNearly * std::max(left, right)) {
    return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  Differences differences;
  size_t i = 0, j = 0;
  while (i < a.parts_.size() || j < b.parts_.size()) {
    const uint32_t of_a = i < a.parts_.size() ? a.parts_[i].first : UINT32_MAX;
    const uint32_t of_b = j < b.parts_.size() ? b.parts_[j].first : UINT32_MAX;
    const uint32_t denominator = std::min(of_a, of_b);
    Int128 difference = 0;
    if (i < a.parts_.size() && of_a == denominator) difference += static_cast<Int128>(a.parts_[i++].second);
    if (j < b.parts_.size() && of_b == denominator) difference -= static_cast<Int128>(b.parts_[j++].second);
    if (difference != 0) differences.emplace_back(denominator, difference);
  }
  return differences.empty() ? std::strong_ordering::equal : SignOf(differences);
}

}  // namespace linchpin::engine
