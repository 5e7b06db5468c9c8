// Figures of a part of the consumers, against sums over that part of what is computed for all.
#include <cmath>

#include "gmock/gmock.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

constexpr uint32_t kWorlds = 300;

struct World {
  std::shared_ptr<const Graph> graph;
  std::shared_ptr<const EvaluationPlan> all, part;
  Selected selected;
};

World WorldOf(uint32_t seed) {
  RandomWorld random(seed, {.unknown_percent = 20, .unknown_switches = true, .knowledge_percent = 20});
  World world;
  world.graph = *Graph::Empty()->Apply(random.Facts());
  world.all = *EvaluationPlan::Create(world.graph);
  world.selected.resize(world.graph->consumers().slots());
  for (size_t i = 0; i < world.selected.size(); ++i) world.selected[i] = (seed >> (i % 8) & 1) != 0;
  world.part = *world.all->Count(world.selected);
  return world;
}

int64_t Weight(const World& world, ConsumerIndex consumer) {
  return world.selected[consumer.value] ? world.all->counted().WeightOf(consumer) : 0;
}

__int128 Whole(const World& world, Reading reading, Readiness readiness) {
  __int128 whole = 0;
  const State& baseline = **world.all->Baseline(reading, readiness);
  for (ConsumerIndex consumer : world.graph->consumers())
    whole += __int128{Weight(world, consumer)} * baseline.level[consumer.value];
  return whole;
}

TEST(Count, SweepsOnlyThePart) {
  for (uint32_t seed = 1; seed <= kWorlds; ++seed) {
    const World world = WorldOf(seed);
    const AtomIndex atoms(world.all->knowledge(), AtomClass::kVendor);
    const auto outcomes = Sweep(*world.part, atoms, {});
    ASSERT_TRUE(outcomes.ok()) << outcomes.status();
    for (const AtomOutcome& outcome : *outcomes) {
      for (Reading reading : kReadings) {
        const auto expected = EvaluateStatic(*world.all, {CutoffOf(*world.graph, outcome.atom)}, reading,
                                             Readiness::kSustained);
        ASSERT_TRUE(expected.ok());
        __int128 missing = 0;
        int64_t impacted = 0;
        for (const StaticOutcome::Lowered& lowered : expected->lowered) {
          missing += __int128{Weight(world, lowered.consumer)} * (lowered.base - lowered.level);
          impacted +=
              world.selected[lowered.consumer.value] && world.all->counted().IsCounted(lowered.consumer);
        }
        EXPECT_EQ(outcome.impact[reading].impacted, impacted) << seed << " " << outcome.key;
        EXPECT_EQ(outcome.impact[reading].impact_index_ppm,
                  IndexPpm(missing, Whole(world, reading, Readiness::kSustained)))
            << seed << " " << outcome.key;
      }
    }
  }
}

TEST(Count, SimulatesOnlyThePart) {
  for (uint32_t seed = 1; seed <= kWorlds; ++seed) {
    const World world = WorldOf(seed);
    RandomWorld random(seed, {.unknown_percent = 20, .unknown_switches = true, .knowledge_percent = 20});
    random.Facts();
    const Scenario scenario = random.Cutoffs();
    const auto of_all = Simulate(*world.all, scenario), of_part = Simulate(*world.part, scenario);
    ASSERT_EQ(of_all.ok(), of_part.ok());
    if (!of_all.ok()) continue;
    for (Reading reading : kReadings) {
      const ReadingOutcome &all = of_all->of(reading), &part = of_part->of(reading);
      __int128 lost = 0;
      int64_t cost = 0;
      std::vector<ConsumerIndex> impacted;
      for (const ConsumerOutcome& outcome : all.consumers) {
        lost += __int128{Weight(world, outcome.consumer)} * outcome.lost_ppm_seconds;
        if (world.selected[outcome.consumer.value]) cost += outcome.cost_minor;
        if (outcome.impacted() && world.part->counted().IsCounted(outcome.consumer))
          impacted.push_back(outcome.consumer);
        // Who is not counted loses as before.
        const ConsumerOutcome* same = part.Find(outcome.consumer);
        ASSERT_NE(same, nullptr) << seed;
        EXPECT_EQ(same->lost_ppm_seconds, outcome.lost_ppm_seconds) << seed;
      }
      EXPECT_EQ(part.impacted, impacted) << seed;
      EXPECT_EQ(part.cost_minor, cost) << seed;
      EXPECT_EQ(part.impact_index_ppm,
                IndexPpm(lost, Whole(world, reading, Readiness::kImmediate) * scenario.horizon_seconds))
          << seed;
    }
  }
}

TEST(Count, ScoresThePartAsTheMeanOfItsApplications) {
  for (uint32_t seed = 1; seed <= kWorlds; ++seed) {
    const World world = WorldOf(seed);
    const auto all = BoardOf(world.graph, ExampleHazards());
    const auto part = all->Count(world.selected);
    for (Reading reading : kReadings) {
      double sum = 0, weight = 0, parts = 0;
      int64_t applications = 0;
      for (ConsumerIndex consumer : world.graph->consumers()) {
        EXPECT_EQ(part->LambdaOf(reading, consumer), all->LambdaOf(reading, consumer));
        if (!world.selected[consumer.value] ||
            world.graph->consumers()[consumer].record().kind != ConsumerKind::kApplication)
          continue;
        const auto of_this = static_cast<double>(world.graph->consumers()[consumer].record().weight);
        sum += of_this * all->ScoreOf(reading, consumer);
        weight += of_this;
        ++applications;
      }
      for (double of_atom : part->Portfolio(reading).parts) parts += of_atom;
      EXPECT_EQ(part->Portfolio(reading).applications, applications) << seed;
      EXPECT_NEAR(part->Portfolio(reading).score, weight > 0 ? sum / weight : 0, 1e-9) << seed;
      EXPECT_NEAR(parts, part->Portfolio(reading).score, 1e-9) << seed;
    }
  }
}

TEST(Count, OfEverybodyIsTheBoardItself) {
  const World world = WorldOf(0xFF);
  const auto all = BoardOf(world.graph, ExampleHazards());
  const auto part = all->Count(Selected(world.graph->consumers().slots(), true));
  for (Reading reading : kReadings) {
    EXPECT_EQ(part->Portfolio(reading).score, all->Portfolio(reading).score);
    EXPECT_EQ(part->Portfolio(reading).parts, all->Portfolio(reading).parts);
    EXPECT_EQ(part->Portfolio(reading).falls, all->Portfolio(reading).falls);
  }
}

}  // namespace
}  // namespace linchpin::engine
