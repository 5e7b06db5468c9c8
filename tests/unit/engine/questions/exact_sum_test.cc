#include "services/engine/questions/exact_sum.h"

#include <numeric>
#include <random>

#include "gtest/gtest.h"

namespace linchpin::engine {
namespace {

TEST(ExactSum, TellsWhatDoublesCannot) {
  ExactSum thirds, one;
  for (int i = 0; i < 3; ++i) thirds.Add(1, 3);
  one.Add(1, 1);
  EXPECT_EQ(thirds, one);
  // One part in 10^30 more.
  ExactSum more = one;
  more.Add(1, 4'000'000'007U);
  ExactSum nearly = one;
  nearly.Add(1, 4'000'000'009U);
  EXPECT_GT(more, one);
  EXPECT_GT(more, nearly);
  EXPECT_LT(nearly, more);
}

TEST(ExactSum, OfManyDenominatorsEqualsItsWhole) {
  // 1/2 + 1/6 + 1/12 + ... + 1/(n(n+1)) = n / (n + 1).
  ExactSum telescope, whole;
  for (uint32_t n = 1; n <= 200; ++n) telescope.Add(1, n * (n + 1));
  whole.Add(200, 201);
  EXPECT_EQ(telescope, whole);
  whole.Add(1, 4'294'967'291U);
  EXPECT_LT(telescope, whole);
}

TEST(ExactSum, AgreesWithFractionsThatFit) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    ExactSum a, b;
    __int128 left = 0, right = 0;  // Over 27720 = lcm(1..12).
    for (int part = 0; part < 6; ++part) {
      const uint32_t n = 1 + random() % 12, m = 1 + random() % 12;
      const uint32_t x = random() % 50, y = random() % 50;
      a.Add(x, n), b.Add(y, m);
      left += __int128{27720 / n} * x, right += __int128{27720 / m} * y;
    }
    EXPECT_EQ(a < b, left < right);
    EXPECT_EQ(a == b, left == right);
  }
}

}  // namespace
}  // namespace linchpin::engine
