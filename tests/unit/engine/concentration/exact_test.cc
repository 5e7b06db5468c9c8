#include "services/engine/concentration/exact.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <random>

#include "gtest/gtest.h"

namespace linchpin::engine {
namespace {

TEST(Decimal, IsTheShortestThatReadsBack) {
  struct Case {
    double value;
    uint64_t digits;
    uint32_t scale;
  };
  for (const Case& c : {Case{0.4, 4, 1},
                        {0.8, 8, 1},
                        {2500, 2500, 0},
                        {0, 0, 0},
                        {-0.0, 0, 0},
                        {2.05, 205, 2},
                        {1e18, 1'000'000'000'000'000'000ULL, 0},
                        {1e-19, 1, 19}}) {
    const auto decimal = Decimal::FromDouble(c.value);
    ASSERT_TRUE(decimal.has_value()) << c.value;
    EXPECT_EQ(decimal->digits, c.digits) << c.value;
    EXPECT_EQ(decimal->scale, c.scale) << c.value;
  }
}

TEST(Decimal, RefusesWhatItCannotHold) {
  for (double value : {-0.1, 1e19, 1e-20, std::numeric_limits<double>::infinity(),
                       std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_FALSE(Decimal::FromDouble(value).has_value()) << value;
  }
}

TEST(Fraction, ComparesWithDecimalsWithoutRounding) {
  const Uint128 large = Uint128{1} << 120;
  EXPECT_EQ(Compare(Fraction{2, 5}, Decimal{4, 1}), std::strong_ordering::equal);
  EXPECT_EQ(Compare(Fraction{large / 5 * 2, large / 5 * 5}, Decimal{4, 1}), std::strong_ordering::equal);
  EXPECT_EQ(Compare(Fraction{large / 5 * 2 + 1, large / 5 * 5}, Decimal{4, 1}),
            std::strong_ordering::greater);
  EXPECT_EQ(Compare(Fraction{large / 5 * 2 - 1, large / 5 * 5}, Decimal{4, 1}), std::strong_ordering::less);
  EXPECT_EQ(Compare(Fraction{1, 3}, Decimal{3333333333333333333ULL, 19}), std::strong_ordering::greater);
}

TEST(Fraction, ComparesProductsOf256Bits) {
  const Uint128 all = ~Uint128{0};
  EXPECT_EQ(Compare(Fraction{all, all - 1}, Fraction{all - 1, all - 2}), std::strong_ordering::less);
  EXPECT_EQ(Compare(Fraction{all, all}, Fraction{1, 1}), std::strong_ordering::equal);
}

TEST(Fraction, ComparesSmallNumbersAsIntegersDo) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t a = random() % 1000, b = 1 + random() % 1000, c = random() % 1000, d = 1 + random() % 1000;
    EXPECT_EQ(Compare(Fraction{a, b}, Fraction{c, d}), a * d <=> c * b);
  }
}

TEST(Fraction, ExceedsAnotherByMoreThanADecimal) {
  std::mt19937_64 random(8);
  for (int i = 0; i < 10'000; ++i) {
    const uint64_t a = random() % 100, b = 1 + random() % 100, c = random() % 100, d = 1 + random() % 100;
    const uint64_t tenths = random() % 30;
    EXPECT_EQ(ExceedsBy(Fraction{a, b}, Fraction{c, d}, Decimal{tenths, 1}),
              10 * a * d > 10 * c * b + tenths * b * d);
  }
}

TEST(Fraction, ExceedsAnotherByExactlySoMuchAtAnySize) {
  // Half, and a quarter of it.
  const Uint128 half = Uint128{1} << 126;
  const Fraction a{half, 2 * half}, b{half / 2, 2 * half};
  EXPECT_FALSE(ExceedsBy(a, b, *Decimal::FromDouble(0.25)));
  EXPECT_TRUE(ExceedsBy(Fraction{half + 1, 2 * half}, b, *Decimal::FromDouble(0.25)));
  EXPECT_FALSE(ExceedsBy(Fraction{half - 1, 2 * half}, b, *Decimal::FromDouble(0.25)));
  EXPECT_TRUE(ExceedsBy(a, b, Decimal{2'499'999'999'999'999'999, 19}));
}

TEST(Fraction, BecomesTheDoubleThatPeopleExpect) {
  EXPECT_EQ((Fraction{2, 5}.ToDouble()), 0.4);
  const Uint128 weight = (Uint128{1} << 53) + 1;
  EXPECT_EQ((Fraction{10'000 * 4 * weight * weight, 16 * weight * weight}.ToDouble()), 2500.0);
  EXPECT_DOUBLE_EQ((Fraction{1, 3}.ToDouble()), 1.0 / 3.0);
  EXPECT_EQ((Fraction{0, 7}.ToDouble()), 0.0);
}

}  // namespace
}  // namespace linchpin::engine
