#include "services/engine/simulation/simulate.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/unknowns.h"
#include "services/engine/simulation/sweep.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Cutoff Outage(const std::string& deployment, int64_t start = 0,
              std::optional<int64_t> duration = std::nullopt) {
  return {.id = "outage of " + deployment,
          .kind = CutoffKind::kDeploymentOutage,
          .target = deployment,
          .start_seconds = start,
          .duration_seconds = duration};
}

std::shared_ptr<const EvaluationPlan> Prepare(const GraphMaker& world) {
  return *EvaluationPlan::Create(world.Build());
}

std::vector<std::string> UnknownsOf(const GraphMaker& world, const Scenario& scenario,
                                    const std::string& name) {
  const auto plan = Prepare(world);
  const auto finder = UnknownFinder::Create(*plan, scenario);
  std::vector<std::string> texts;
  for (const FactRef& fact : (*finder)->Of(*plan->graph().consumers().Find(name))) {
    texts.push_back(SubjectOf(plan->graph(), fact) + " " + FieldOf(plan->graph(), fact));
  }
  return texts;
}

GraphMaker Abc() {
  GraphMaker world;
  world.Api("dA", "A", "US");
  world.Api("dB", "B", "FR");
  world.Api("dC", "C", "GB");
  return world;
}

TEST(Simulate, NamesTheAftermathOfACutoffThatHasEnded) {
  GraphMaker world = Abc();
  world.deployment("dB").capacity_units = 1;
  // x1 keeps to its prepared fallback for a trickle that its primary never carried, and so displaces x2.
  world.App("x1").Priority(1).Needs({Alt("dA").Share(500'000), Alt("dB").Switch(kHour)});
  world.App("x2").Priority(2).Needs({"dB"});
  const auto result = Simulate(*Prepare(world), {{Outage("dA", 0, 2 * kHour)}, kDay});
  ASSERT_THAT(result, IsOk());
  const ConsumerOutcome& x2 = result->proven.consumers[1];
  ASSERT_EQ(x2.segments.size(), 3u);
  EXPECT_EQ(x2.segments[1].level, 0);
  EXPECT_FALSE(x2.segments[1].aftermath);
  EXPECT_EQ(x2.segments[2].start_seconds, 2 * kHour);
  EXPECT_EQ(x2.segments[2].level, 500'000);
  EXPECT_TRUE(x2.segments[2].aftermath);
  EXPECT_FALSE(x2.segments[2].unavailable);
}

TEST(Simulate, TellsProhibitedFromUnavailable) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"});
  const Scenario scenario{
      {{.id = "ban", .kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("US")},
       Outage("dA", kHour, kHour)},
      kDay};
  const auto result = Simulate(*Prepare(world), scenario);
  ASSERT_THAT(result, IsOk());
  const Segment& only = result->proven.consumers[0].segments[0];
  EXPECT_TRUE(only.prohibited);
  EXPECT_TRUE(only.unavailable);
  EXPECT_EQ(only.causes.size(), 2u);
}

TEST(Simulate, ACutoffOfSeverityZeroDoesNothing) {
  GraphMaker world = Abc();
  world.deployment("dA").host.reset();
  world.App("x").Needs({"dA"});
  Scenario scenario{{{.id = "h", .kind = CutoffKind::kCloudFailure, .target = "hB", .severity_ppm = 0}},
                    kDay};
  const auto result = Simulate(*Prepare(world), scenario);
  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(result->not_excluded().consumers, IsEmpty());
  EXPECT_THAT(result->unknowns, IsEmpty());
  scenario.cutoffs[0].severity_ppm = 1;
  const auto least = Simulate(*Prepare(world), scenario);
  EXPECT_THAT(least->proven.consumers, IsEmpty());
  EXPECT_EQ(least->not_excluded().consumers[0].segments[0].level, 999'999);
  EXPECT_EQ(least->unknowns.size(), 1u);
}

TEST(Simulate, ReportsABaselineBelowOne) {
  GraphMaker world = Abc();
  world.App("low").Needs({Alt("dA").Quality(999'999)});
  world.App("full").Needs({"dA"});
  world.App("unsure").Needs({Alt("dA").Share(1), Alt("dB").UnknownSwitch()});
  const auto plan = Prepare(world);
  const auto result = Simulate(*plan, {{}, kDay});
  ASSERT_THAT(result, IsOk());
  std::vector<std::string> names;
  for (ConsumerIndex consumer : result->baseline_below_one) {
    names.emplace_back(plan->graph().consumers().NameOf(consumer));
  }
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("low", "unsure"));
  EXPECT_EQ(result->proven.impact_index_ppm, 0);
}

TEST(Simulate, RefusesAScenarioThatIsNotValid) {
  EXPECT_THAT(Simulate(*Prepare(Abc()), {{Outage("dZ")}, kDay}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(Simulate(*Prepare(Abc()), {{}, 0}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Simulate, RefusesACostBeyondItsRange) {
  GraphMaker world = Abc();
  world.App("x").Rate(INT64_MAX).Needs({"dA"});
  const auto plan = Prepare(world);
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kHour}), IsOk());
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, 2 * kHour}), StatusIs(absl::StatusCode::kOutOfRange));
}

// A cycle that sinks in steps, a second each: x holds on to what y delivered a second ago, less a tenth.
GraphMaker Sinking() {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", Alt("y").Quality(900'000)});
  world.App("y").Needs({"x"}).Bridge(1);
  return world;
}

TEST(Simulate, FollowsABridgedCycleDownAndStopsAtTheLimitOfInstants) {
  const auto plan = Prepare(Sinking());
  SimulateOptions options;
  const auto whole = Simulate(*plan, {{Outage("dA")}, kDay}, options);
  ASSERT_THAT(whole, IsOk());
  const std::vector<Segment>& segments = whole->proven.consumers[0].segments;
  EXPECT_GT(segments.size(), 50u);
  EXPECT_EQ(segments[0].level, 900'000);
  EXPECT_EQ(segments[1].level, 810'000);
  EXPECT_EQ(segments[1].start_seconds, 1);
  EXPECT_LT(segments.back().level, 10);
  options.limits.instants_max = 20;
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, options),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(Simulate, StopsAtTheLimitsOfEvaluationsAndOfSteps) {
  const auto plan = Prepare(Sinking());
  SimulateOptions few_evaluations, few_steps;
  few_evaluations.limits.evaluations_max = 5;
  few_steps.limits.path_steps_max = 3;
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, few_steps),
              StatusIs(absl::StatusCode::kResourceExhausted));
  GraphMaker large = Abc();
  for (int i = 0; i < 10'000; ++i) large.App("x" + std::to_string(i)).Needs({"dA"});
  EXPECT_THAT(Simulate(*Prepare(large), {{Outage("dA")}, kDay}, few_evaluations),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(Simulate, StopsAtTheLimitOfSegments) {
  const auto plan = Prepare(Sinking());
  SimulateOptions options;
  const auto segments_of = [](const SimulationResult& result) {
    size_t segments = 0;
    for (const ConsumerOutcome& outcome : result.proven.consumers) segments += outcome.segments.size();
    return static_cast<int64_t>(segments);
  };
  const auto whole = Simulate(*plan, {{Outage("dA")}, kDay}, options);
  options.limits.segments_max = segments_of(*whole);
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, options), IsOk());
  --options.limits.segments_max;
  const absl::Status status = Simulate(*plan, {{Outage("dA")}, kDay}, options).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(std::string(status.message()), HasSubstr("shorter horizon"));
}

TEST(Simulate, StopsAtTheLimitOfNodesOnThePathsOfThoseAskedFor) {
  GraphMaker world = Abc();
  for (int i = 0; i < 10; ++i) world.App("x" + std::to_string(i)).Needs({"dA"});
  const auto plan = Prepare(world);
  SimulateOptions options;
  options.limits.path_nodes_max = 10 * (2 + 16);
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, options), IsOk());
  --options.limits.path_nodes_max;
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, options),
              StatusIs(absl::StatusCode::kResourceExhausted));
  options.causes_of = {*plan->graph().consumers().Find("x3")};
  const auto result = Simulate(*plan, {{Outage("dA")}, kDay}, options);
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->proven.consumers[3].segments[0].causes.size(), 1u);
  EXPECT_TRUE(result->proven.consumers[3].segments[0].unavailable);
  EXPECT_THAT(result->proven.consumers[4].segments[0].causes, IsEmpty());
  EXPECT_FALSE(result->proven.consumers[4].segments[0].aftermath) << "nobody looked";
}

