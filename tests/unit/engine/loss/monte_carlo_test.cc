#include "services/engine/loss/monte_carlo.h"

#include <atomic>
#include <cmath>

#include "gmock/gmock.h"
#include "services/engine/loss/draws.h"
#include "services/engine/loss/statistics.h"
#include "services/engine/simulation/simulate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

std::shared_ptr<const EvaluationPlan> Prepare(const std::shared_ptr<const Graph>& graph) {
  auto plan = EvaluationPlan::Create(graph);
  EXPECT_THAT(plan, IsOk());
  return *plan;
}

LossSource ExitOf(const std::string& vendor, int64_t p_ppb, LossDuration duration = {}) {
  return {
      .key = "vendor:" + vendor,
      .cutoff = {.id = "vendor:" + vendor, .kind = CutoffKind::kVendorExit, .target = "vendors/" + vendor},
      .p_ppb = p_ppb,
      .duration = std::move(duration)};
}

// `claims` loses 3,600 an hour: one minor unit a second.
std::shared_ptr<const EvaluationPlan> PricedClaims() {
  Supply supply = Claims();
  supply.changes.consumers[0].continuity.loss_per_hour_minor = 3600;
  return Prepare(supply.Build());
}

TEST(MonteCarlo, CostsWhatASimulationOfTheDrawnScenarioCosts) {
  int64_t positive = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10});
    GraphChanges facts = random.Facts();
    for (ConsumerFacts& consumer : facts.consumers) consumer.continuity.loss_per_hour_minor = 1000;
    const auto plan = Prepare(*Graph::Empty()->Apply(facts));
    std::vector<LossSource> sources;
    for (AtomClass atom_class : kAtomClasses) {
      for (const Atom& atom : AtomsOf(plan->knowledge(), atom_class)) {
        const std::string key = KeyOf(plan->graph(), atom);
        sources.push_back(
            {key, CutoffOf(plan->graph(), atom), kPpbOne / 4, {LossDuration::Kind::kUniform, 3600, 400'000}});
      }
    }
    for (Reading reading : {Reading::kProven, Reading::kNotExcluded}) {
      auto losses = DrawLosses(*plan, sources, {.seed = seed, .trials = 20, .reading = reading});
      ASSERT_THAT(losses, IsOk());
      for (size_t trial = 0; trial < losses->losses.size(); ++trial) {
        Scenario scenario{{}, kTrialYearSeconds};
        for (const LossSource& source : sources) {
          const auto cutoff = DrawnCutoff(source, Fnv1a64(source.key), TrialState(seed, trial));
          if (cutoff.has_value()) scenario.cutoffs.push_back(*cutoff);
        }
        auto result = Simulate(*plan, scenario, {.causes = false, .unknowns = false});
        ASSERT_THAT(result, IsOk());
        const int64_t cost = result->of(reading).cost_minor;
        EXPECT_EQ(losses->losses[trial], cost) << seed << " " << trial;
        positive += cost > 0;
      }
    }
  }
  EXPECT_GT(positive, 100);
}

TEST(MonteCarlo, IsTheSameForAnyNumberOfThreads) {
  const auto plan = PricedClaims();
  const std::vector<LossSource> sources = {ExitOf("alpha", kPpbOne / 3), ExitOf("beta", kPpbOne / 5)};
  std::vector<std::vector<int64_t>> all;
  for (int threads : {1, 2, 5}) {
    auto losses = DrawLosses(*plan, sources, {.seed = 9, .trials = 3000, .threads = threads});
    ASSERT_THAT(losses, IsOk());
    all.push_back(std::move(losses->losses));
  }
  EXPECT_EQ(all[0], all[1]);
  EXPECT_EQ(all[0], all[2]);
}

TEST(MonteCarlo, DrawsASourceAlikeWhateverElseIsThere) {
  const auto plan = PricedClaims();
  const MonteCarloOptions options{.seed = 3, .trials = 500};
  auto alone = DrawLosses(*plan, {ExitOf("alpha", kPpbOne / 3)}, options);
  // The exit of beta takes nothing down: the fallback alone.
  auto beside = DrawLosses(*plan, {ExitOf("cloud", 0), ExitOf("alpha", kPpbOne / 3)}, options);
  ASSERT_THAT(alone, IsOk());
  EXPECT_THAT(beside, StatusIs(absl::StatusCode::kInvalidArgument));  // There is no vendor cloud.
  beside =
      DrawLosses(*plan, {ExitOf("beta", kPpbOne / 1'000'000'000), ExitOf("alpha", kPpbOne / 3)}, options);
  ASSERT_THAT(beside, IsOk());
  EXPECT_EQ(alone->losses, beside->losses);
}

// Each exit of alpha costs the 6 hours of the switch.
TEST(MonteCarlo, ExpectsChanceTimesLoss) {
  const auto plan = PricedClaims();
  auto losses = DrawLosses(*plan, {ExitOf("alpha", kPpbOne / 10, {LossDuration::Kind::kFixed, kDay})},
                           {.seed = 1, .trials = 20'000});
  ASSERT_THAT(losses, IsOk());
  EXPECT_NEAR(static_cast<double>(losses->tallies[0].happened), 2000, 4 * std::sqrt(1800));
  const LossStatistics statistics(std::move(losses->losses));
  EXPECT_NEAR(statistics.mean(), 0.1 * 6 * kHour, 4 * statistics.standard_error());
  EXPECT_NEAR(statistics.probability_of_loss(), 0.1, 4 * std::sqrt(0.09 / 20'000));
}

// Two that share an atom are lost together: the services of the one country of both vendors.
TEST(MonteCarlo, LosesTogetherWhatSharesAnAtom) {
  const auto plan = PricedClaims();
  const LossSource country{.key = "services:US",
                           .cutoff = {.id = "services:US",
                                      .kind = CutoffKind::kCountryServiceCutoff,
                                      .country = Country::Parse("US")},
                           .p_ppb = kPpbOne,
                           .duration = {},
                           .at_seconds = 0};
  auto losses = DrawLosses(*plan, {country}, {.trials = 10});
  ASSERT_THAT(losses, IsOk());
  EXPECT_THAT(losses->losses, ::testing::Each(kTrialYearSeconds));
}

TEST(MonteCarlo, TellsHowFarItIsAndCanBeCancelled) {
  const auto plan = PricedClaims();
  int64_t told = 0;
  MonteCarloOptions options{.trials = 1000, .threads = 2};
  options.progress = [&told](int64_t done) { told = done; };
  ASSERT_THAT(DrawLosses(*plan, {ExitOf("alpha", kPpbOne)}, options), IsOk());
  EXPECT_EQ(told, 1000);
  std::atomic<bool> cancelled = false;
  options.progress = [&cancelled](int64_t) { cancelled = true; };
  options.limits.cancelled = [&cancelled] { return cancelled.load(); };
  EXPECT_THAT(DrawLosses(*plan, {ExitOf("alpha", kPpbOne)}, options), StatusIs(absl::StatusCode::kCancelled));
}

// Where a year takes long, no thread is idle and a run that is cancelled ends soon.
TEST(MonteCarlo, FewTrialsAreSharedOutToo) {
  const auto plan = PricedClaims();
  int told = 0;
  MonteCarloOptions options{.trials = 200, .threads = 2};
  options.progress = [&told](int64_t) { ++told; };
  ASSERT_THAT(DrawLosses(*plan, {ExitOf("alpha", kPpbOne)}, options), IsOk());
  EXPECT_EQ(told, 200);
}

TEST(MonteCarlo, TakesFromOneTrialToAHundredMillion) {
  const auto plan = PricedClaims();
  EXPECT_THAT(DrawLosses(*plan, {}, {.trials = 0}), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(DrawLosses(*plan, {}, {.trials = kTrialsMax + 1}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(DrawLosses(*plan, {}, {.trials = 1})->losses.size(), 1u);
}

}  // namespace
}  // namespace linchpin::engine
