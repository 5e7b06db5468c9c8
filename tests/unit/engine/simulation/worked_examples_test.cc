// The worked examples E1 to E15 and E19 of docs/concepts/simulation.md.
#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/conditions.h"
#include "services/engine/cutoff/unknowns.h"
#include "services/engine/simulation/simulate.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Level = std::pair<int64_t, int>;  // From this second, this level.

Cutoff Exit(const std::string& vendor) {
  return {.id = "exit of " + vendor, .kind = CutoffKind::kVendorExit, .target = vendor};
}
Cutoff ApiCutoff(const std::string& vendor) {
  return {.id = "API cutoff of " + vendor, .kind = CutoffKind::kVendorApiCutoff, .target = vendor};
}
Cutoff Severity(Cutoff cutoff, int64_t ppm) { return cutoff.severity_ppm = ppm, cutoff; }
Cutoff From(Cutoff cutoff, int64_t start) { return cutoff.start_seconds = start, cutoff; }
Cutoff For(Cutoff cutoff, int64_t duration) { return cutoff.duration_seconds = duration, cutoff; }
Cutoff Notice(Cutoff cutoff, int64_t notice) { return cutoff.notice_seconds = notice, cutoff; }

// One scenario of 24 hours on one graph, and questions to its result.
class Day {
 public:
  Day(const GraphMaker& world, std::vector<Cutoff> cutoffs) : graph_(world.Build()) {
    auto plan = EvaluationPlan::Create(graph_);
    EXPECT_THAT(plan, IsOk());
    plan_ = *plan;
    scenario_ = {std::move(cutoffs), kDay};
    auto result = Simulate(*plan_, scenario_);
    EXPECT_THAT(result, IsOk());
    if (result.ok()) result_ = *std::move(result);
  }

  const SimulationResult& result() const { return result_; }
  const ConsumerOutcome& Of(const std::string& name, Reading reading = Reading::kProven) const {
    static const ConsumerOutcome kUntouched;
    const auto* outcome = result_.of(reading).Find(*graph_->consumers().Find(name));
    return outcome == nullptr ? kUntouched : *outcome;
  }
  double HoursLost(const std::string& name, Reading reading = Reading::kProven) const {
    return static_cast<double>(Of(name, reading).lost_ppm_seconds) / (kOne * kHour);
  }
  std::vector<Level> Levels(const std::string& name, Reading reading = Reading::kProven) const {
    std::vector<Level> levels;
    for (const Segment& segment : Of(name, reading).segments)
      levels.emplace_back(segment.start_seconds, segment.level);
    return levels;
  }
  std::vector<std::string> Impacted() const {
    std::vector<std::string> names;
    for (ConsumerIndex consumer : result_.proven.impacted)
      names.emplace_back(graph_->consumers().NameOf(consumer));
    return names;
  }
  // "cutoff: dA dB x" for each cause of a segment.
  std::vector<std::string> Causes(const std::string& name, size_t segment) const {
    std::vector<std::string> texts;
    for (const Cause& cause : Of(name).segments.at(segment).causes) {
      std::string text = scenario_.cutoffs[cause.cutoff].id + ":";
      for (const Target node : cause.path) text += " " + std::string(graph_->NameOf(node));
      texts.push_back(text);
    }
    return texts;
  }
  std::vector<std::string> Unknowns(const std::string& name) const {
    auto finder = UnknownFinder::Create(*plan_, scenario_);
    std::vector<std::string> texts;
    for (const FactRef& fact : (*finder)->Of(*graph_->consumers().Find(name))) {
      texts.push_back(SubjectOf(*graph_, fact) + " " + FieldOf(*graph_, fact));
    }
    return texts;
  }

 private:
  std::shared_ptr<const Graph> graph_;
  std::shared_ptr<const EvaluationPlan> plan_;
  Scenario scenario_;
  SimulationResult result_;
};

GraphMaker Abc() {
  GraphMaker world;
  world.Api("dA", "A", "US");
  world.Api("dB", "B", "FR");
  world.Api("dC", "C", "GB");
  return world;
}

// The static level of one consumer, readiness SUSTAINED, when cutoffs are in force together.
int StaticLevel(const GraphMaker& world, const std::string& name, std::vector<Cutoff> cutoffs,
                Readiness readiness = Readiness::kSustained) {
  const auto graph = world.Build();
  const auto plan = *EvaluationPlan::Create(graph);
  const auto outcome = EvaluateStatic(*plan, cutoffs, Reading::kProven, readiness);
  EXPECT_THAT(outcome, IsOk());
  for (const auto& lowered : outcome->lowered) {
    if (graph->consumers().NameOf(lowered.consumer) == name) return lowered.level;
  }
  return static_cast<int>(kOne);
}

