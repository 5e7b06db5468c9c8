// Cycles whose levels fall in tiny steps: the answer is exact, and does not take millions of rounds.
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/levels/cycle_bound.h"
#include "services/engine/simulation/simulate.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

constexpr int kRing = 400;

std::string Node(int i) { return "r" + std::to_string(i); }

// r0 stands on r1, that on r2, and so on; the last closes the ring as `last` says.
GraphMaker Ring(const std::vector<Alt>& last) {
  GraphMaker world;
  world.Api("dA", "A");
  for (int i = 0; i + 1 < kRing; ++i) world.App(Node(i)).Needs({Node(i + 1)});
  world.App(Node(kRing - 1)).Needs(last);
  return world;
}

std::shared_ptr<const EvaluationPlan> Prepare(const GraphMaker& world) {
  return *EvaluationPlan::Create(world.Build());
}

Limits Few() {
  Limits limits;
  limits.evaluations_max = 2'000'000;  // Step by step it were 400,000,000.
  return limits;
}

TEST(SolverLeap, ARingThatLosesAMillionthARoundSinksToNothing) {
  const auto plan = Prepare(Ring({Alt(Node(0)).Quality(999'999)}));
  const auto baseline = plan->Baseline(Reading::kProven, Readiness::kImmediate, Few());
  ASSERT_THAT(baseline, IsOk());
  for (ConsumerIndex consumer : plan->graph().consumers()) EXPECT_EQ((*baseline)->level[consumer.value], 0);
}

// With nothing to lose it stays up, and with what holds it up from outside it sinks to just what that gives:
// the greatest x with x = floor(share * x) + fed, tried by hand.
TEST(SolverLeap, ARingThatIsFedFromOutsideStopsWhereThatHoldsIt) {
  const auto up = Prepare(Ring({Alt(Node(0))}));
  EXPECT_EQ((*up->Baseline(Reading::kProven, Readiness::kImmediate, Few()))->level[0], kOne);
  for (const int64_t fed : {1, 3, 250'000}) {
    SCOPED_TRACE(fed);
    const int64_t share = fed == 250'000 ? 700'000 : 999'990;
    const auto plan = Prepare(Ring({Alt(Node(0)).Share(share), Alt("dA").Share(fed)}));
    const auto baseline = plan->Baseline(Reading::kProven, Readiness::kImmediate, Few());
    ASSERT_THAT(baseline, IsOk());
    int64_t level = kOne;
    while (true) {
      const int64_t next = std::min(kOne, share * level / kOne + fed);
      if (next == level) break;
      level = next;
    }
    for (ConsumerIndex consumer : plan->graph().consumers())
      EXPECT_EQ((*baseline)->level[consumer.value], level);
  }
}

// The ring is whole while dA stands, and sinks when that is lost, over time as at once.
TEST(SolverLeap, ARingThatLosesWhatHeldItUpSinksAtThatInstant) {
  const auto plan = Prepare(Ring({Alt("dA"), Alt(Node(0)).Quality(999'999)}));
  const Scenario scenario{
      {{.id = "a", .kind = CutoffKind::kDeploymentOutage, .target = "dA", .start_seconds = kHour}}, kDay};
  const auto result = Simulate(*plan, scenario, {.causes = false, .limits = Few()});
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->proven.impacted.size(), static_cast<size_t>(kRing));
  for (const ConsumerOutcome& outcome : result->proven.consumers) {
    ASSERT_EQ(outcome.segments.size(), 2u);
    EXPECT_EQ(outcome.segments[1].start_seconds, kHour);
    EXPECT_EQ(outcome.segments[1].level, 0);
  }
}

std::vector<std::vector<int32_t>> LevelsOf(const ReadingOutcome& outcome) {
  std::vector<std::vector<int32_t>> levels;
  for (const ConsumerOutcome& consumer : outcome.consumers) {
    std::vector<int32_t>& of = levels.emplace_back();
    of.push_back(static_cast<int32_t>(consumer.consumer.value));
    for (const Segment& segment : consumer.segments) {
      of.push_back(static_cast<int32_t>(segment.start_seconds));
      of.push_back(segment.level);
    }
  }
  return levels;
}

// Small worlds with cycles, pools, bridges and optional needs: looked at as a whole after every evaluation,
// and never.
TEST(SolverLeap, ChangesNothingButTheCost) {
  for (uint32_t seed = 0; seed < 3000 && !HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomWorld random(
        seed, {.unknown_percent = 5, .unknown_switches = true, .pool_percent = seed % 2 == 0 ? 40 : 0});
    auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_THAT(graph, IsOk());
    Limits always, never;
    always.leap_after = 1;
    never.leap_after = INT64_MAX / 4;
    const auto leaping = *EvaluationPlan::Create(*graph), walking = *EvaluationPlan::Create(*graph);
    for (Reading reading : kReadings) {
      for (Readiness readiness : {Readiness::kImmediate, Readiness::kSustained}) {
        const auto a = leaping->Baseline(reading, readiness, always);
        const auto b = walking->Baseline(reading, readiness, never);
        ASSERT_THAT(a, IsOk());
        ASSERT_THAT(b, IsOk());
        EXPECT_EQ((*a)->level, (*b)->level);
        EXPECT_EQ((*a)->delivery, (*b)->delivery);
      }
    }
    const Scenario scenario = random.Cutoffs();
    const auto a = Simulate(*leaping, scenario, {.causes = false, .limits = always});
    const auto b = Simulate(*walking, scenario, {.causes = false, .limits = never});
    ASSERT_EQ(a.ok(), b.ok());
    if (!a.ok()) continue;
    for (Reading reading : kReadings) EXPECT_EQ(LevelsOf(a->of(reading)), LevelsOf(b->of(reading)));
  }
}

TEST(CycleBound, OfOneThatHoldsItselfUpIsNone) {
  EXPECT_FALSE(BoundCycle({{0, {{1, 1.0}}}, {0, {{0, 1.0}}}}).has_value());
  EXPECT_FALSE(BoundCycle({{-5, {{1, 1.1}}}, {0, {{0, 1.0}}}}).has_value());
}

TEST(CycleBound, IsTheSolutionWhereTheCycleLoses) {
  // x = 0.5 y + 100, y = 0.5 x: x = 133.3, y = 66.7.
  const auto bound = BoundCycle({{100, {{1, 0.5}}}, {0, {{0, 0.5}}}});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR((*bound)[0], 400.0 / 3, 1e-6);
  EXPECT_NEAR((*bound)[1], 200.0 / 3, 1e-6);
  EXPECT_GE((*bound)[0], 400.0 / 3);
}

// y would be at -50 and pull x down; at 0 it does not.
TEST(CycleBound, NothingIsLessThanNothing) {
  const auto bound = BoundCycle({{10, {{1, 0.5}}}, {-100, {{0, 0.5}}}});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR((*bound)[0], 10, 1e-6);
  EXPECT_NEAR((*bound)[1], 0, 1e-6);
}

}  // namespace
}  // namespace linchpin::engine
