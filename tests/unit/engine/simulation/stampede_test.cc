#include "services/engine/simulation/stampede.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/scenario.h"
#include "tests/support/graph_maker.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr int64_t kMicro = kOne;  // Of a unit.

Cutoff Exit(const std::string& vendor, int64_t severity = kOne) {
  return {
      .id = "exit of " + vendor, .kind = CutoffKind::kVendorExit, .target = vendor, .severity_ppm = severity};
}

GraphMaker Abc() {
  GraphMaker world;
  world.Api("dA", "A", "US");
  world.Api("dB", "B", "FR");
  world.Api("dC", "C", "GB");
  return world;
}

// E9: x1 (60 units) on dA else hot dB, x2 (60) on dB of 100 units.
GraphMaker Pools(int64_t priority1, int64_t priority2) {
  GraphMaker world = Abc();
  world.deployment("dA").capacity_units = 60;
  world.deployment("dB").capacity_units = 100;
  world.App("x1").Priority(priority1).Needs({"dA", "dB"}).Units(60);
  world.App("x2").Priority(priority2).Needs({"dB"}).Units(60);
  return world;
}

class Stampede {
 public:
  Stampede(const GraphMaker& world, std::vector<Cutoff> cutoffs, int64_t horizon = kDay)
      : graph_(world.Build()) {
    const auto plan = *EvaluationPlan::Create(graph_);
    auto found = FindShortages(*plan, {std::move(cutoffs), horizon}, Reading::kProven);
    EXPECT_TRUE(found.ok()) << found.status();
    if (found.ok()) found_ = *std::move(found);
  }

  const std::vector<Shortage>& found() const { return found_; }
  const Shortage& only() const { return found_.at(0); }
  std::string NameOf(const PoolDraw& draw) const {
    return std::string(graph_->consumers().NameOf(draw.consumer));
  }
  // "x1 60/60 of 0" for each: got of asked, and what was usual.
  std::vector<std::string> Draws() const {
    std::vector<std::string> texts;
    for (const PoolDraw& draw : only().draws) {
      texts.push_back(NameOf(draw) + " " + std::to_string(draw.got / kMicro) + "/" +
                      std::to_string(draw.asked / kMicro) + " of " + std::to_string(draw.usual / kMicro));
    }
    return texts;
  }

 private:
  std::shared_ptr<const Graph> graph_;
  std::vector<Shortage> found_;
};

TEST(StampedeTest, E9TheDivertedOneIsServedFirstByPriority) {
  const Stampede stampede(Pools(1, 2), {Exit("A")});
  ASSERT_THAT(stampede.found(), SizeIs(1));
  EXPECT_THAT(stampede.Draws(), testing::ElementsAre("x1 60/60 of 0", "x2 40/60 of 60"));
  EXPECT_TRUE(stampede.only().draws[0].diverted());
  EXPECT_FALSE(stampede.only().draws[1].diverted());
  EXPECT_EQ(stampede.only().draws[1].rule, LossRule::kPriority);
  EXPECT_EQ(stampede.only().asked, 120 * kMicro);
  EXPECT_EQ(stampede.only().usual, 60 * kMicro);
  EXPECT_EQ(stampede.only().carried, 100 * kMicro);
  EXPECT_EQ(stampede.only().start_seconds, 0);
  EXPECT_EQ(stampede.only().end_seconds, std::nullopt);
}

TEST(StampedeTest, E9TheDivertedOneComesLastByPriority) {
  const Stampede stampede(Pools(2, 1), {Exit("A")});
  EXPECT_THAT(stampede.Draws(), testing::ElementsAre("x2 60/60 of 60", "x1 40/60 of 0"));
  EXPECT_EQ(stampede.only().draws[1].rule, LossRule::kPriority);
  EXPECT_TRUE(stampede.only().draws[1].diverted());
}

TEST(StampedeTest, E9EqualPriorityIsServedByName) {
  const Stampede stampede(Pools(1, 1), {Exit("A")});
  EXPECT_THAT(stampede.Draws(), testing::ElementsAre("x1 60/60 of 0", "x2 40/60 of 60"));
  EXPECT_EQ(stampede.only().draws[1].rule, LossRule::kName);
}

