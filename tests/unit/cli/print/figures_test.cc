#include "services/cli/print/figures.h"

#include "gtest/gtest.h"

namespace linchpin::cli {
namespace {

TEST(Figures, NeverRoundToNothingOrAll) {
  EXPECT_EQ(Percent(0), "0%");
  EXPECT_EQ(Percent(1), "100%");
  EXPECT_EQ(Percent(0.00001), "<0.1%");
  EXPECT_EQ(Percent(0.99999), ">99.9%");
  EXPECT_EQ(PercentOfPpm(417'000), "41.7%");
}

TEST(Figures, ShowSpansInTwoUnits) {
  EXPECT_EQ(Span(0), "0s");
  EXPECT_EQ(Span(86'400), "1d");
  EXPECT_EQ(Span(93'784), "1d 2h");
  EXPECT_EQ(Span(86'460), "1d");
  EXPECT_EQ(Span(3'661), "1h 1m");
  EXPECT_EQ(Span(59), "59s");
}

TEST(Figures, GroupMoneyAndCounts) {
  EXPECT_EQ(Money(123'456'789, "EUR"), "EUR 1,234,567.89");
  EXPECT_EQ(Money(-5, ""), "-0.05");
  EXPECT_EQ(Money(11'400'000, "JPY"), "JPY 11,400,000");
  EXPECT_EQ(Money(-5, "KWD"), "KWD -0.005");
  EXPECT_EQ(Money(1'234'567, "BHD"), "BHD 1,234.567");
  EXPECT_EQ(Amount(1'234'567, "KRW"), "1,234,567");
  EXPECT_EQ(Amount(1'234'567, "USD"), "12,345.67");
  EXPECT_EQ(Counted(1, "application", "applications"), "1 application");
  EXPECT_EQ(Counted(1'000, "application", "applications"), "1,000 applications");
  EXPECT_EQ(Range("a", "a"), "a");
  EXPECT_EQ(Range("a", "b"), "[a, b]");
}

}  // namespace
}  // namespace linchpin::cli