TEST(WorkedExamples, E1TotalLossOfTheOnlyAlternative) {
  GraphMaker world = Abc();
  world.App("x").Rate(100'000).Mtd(8 * kHour).Penalty(5).Rto(24 * kHour).Needs({"dA"});
  const Day day(world, {Exit("A")});
  EXPECT_THAT(day.Levels("x"), ElementsAre(Level(0, 0)));
  EXPECT_EQ(day.Of("x").cost_minor, 2'400'005);
  EXPECT_EQ(day.result().proven.cost_minor, 2'400'005);
  EXPECT_TRUE(day.Of("x").mtd_breach);
  EXPECT_FALSE(day.Of("x").rto_breach);
  EXPECT_EQ(day.result().proven.impact_index_ppm, kOne);
  EXPECT_EQ(day.result().proven.peak_index_ppm, kOne);
  EXPECT_EQ(day.Of("x").first_impact_seconds, 0);
  EXPECT_FALSE(day.Of("x").recovered_at_seconds.has_value());
  EXPECT_THAT(day.Causes("x", 0), ElementsAre("exit of A: dA x"));
  EXPECT_TRUE(day.Of("x").segments[0].unavailable);
  EXPECT_FALSE(day.Of("x").segments[0].prohibited);
}

TEST(WorkedExamples, E2AHotFallbackLosesNothing) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", "dB"});
  const Day day(world, {Exit("A")});
  EXPECT_EQ(day.HoursLost("x"), 0);
  EXPECT_THAT(day.Impacted(), IsEmpty());
}

TEST(WorkedExamples, E3NoticeShortensTheSwitch) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", Alt("dB").Switch(6 * kHour)});
  const std::pair<int64_t, double> expected[] = {{0, 6}, {2, 4}, {6, 0}, {9, 0}};
  for (const auto& [notice, lost] : expected) {
    EXPECT_EQ(Day(world, {Notice(Exit("A"), notice * kHour)}).HoursLost("x"), lost) << notice;
  }
}

