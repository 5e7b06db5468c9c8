#include "services/engine/loss/statistics.h"

#include <cmath>

#include "gtest/gtest.h"

namespace linchpin::engine {
namespace {

// E16: losses 1 to 10.
LossStatistics Ten() { return LossStatistics({10, 1, 9, 2, 8, 3, 7, 4, 6, 5}); }

TEST(LossStatistics, GiveTheWorkedExample) {
  const LossStatistics ten = Ten();
  EXPECT_EQ(ten.trials(), 10);
  EXPECT_EQ(ten.ValueAtRisk(800'000), 8);
  EXPECT_NEAR(ten.ConditionalValueAtRisk(800'000), 9.5, 9.5e-9);
  EXPECT_EQ(ten.ValueAtRisk(750'000), 8);
  EXPECT_NEAR(ten.ConditionalValueAtRisk(750'000), 9.2, 9.2e-9);
  EXPECT_NEAR(ten.mean(), 5.5, 5.5e-9);
  EXPECT_NEAR(ten.standard_error(), std::sqrt(55.0 / 6 / 10), 1e-9);
  EXPECT_EQ(ten.max(), 10);
  EXPECT_EQ(ten.probability_of_loss(), 1);
}

TEST(LossStatistics, TakeTheSmallestLossAtLevelZero) {
  EXPECT_EQ(Ten().ValueAtRisk(0), 1);
  EXPECT_EQ(Ten().ValueAtRisk(100'000), 1);
  EXPECT_EQ(Ten().ValueAtRisk(100'001), 2);
  EXPECT_EQ(Ten().ValueAtRisk(999'999), 10);
  EXPECT_NEAR(Ten().ConditionalValueAtRisk(0), 5.5, 1e-9);
}

TEST(LossStatistics, HoldForOneTrial) {
  const LossStatistics one({7});
  EXPECT_EQ(one.ValueAtRisk(990'000), 7);
  EXPECT_EQ(one.standard_error(), 0);
  EXPECT_NEAR(one.ConditionalValueAtRisk(990'000), 7, 1e-9);
}

TEST(LossStatistics, DrawTheCurveAtDistinctLosses) {
  const auto curve = LossStatistics({0, 0, 5, 5, 9}).Exceedance(100);
  ASSERT_EQ(curve.size(), 3u);
  EXPECT_EQ(curve[0].loss, 0);
  EXPECT_NEAR(curve[0].exceeded_ratio, 0.6, 1e-12);
  EXPECT_EQ(curve[1].loss, 5);
  EXPECT_NEAR(curve[1].exceeded_ratio, 0.2, 1e-12);
  EXPECT_EQ(curve[2].loss, 9);
  EXPECT_EQ(curve[2].exceeded_ratio, 0);
  const auto thinned = Ten().Exceedance(3);
  ASSERT_EQ(thinned.size(), 3u);
  EXPECT_EQ(thinned.front().loss, 1);
  EXPECT_EQ(thinned.back().loss, 10);
}

}  // namespace
}  // namespace linchpin::engine