TEST(StampedeTest, E9AThrottledDeploymentRunsShortWithoutAnyoneDiverted) {
  const Stampede stampede(Pools(1, 2), {Exit("B", 500'000)});
  EXPECT_THAT(stampede.Draws(), testing::ElementsAre("x2 50/60 of 60"));
  EXPECT_EQ(stampede.only().carried, 50 * kMicro);
  EXPECT_EQ(stampede.only().draws[0].rule, LossRule::kCapacity);
}

TEST(StampedeTest, WhatIsLostWholeIsNotCrowdedUpon) {
  EXPECT_THAT(Stampede(Pools(1, 2), {Exit("B")}).found(), IsEmpty());
  EXPECT_THAT(Stampede(Abc(), {Exit("B")}).found(), IsEmpty());
}

// The shortage lasts from the cutoff to its end.
TEST(StampedeTest, SaysFromWhenToWhen) {
  Cutoff cutoff = Exit("A");
  cutoff.start_seconds = kHour;
  cutoff.duration_seconds = 3 * kHour;
  const Stampede stampede(Pools(1, 2), {cutoff});
  EXPECT_EQ(stampede.only().start_seconds, kHour);
  EXPECT_EQ(stampede.only().peak_seconds, kHour);
  EXPECT_EQ(stampede.only().end_seconds, 4 * kHour);
}

TEST(StampedeTest, IsOfTheInstantAtWhichMostIsMissing) {
  GraphMaker world = Pools(1, 2);
  world.deployment("dC").capacity_units = 60;
  world.App("x3").Priority(3).Needs({"dC", "dB"}).Units(60);
  Cutoff later = Exit("C");
  later.start_seconds = 2 * kHour;
  const Stampede stampede(world, {Exit("A"), later});
  EXPECT_EQ(stampede.only().start_seconds, 0);
  EXPECT_EQ(stampede.only().peak_seconds, 2 * kHour);
  EXPECT_THAT(stampede.Draws(), testing::ElementsAre("x1 60/60 of 0", "x2 40/60 of 60", "x3 0/60 of 0"));
}

// What runs short already with nothing cut is no news, unless more is missing.
TEST(StampedeTest, LeavesOutWhatIsShortAsUsual) {
  GraphMaker world = Abc();
  world.deployment("dB").capacity_units = 100;
  world.App("x1").Needs({"dB"}).Units(80);
  world.App("x2").Needs({"dB"}).Units(60);
  world.App("x3").Needs({"dA"});
  EXPECT_THAT(Stampede(world, {Exit("A")}).found(), IsEmpty());
  EXPECT_THAT(Stampede(world, {Exit("B", 100'000)}).found(), SizeIs(1));
}

TEST(StampedeProperty, NobodyGetsMoreThanThereIsAndSomebodyLoses) {
  int shortages = 0;
  for (uint32_t seed = 0; seed < 1500; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true, .pool_percent = 80});
    const auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_TRUE(graph.ok());
    const auto plan = *EvaluationPlan::Create(*graph);
    const Scenario scenario = random.Cutoffs();
    for (Reading reading : kReadings) {
      const auto found = FindShortages(*plan, scenario, reading);
      ASSERT_TRUE(found.ok()) << found.status();
      for (const Shortage& shortage : *found) {
        ++shortages;
        int64_t got = 0;
        bool first = true;
        EXPECT_GT(shortage.missing(), 0) << seed;
        EXPECT_LT(shortage.peak_seconds, scenario.horizon_seconds) << seed;
        for (const PoolDraw& draw : shortage.draws) {
          EXPECT_LE(draw.got, draw.asked) << seed;
          EXPECT_EQ(draw.rule == LossRule::kNone, draw.got == draw.asked) << seed;
          if (first && draw.got < draw.asked) {
            EXPECT_EQ(draw.rule, LossRule::kCapacity) << seed;
          }
          // Whoever gets less leaves nothing to those behind.
          if (got < shortage.carried && draw.got < draw.asked) {
            EXPECT_EQ(got + draw.got, shortage.carried) << seed;
          }
          got += draw.got;
          first = false;
        }
        EXPECT_LE(got, shortage.carried) << seed;
      }
    }
  }
  EXPECT_GT(shortages, 100);
}

}  // namespace
}  // namespace linchpin::engine