TEST(Simulate, KeepsAWorldThatIsAsTheOtherOnce) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"});
  world.App("y").Needs({"dA", "dB"});
  world.App("z").Needs({"dC"});
  const auto known = Simulate(*Prepare(world), {{Outage("dA")}, kDay});
  EXPECT_FALSE(known->not_excluded_apart.has_value());
  EXPECT_EQ(&known->not_excluded(), &known->proven);
  EXPECT_EQ(known->touched.size(), 2u) << "y is touched and stays up; z is not";
  world.App("u").Needs({"dA", Alt("dB").UnknownSwitch()});
  EXPECT_TRUE(Simulate(*Prepare(world), {{Outage("dA")}, kDay})->not_excluded_apart.has_value());
}

// Three consumers in a ring that sinks by a millionth a round, which nothing holds up.
GraphMaker Slow() {
  GraphMaker world = Abc();
  world.App("a").Needs({Alt("b").Quality(999'999)});
  world.App("b").Needs({"c"});
  world.App("c").Needs({"a"});
  return world;
}

TEST(Baseline, OfASlowCycleIsFoundOrNamesTheCycle) {
  const auto plan = Prepare(Slow());
  Limits few;
  few.evaluations_max = 10'000;
  const absl::Status status = plan->Baseline(Reading::kProven, Readiness::kImmediate, few).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted));
  EXPECT_THAT(std::string(status.message()), HasSubstr("cycle of dependencies at"));
  const auto whole = plan->Baseline(Reading::kProven, Readiness::kImmediate);
  ASSERT_THAT(whole, IsOk());
  EXPECT_EQ((*whole)->level[plan->graph().consumers().Find("a")->value], 0);
}

TEST(Baseline, ThatIsCancelledIsBegunAnewByTheNextWhoAsks) {
  const auto plan = Prepare(Slow());
  Limits cancelled;
  int asked = 0;
  cancelled.cancelled = [&asked] { return ++asked == 3; };
  EXPECT_THAT(plan->Baseline(Reading::kProven, Readiness::kImmediate, cancelled),
              StatusIs(absl::StatusCode::kCancelled));
  SimulateOptions options;
  options.limits.cancelled = [] { return true; };
  EXPECT_THAT(Simulate(*plan, {{Outage("dA")}, kDay}, options), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(plan->Baseline(Reading::kProven, Readiness::kImmediate), IsOk());
}

TEST(Simulate, StopsWhenItIsCancelled) {
  SimulateOptions options;
  options.limits.cancelled = [] { return true; };
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"});
  EXPECT_THAT(Simulate(*Prepare(world), {{Outage("dA")}, kDay}, options),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(Unknowns, AnUnknownSwitchTimeIsListedOnlyWhereItMakesADifference) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", Alt("dB").UnknownSwitch()});
  world.App("other").Needs({"dC", Alt("dB").UnknownSwitch()});
  world.App("above").Needs({"x"});
  world.App("trickle").Needs({Alt("dC").Share(1), Alt("dB").UnknownSwitch()});
  const Scenario scenario{{Outage("dA")}, kDay};
  EXPECT_THAT(UnknownsOf(world, scenario, "x"),
              ElementsAre("x/dependencies/g00 alternatives[1].switch_duration"));
  EXPECT_THAT(UnknownsOf(world, scenario, "above"),
              ElementsAre("x/dependencies/g00 alternatives[1].switch_duration"));
  EXPECT_THAT(UnknownsOf(world, scenario, "other"), IsEmpty());
  EXPECT_THAT(UnknownsOf(world, scenario, "trickle"),
              ElementsAre("trickle/dependencies/g00 alternatives[1].switch_duration"));
  const auto result = Simulate(*Prepare(world), scenario);
  EXPECT_EQ(result->unknowns.size(), 2u);
  EXPECT_THAT(result->proven.consumers, IsEmpty());
  EXPECT_EQ(result->not_excluded().impacted.size(), 2u);
}

TEST(Unknowns, AnAbsentTierIsListedWhereAValueIsTakenFromIt) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"});
  world.App("bare").facts().continuity = {};
  world.AddGroup("bare", {"x"});
  world.App("full").Needs({"bare"});
  const Scenario scenario{{Outage("dA")}, kDay};
  EXPECT_THAT(UnknownsOf(world, scenario, "x"), IsEmpty());
  EXPECT_THAT(UnknownsOf(world, scenario, "bare"), ElementsAre("bare tier"));
  EXPECT_THAT(UnknownsOf(world, scenario, "full"), ElementsAre("bare tier"));
}

TEST(Unknowns, ReachGoesThroughAFinitePoolToAllWhoDrawOnIt) {
  GraphMaker world = Abc();
  world.deployment("dA").host.reset();
  world.App("x1").Needs({"dA", "dB"});
  world.App("x2").Needs({"dB"});
  const Scenario scenario{{{.id = "h", .kind = CutoffKind::kCloudFailure, .target = "hC"}}, kDay};
  EXPECT_THAT(UnknownsOf(world, scenario, "x2"), IsEmpty());
  world.deployment("dB").capacity_units = 1;
  EXPECT_THAT(UnknownsOf(world, scenario, "x2"), ElementsAre("dA host"));
}

TEST(Sweep, RanksByBestThenWorstThenKeyAndLeavesOutWhatHitsNothing) {
  GraphMaker world = Abc();
  world.Vendor("Idle");
  world.App("x").Weight(3).Needs({"dA"});
  world.App("y").Weight(1).Needs({"dB"});
  world.App("z").Weight(1).Needs({"dC"});
  world.deployment("dB").operator_vendor.reset();
  const auto outcomes = Sweep(*Prepare(world), AtomIndex(Prepare(world)->knowledge(), AtomClass::kVendor),
                              {.list_failed = true});
  ASSERT_THAT(outcomes, IsOk());
  std::vector<std::string> keys;
  for (const AtomOutcome& outcome : *outcomes) keys.push_back(outcome.key);
  // What operates dB is unknown, so any vendor may; Idle is then listed for WORST.
  EXPECT_THAT(keys, ElementsAre("vendor:A", "vendor:C", "vendor:B", "vendor:Idle"));
  EXPECT_EQ((*outcomes)[0].impact.proven.impact_index_ppm, 600'000);
  EXPECT_EQ((*outcomes)[0].impact.not_excluded.impact_index_ppm, 800'000);
  EXPECT_EQ((*outcomes)[0].impact.proven.failures.size(), 1u);
  EXPECT_EQ((*outcomes)[3].impact.proven.impacted, 0u);
  EXPECT_EQ((*outcomes)[3].impact.not_excluded.impacted, 1u);
}

TEST(Sweep, KeysNameTheClassAndTheIdAfterTheSlash) {
  GraphMaker world;
  world.Api("deployments/a", "vendors/acme", "US");
  world.App("applications/x").Needs({"deployments/a"});
  const auto plan = Prepare(world);
  std::vector<std::string> keys;
  for (AtomClass atom_class : kAtomClasses) {
    const auto outcomes = Sweep(*plan, AtomIndex(plan->knowledge(), atom_class));
    for (const AtomOutcome& outcome : *outcomes) keys.push_back(outcome.key);
  }
  EXPECT_THAT(keys, ElementsAre("vendor:acme", "host:acme", "weights:US", "services:US", "model:a"));
}

}  // namespace
}  // namespace linchpin::engine
