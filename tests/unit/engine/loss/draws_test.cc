#include "services/engine/loss/draws.h"

#include "gtest/gtest.h"
#include "services/engine/loss/loss_source.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

TEST(Draws, HaveTheConstantsOfTheSpecification) {
  EXPECT_EQ(Mix(1), 0x5692161D100B05E5u);
  EXPECT_EQ(Fnv1a64("a"), 0xAF63DC4C8601EC8Cu);
}

// draw(seed, trial, key, k), written out once more.
uint64_t Written(uint64_t seed, uint64_t trial, std::string_view key, uint64_t k) {
  uint64_t z = Mix(seed + kDrawStep);
  z = Mix(z + trial * kDrawStep + kDrawStep);
  z = Mix(z ^ Fnv1a64(key));
  return Mix(z + k * kDrawStep + kDrawStep);
}

TEST(Draws, DependOnSeedTrialKeyAndPurposeAlone) {
  for (uint64_t trial : {0u, 1u, 77u}) {
    const uint64_t state = SourceState(TrialState(5, trial), Fnv1a64("vendor:a"));
    for (uint64_t k : {0u, 1u, 2u}) EXPECT_EQ(Draw(state, k), Written(5, trial, "vendor:a", k));
  }
}

TEST(Draws, ScaleToAllNumbersBelowTheBound) {
  EXPECT_EQ(Scaled(0, 10), 0u);
  EXPECT_EQ(Scaled(UINT64_MAX, 10), 9u);
  EXPECT_EQ(Scaled(uint64_t{1} << 63, 10), 5u);
}

TEST(LossSource, TurnsARateIntoTheChanceOfAYear) {
  EXPECT_EQ(PpbOfRate(0), 0);
  EXPECT_EQ(PpbOfRate(0.02), 19'801'326);  // 10^9 * (1 - exp(-0.02)), floor.
  EXPECT_EQ(PpbOfRate(365), kPpbOne);
}

LossSource SourceOf(LossDuration duration) {
  return {.key = "a", .cutoff = {.id = "a"}, .p_ppb = kPpbOne, .duration = std::move(duration)};
}

TEST(LossSource, DrawsDurationsFromTheirLowestToTheirHighest) {
  const LossDuration uniform{LossDuration::Kind::kUniform, 10, 12};
  EXPECT_EQ(DrawnDuration(uniform, 0), 10);
  EXPECT_EQ(DrawnDuration(uniform, UINT64_MAX), 12);
  const LossDuration quantiles{
      LossDuration::Kind::kQuantiles, 0, 0, {{0, 10}, {500'000, 20}, {1'000'000, 100}}};
  EXPECT_EQ(DrawnDuration(quantiles, 0), 10);
  EXPECT_EQ(DrawnDuration(quantiles, uint64_t{1} << 62), 15);  // r = 250,000.
  EXPECT_EQ(DrawnDuration(quantiles, uint64_t{1} << 63), 20);  // r = 500,000 begins the second piece.
  EXPECT_EQ(DrawnDuration(quantiles, UINT64_MAX), 99);
  EXPECT_EQ(DrawnDuration({}, 1), std::nullopt);
}

TEST(LossSource, RefusesWhatCannotBeDrawn) {
  EXPECT_THAT(ValidateSources({SourceOf({})}), IsOk());
  EXPECT_THAT(ValidateSources({SourceOf({}), SourceOf({})}), ::testing::Not(IsOk()));  // One key twice.
  LossSource source = SourceOf({});
  source.p_ppb = kPpbOne + 1;
  EXPECT_THAT(ValidateSources({source}), ::testing::Not(IsOk()));
  source.p_ppb = -1;
  EXPECT_THAT(ValidateSources({source}), ::testing::Not(IsOk()));
  source = SourceOf({});
  source.at_seconds = kTrialYearSeconds;
  EXPECT_THAT(ValidateSources({source}), ::testing::Not(IsOk()));
  source.at_seconds = kTrialYearSeconds - 1;
  EXPECT_THAT(ValidateSources({source}), IsOk());
  EXPECT_THAT(ValidateSources({SourceOf({LossDuration::Kind::kFixed, 0})}), ::testing::Not(IsOk()));
  EXPECT_THAT(ValidateSources({SourceOf({LossDuration::Kind::kFixed, kSecondsMax})}), IsOk());
  EXPECT_THAT(ValidateSources({SourceOf({LossDuration::Kind::kFixed, kSecondsMax + 1})}),
              ::testing::Not(IsOk()));
  EXPECT_THAT(ValidateSources({SourceOf({LossDuration::Kind::kUniform, 5, 4})}), ::testing::Not(IsOk()));
  EXPECT_THAT(ValidateSources({SourceOf({LossDuration::Kind::kQuantiles, 0, 0, {{0, 5}, {999'999, 6}}})}),
              ::testing::Not(IsOk()));
  EXPECT_THAT(ValidateSources(
                  {SourceOf({LossDuration::Kind::kQuantiles, 0, 0, {{0, 5}, {500'000, 4}, {1'000'000, 6}}})}),
              ::testing::Not(IsOk()));
}

}  // namespace
}  // namespace linchpin::engine