TEST(WorkedExamples, E4AWeakFallbackAndWhatIsStillViable) {
  GraphMaker world = Abc();
  auto x = world.App("x");
  x.Needs({"dA", Alt("dB").Switch(6 * kHour).Quality(900'000).Share(400'000)});
  const Day day(world, {Exit("A")});
  EXPECT_THAT(day.Levels("x"), ElementsAre(Level(0, 0), Level(6 * kHour, 360'000)));
  EXPECT_DOUBLE_EQ(day.HoursLost("x"), 17.52);
  EXPECT_EQ(day.Of("x").down_seconds, 6 * kHour);
  EXPECT_EQ(day.Of("x").degraded_seconds, 18 * kHour);
  x.MinViable(500'000);
  EXPECT_THAT(Day(world, {Exit("A")}).Levels("x"), ElementsAre(Level(0, 0)));
}

TEST(WorkedExamples, E5AThrottledPrimaryIsFilledUp) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", Alt("dB").Share(500'000).Quality(800'000)});
  const Day day(world, {Severity(ApiCutoff("A"), 700'000)});
  EXPECT_THAT(day.Levels("x"), ElementsAre(Level(0, 700'000)));
}

TEST(WorkedExamples, E6EssentialAndOptionalNeeds) {
  GraphMaker world = Abc();
  auto x = world.App("x");
  x.Needs({"dA"});
  x.Needs({"dB"}).Optional(250'000);
  x.Needs({"dC"}).Optional(500'000);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("B")}), 750'000);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("C")}), 500'000);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("B"), Exit("C")}), 250'000);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A")}), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A"), Exit("B")}), 0);
  EXPECT_THAT(Day(world, {Exit("B"), Exit("C")}).Levels("x"), ElementsAre(Level(0, 250'000)));
}

TEST(WorkedExamples, E7ACycleFallsAndRecovers) {
  GraphMaker world = Abc();
  auto app1 = world.App("app1"), app2 = world.App("app2");
  app1.Needs({"app2"});
  app2.Needs({"dA"});
  app2.Needs({"app1"});
  world.Service("svc").Rate(1000).Needs({"app1", Alt("dB").Quality(500'000).Switch(2 * kHour)});
  const Day day(world, {For(From(Exit("A"), kHour), 3 * kHour)});
  const int one = static_cast<int>(kOne);
  EXPECT_THAT(day.Levels("app1"), ElementsAre(Level(0, one), Level(kHour, 0), Level(4 * kHour, one)));
  EXPECT_THAT(day.Levels("svc"),
              ElementsAre(Level(0, one), Level(kHour, 0), Level(3 * kHour, 500'000), Level(4 * kHour, one)));
  EXPECT_DOUBLE_EQ(day.HoursLost("svc"), 2.5);
  EXPECT_EQ(day.Of("svc").cost_minor, 2500);
  EXPECT_EQ(day.Of("svc").recovered_at_seconds, 4 * kHour);
  EXPECT_THAT(day.Causes("svc", 1), ElementsAre("exit of A: dA app2 app1 svc"));
}

TEST(WorkedExamples, E8WhatEachKindHits) {
  GraphMaker world;
  world.Vendor("CNLab", "CN");
  world.Vendor("Tuner", "US");
  world.Vendor("DataDE", "DE");
  world.Vendor("Host3", "US");
  world.Licence("irrevocable", true);
  world.Licence("revocable", false);
  world.Open("base", "CNLab").licence = "irrevocable";
  world.Derive(world.Open("tune", "Tuner"), "base").licence = "revocable";
  world.Api("api", "CNLab", "CN", "base");
  world.Hosted("third", "base", "Host3");
  world.SelfHosted("own", "tune").host = "hDataDE";
  world.Vendor("Big", "US");
  world.Closed("closed", "Big");
  world.Api("bigapi", "Big", "US", "closed");
  world.Vendor("Cloud", "US");
  world.Host("us1", "Cloud", "US");
  world.Hosted("bigcloud", "closed", "Cloud").host = "us1";
  world.deployment("bigapi").host = "us1";
  const auto graph = world.Build();
  auto hits = [&](Cutoff cutoff) {
    std::vector<std::string> names;
    for (const Hit& hit : AllHits(*Knowledge::Create(graph), *Resolve(*graph, cutoff)))
      names.push_back(graph->deployments()[hit.deployment].name);
    std::sort(names.begin(), names.end());
    return names;
  };
  EXPECT_THAT(hits(ApiCutoff("CNLab")), ElementsAre("api"));
  EXPECT_THAT(hits(Exit("CNLab")), ElementsAre("api"));
  EXPECT_THAT(hits({.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse("CN")}),
              ElementsAre("api", "own", "third"));
  EXPECT_THAT(hits({.kind = CutoffKind::kLicenceRevocation, .target = "revocable"}), ElementsAre("own"));
  EXPECT_THAT(hits({.kind = CutoffKind::kLicenceRevocation, .target = "irrevocable"}), IsEmpty());
  EXPECT_THAT(hits(Exit("Big")), ElementsAre("bigapi", "bigcloud"));
  EXPECT_THAT(hits(ApiCutoff("Big")), ElementsAre("bigapi"));
  EXPECT_THAT(hits({.kind = CutoffKind::kCloudFailure, .target = "us1"}), ElementsAre("bigapi", "bigcloud"));
}

GraphMaker Pools(int64_t priority1, int64_t priority2) {
  GraphMaker world = Abc();
  world.deployment("dA").capacity_units = 60;
  world.deployment("dB").capacity_units = 100;
  world.App("x1").Priority(priority1).Needs({"dA", "dB"}).Units(60);
  world.App("x2").Priority(priority2).Needs({"dB"}).Units(60);
  return world;
}

TEST(WorkedExamples, E9FailOverTakesThePoolOfAnother) {
  EXPECT_THAT(Day(Pools(1, 2), {Exit("A")}).Levels("x2"), ElementsAre(Level(0, 666'666)));
  EXPECT_THAT(Day(Pools(1, 2), {Exit("A")}).Levels("x1"), IsEmpty());
  EXPECT_THAT(Day(Pools(2, 1), {Exit("A")}).Levels("x1"), ElementsAre(Level(0, 666'666)));
  const Day equal(Pools(1, 1), {Exit("A")});
  EXPECT_THAT(equal.Levels("x2"), ElementsAre(Level(0, 666'666)));
  EXPECT_THAT(equal.Causes("x2", 0), ElementsAre("exit of A: dA dB x2"));
  const Day throttled(Pools(1, 2), {Severity(Exit("B"), 500'000)});
  EXPECT_THAT(throttled.Levels("x1"), IsEmpty());
  EXPECT_THAT(throttled.Levels("x2"), ElementsAre(Level(0, 833'333)));
}

TEST(WorkedExamples, E10BridgesCarryOverAGap) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"}).Bridge(3 * kHour);
  world.App("y").Needs({"x"}).Bridge(kHour);
  const std::tuple<int64_t, double, double> expected[] = {{2, 0, 0}, {4, 1, 0}, {5, 2, 1}};
  for (const auto& [hours, x, y] : expected) {
    const Day day(world, {For(Exit("A"), hours * kHour)});
    EXPECT_EQ(day.HoursLost("x"), x) << hours;
    EXPECT_EQ(day.HoursLost("y"), y) << hours;
  }
}

TEST(WorkedExamples, E11TwoOfThree) {
  GraphMaker world = Abc();
  world.App("x").MinViable(kOne).Needs(
      {Alt("dA").Share(500'000), Alt("dB").Share(500'000), Alt("dC").Share(500'000)});
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A")}), kOne);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A"), Exit("C")}), 0);
}

TEST(WorkedExamples, E12SinglePointsAndPairs) {
  GraphMaker world = Abc();
  world.Vendor("K", "US");
  world.Host("k1", "K", "US");
  world.deployment("dA").host = "k1";
  world.deployment("dB").host = "k1";
  auto x = world.App("x");
  x.Needs({"dA", Alt("dB").Switch(kHour)});
  x.Needs({"dC"});
  const Cutoff k1{.id = "k1", .kind = CutoffKind::kCloudFailure, .target = "k1"};
  EXPECT_EQ(StaticLevel(world, "x", {k1}), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("C")}), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A")}), kOne);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("B")}), kOne);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A"), Exit("B")}), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("A")}, Readiness::kImmediate), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("B")}, Readiness::kImmediate), kOne);
  EXPECT_EQ(StaticLevel(world, "x", {k1}, Readiness::kImmediate), 0);
  EXPECT_EQ(StaticLevel(world, "x", {Exit("C")}, Readiness::kImmediate), 0);
}

TEST(WorkedExamples, E13EveryClockRunsFromTheFirstAnnouncement) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA", Alt("dB").Switch(kHour), Alt("dC").Switch(12 * kHour)});
  const Day day(world, {Exit("A"), From(Exit("B"), 10 * kHour)});
  const int one = static_cast<int>(kOne);
  EXPECT_THAT(day.Levels("x"),
              ElementsAre(Level(0, 0), Level(kHour, one), Level(10 * kHour, 0), Level(12 * kHour, one)));
  EXPECT_EQ(day.HoursLost("x"), 3);
}

TEST(WorkedExamples, E14TheDisplacedOneSwitchesToo) {
  GraphMaker world = Pools(1, 2);
  world.group("x2", "g00").alternatives.push_back(Alt("dC").Switch(2 * kHour).facts());
  const Day day(world, {Exit("A")});
  EXPECT_THAT(day.Levels("x2"), ElementsAre(Level(0, 666'666), Level(2 * kHour, static_cast<int>(kOne))));
  EXPECT_THAT(day.Impacted(), ElementsAre("x2"));
}

TEST(WorkedExamples, E15TwoCausesOfOneBottleneckDoNotMultiply) {
  GraphMaker world = Abc();
  world.App("x").Needs({"dA"});
  const Day day(world, {Severity(Exit("A"), 500'000), Severity(ApiCutoff("A"), 300'000)});
  EXPECT_THAT(day.Levels("x"), ElementsAre(Level(0, 500'000)));
}

TEST(WorkedExamples, E19TheWorldsOfAnUnknownHost) {
  GraphMaker world = Abc();
  world.Host("h1", "C", "GB");
  world.deployment("dA").host.reset();
  world.App("x").Needs({"dA", Alt("dB").Switch(6 * kHour)});
  Cutoff failure{.id = "h1", .kind = CutoffKind::kCloudFailure, .target = "h1"};
  failure = Severity(For(From(failure, kHour), kHour), 100'000);
  const Day day(world, {failure, From(Exit("A"), 8 * kHour)});
  EXPECT_DOUBLE_EQ(day.HoursLost("x", Reading::kProven), 6);
  EXPECT_DOUBLE_EQ(day.HoursLost("x", Reading::kNotExcluded), 0.1);
  EXPECT_THAT(day.Unknowns("x"), ElementsAre("dA host"));
  EXPECT_EQ(day.result().unknowns.size(), 1u);
}

// The truth of one cutoff for one deployment.
Truth Of(const GraphMaker& world, const std::string& deployment, const Cutoff& cutoff) {
  const auto graph = world.Build();
  return Hits(*Knowledge::Create(graph), *Resolve(*graph, cutoff), *graph->deployments().Find(deployment));
}

TEST(WorkedExamples, E20AWithdrawnBaseStopsOnlyWhatRunsOnIt) {
  const auto withdrawn = [](const char* model) {
    return Cutoff{.kind = CutoffKind::kModelWithdrawal, .target = model};
  };
  GraphMaker world;
  world.Open("base", "L");
  world.Derive(world.Closed("tune", "P"), "base");
  world.Api("d", "P", "US", "tune");
  EXPECT_EQ(Of(world, "d", withdrawn("base")), Truth::kFalse);
  EXPECT_EQ(Of(world, "d", withdrawn("tune")), Truth::kTrue);
  GraphMaker hosted;
  hosted.Closed("closed", "L");
  hosted.Derive(hosted.Closed("tune", "P"), "closed", Relation::kHostedFineTune);
  hosted.Hosted("d", "tune", "L").pass_through = true;
  EXPECT_EQ(Of(hosted, "d", withdrawn("closed")), Truth::kTrue);
  hosted.Derive(hosted.model("tune"), "closed", Relation::kAdapter);
  EXPECT_EQ(Of(hosted, "d", withdrawn("closed")), Truth::kTrue);
  hosted.model("closed").weights = Weights::kOpen;
  EXPECT_EQ(Of(hosted, "d", withdrawn("closed")), Truth::kFalse) << "everybody can have open weights";
}

TEST(WorkedExamples, AWithdrawnLineTakesItsVersionsWithIt) {
  GraphMaker world;
  world.Closed("line", "P");
  world.Closed("snapshot", "P").version_of = "line";
  world.Api("d", "P", "US", "snapshot");
  EXPECT_EQ(Of(world, "d", {.kind = CutoffKind::kModelWithdrawal, .target = "line"}), Truth::kTrue);
  world.Api("e", "P", "US", "line");
  EXPECT_EQ(Of(world, "e", {.kind = CutoffKind::kModelWithdrawal, .target = "snapshot"}), Truth::kFalse);
}

TEST(WorkedExamples, E21AServiceMayOutliveTheDeveloperOfItsModel) {
  GraphMaker world;
  world.Closed("m", "D");
  world.Hosted("d", "m", "C");
  world.deployment("d").outlives_developer = true;
  EXPECT_EQ(Of(world, "d", Exit("D")), Truth::kFalse);
  world.deployment("d").outlives_developer = false;
  EXPECT_EQ(Of(world, "d", Exit("D")), Truth::kTrue);
  world.deployment("d").outlives_developer.reset();
  EXPECT_EQ(Of(world, "d", Exit("D")), Truth::kUnknown);
}

TEST(WorkedExamples, E22OwnPremisesRunOnWhenServicesStop) {
  const Cutoff services{.kind = CutoffKind::kCountryServiceCutoff, .country = Country::Parse("DE")};
  GraphMaker world;
  world.Open("m", "D");
  world.SelfHosted("d", "m").host = "own";
  world.Host("own", "", "DE").provider = Fact<std::string>::None();
  EXPECT_EQ(Of(world, "d", services), Truth::kFalse);
  world.Vendor("Provider", "DE");
  world.Host("own", "Provider", "DE");
  EXPECT_EQ(Of(world, "d", services), Truth::kTrue);
  world.Host("own", "", "DE").provider = Fact<std::string>::Unknown();
  EXPECT_EQ(Of(world, "d", services), Truth::kUnknown);
}

TEST(WorkedExamples, E23AnUnheldCopyFallsWithWhereItIsFetchedFrom) {
  GraphMaker world;
  world.Open("m", "D");
  world.Vendor("HuggingFace", "US");
  world.SelfHosted("d", "m").weights_source = "HuggingFace";
  EXPECT_EQ(Of(world, "d", Exit("HuggingFace")), Truth::kFalse);
  world.deployment("d").custody = Custody::kNotHeld;
  EXPECT_EQ(Of(world, "d", Exit("HuggingFace")), Truth::kTrue);
  EXPECT_EQ(Of(world, "d", ApiCutoff("HuggingFace")), Truth::kTrue);
  world.deployment("d").custody.reset();
  EXPECT_EQ(Of(world, "d", Exit("HuggingFace")), Truth::kUnknown);
}

}  // namespace
}  // namespace linchpin::engine
