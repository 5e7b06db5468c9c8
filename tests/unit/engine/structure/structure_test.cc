// The worked example E12 of docs/concepts/structure.md, and what else a person would check by hand.
#include <cmath>
#include <memory>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/failure_sample.h"
#include "services/engine/structure/importance.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Keys = std::vector<std::string>;

// One graph, and questions about it. Names of the worked examples stand without a collection.
class Asked {
 public:
  Asked(const GraphMaker& world, const Keys& consumers,
        const std::vector<AtomClass>& classes = {AtomClass::kVendor, AtomClass::kHost})
      : graph_(world.Build()), plan_(*EvaluationPlan::Create(graph_)) {
    for (AtomClass atom_class : classes) {
      indexes_.push_back(std::make_unique<AtomIndex>(*Knowledge::Create(graph_), atom_class));
      question.atoms.push_back(indexes_.back().get());
    }
    for (const std::string& name : consumers) question.consumers.push_back(*graph_->consumers().Find(name));
  }

  absl::StatusOr<CutSets> Find(const CutSetOptions& options = {}) const {
    return FindCutSets(*plan_, question, options);
  }
  std::vector<Keys> Sets() const { return Find()->sets; }
  // The chance of an atom that is not named is 0.
  absl::StatusOr<Importance> Important(std::map<std::string, double, std::less<>> chances,
                                       const std::vector<BetaFactor>& factors = {},
                                       ImportanceOptions options = {}) {
    auto chance = WithBetaFactors(Of(std::move(chances)), factors);
    if (!chance.ok()) return chance.status();
    for (const BetaFactor& factor : factors) question.common_causes.push_back(factor.cause);
    options.chance = *chance;
    return FindImportance(*plan_, question, options);
  }
  absl::StatusOr<std::optional<FailureSample>> Sample(SampleOptions options,
                                                      std::map<std::string, double, std::less<>> chances) {
    options.chance = Of(std::move(chances));
    const auto function = FailureFunction::Create(*plan_, question);
    if (!function.ok()) return function.status();
    return SampleFailures(*function, options);
  }

  FailureQuestion question;

 private:
  static std::function<double(std::string_view)> Of(std::map<std::string, double, std::less<>> chances) {
    return [chances = std::move(chances)](std::string_view key) {
      const auto found = chances.find(key);
      return found == chances.end() ? 0.0 : found->second;
    };
  }

  std::shared_ptr<const Graph> graph_;
  std::shared_ptr<const EvaluationPlan> plan_;
  std::vector<std::unique_ptr<AtomIndex>> indexes_;
};

// x on dA else dB (1 h), both on host k1 of nobody's; and on dC, whose host does not matter.
GraphMaker E12() {
  GraphMaker world;
  for (const char* vendor : {"A", "B", "C"}) world.Api(std::string("d") + vendor, vendor);
  world.Host("k1", "A", "US").provider = Fact<std::string>::None();
  world.deployment("dA").host = "k1";
  world.deployment("dB").host = "k1";
  world.deployment("dC").host.reset();
  auto x = world.App("x");
  x.Needs({"dA", Alt("dB").Switch(kHour)});
  x.Needs({"dC"});
  return world;
}

const std::map<std::string, double, std::less<>> kE12Chances = {
    {"vendor:A", .1}, {"vendor:B", .2}, {"vendor:C", .05}, {"host:k1", .02}};

TEST(CutSets, E12InEachReadiness) {
  Asked asked(E12(), {"x"});
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"host:k1"}, Keys{"vendor:C"}, Keys{"vendor:A", "vendor:B"}));
  asked.question.readiness = Readiness::kImmediate;
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"host:k1"}, Keys{"vendor:A"}, Keys{"vendor:C"}));
}

TEST(CutSets, SinglePointsOfFailureAreThoseOfSizeOne) {
  const auto cuts = Asked(E12(), {"x"}).Find({.size_max = 1});
  EXPECT_THAT(cuts->sets, ElementsAre(Keys{"host:k1"}, Keys{"vendor:C"}));
  EXPECT_THAT(cuts->count_by_size, ElementsAre(0, 2));
  EXPECT_EQ(cuts->complete_to, 1u);
  EXPECT_FALSE(cuts->counted_all);
}

// With the unknown host of dC hit by whatever host fails.
TEST(CutSets, WhatCannotBeExcludedIsAReadingOfItsOwn) {
  Asked asked(E12(), {"x"});
  asked.question.reading = Reading::kNotExcluded;
  const auto sets = asked.Sets();
  EXPECT_THAT(sets, ::testing::Contains(Keys{"host:hA"}));
  EXPECT_THAT(sets, ::testing::Not(::testing::Contains(Keys{"vendor:A", "vendor:B"})));
}

TEST(CutSets, E11TwoOfThreeFailByPairs) {
  GraphMaker world;
  for (const char* vendor : {"A", "B", "C"}) world.Api(std::string("d") + vendor, vendor);
  world.App("x").MinViable(kOne).Needs(
      {Alt("dA").Share(500'000), Alt("dB").Share(500'000), Alt("dC").Share(500'000)});
  EXPECT_THAT(
      Asked(world, {"x"}, {AtomClass::kVendor}).Sets(),
      ElementsAre(Keys{"vendor:A", "vendor:B"}, Keys{"vendor:A", "vendor:C"}, Keys{"vendor:B", "vendor:C"}));
}

// A fallback of less quality is a failure for who asks for more than it gives.
TEST(CutSets, TheThresholdSaysWhatFails) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.App("x").Needs({"dA", Alt("dB").Quality(600'000)});
  Asked asked(world, {"x"}, {AtomClass::kVendor});
  asked.question.threshold_ppm = 599'999;
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A", "vendor:B"}));
  asked.question.threshold_ppm = 600'000;
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A"}));
}

TEST(CutSets, OptionalNeedsAddUp) {
  GraphMaker world;
  for (const char* vendor : {"A", "B", "C"}) world.Api(std::string("d") + vendor, vendor);
  auto x = world.App("x");
  x.Needs({"dA"}).Optional(500'000);
  x.Needs({"dB"}).Optional(300'000);
  x.Needs({"dC"}).Optional(300'000);
  Asked asked(world, {"x"}, {AtomClass::kVendor});
  asked.question.threshold_ppm = 300'000;
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A", "vendor:B"}, Keys{"vendor:A", "vendor:C"}));
}

TEST(CutSets, ACycleStandsUntilSomethingOutsideFails) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.App("app1").Needs({"app2", "dB"});
  auto app2 = world.App("app2");
  app2.Needs({"dA"});
  app2.Needs({"app1"});
  Asked asked(world, {"app1"}, {AtomClass::kVendor});
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A", "vendor:B"}));
}

// E9: x2 falls below ONE only because x1 fails over to its pool.
TEST(CutSets, WhereAPoolCanRunShortSetsAreSearched) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.deployment("dA").capacity_units = 60;
  world.deployment("dB").capacity_units = 100;
  world.App("x1").Priority(1).Needs({"dA", "dB"}).Units(60);
  world.App("x2").Priority(2).Needs({"dB"}).Units(60);
  Asked asked(world, {"x2"}, {AtomClass::kVendor});
  asked.question.threshold_ppm = kOne - 1;
  const auto cuts = asked.Find({.count_all = true});
  EXPECT_THAT(cuts->sets, ElementsAre(Keys{"vendor:A"}, Keys{"vendor:B"}));
  EXPECT_TRUE(cuts->obstacle.has_value());
  EXPECT_TRUE(cuts->counted_all);
}

TEST(CutSets, ACapacityThatSufficesForAllIsNone) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.deployment("dB").capacity_units = 120;
  world.App("x1").Needs({"dA", "dB"}).Units(60);
  world.App("x2").Needs({"dB"}).Units(60);
  const auto cuts = Asked(world, {"x1"}, {AtomClass::kVendor}).Find();
  EXPECT_THAT(cuts->sets, ElementsAre(Keys{"vendor:A", "vendor:B"}));
  EXPECT_FALSE(cuts->obstacle.has_value());
}

TEST(CutSets, ASetOfConsumersFailsWithAnyOrWithAll) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.App("x").Needs({"dA"});
  world.App("y").Needs({"dB"});
  Asked asked(world, {"x", "y"}, {AtomClass::kVendor});
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A"}, Keys{"vendor:B"}));
  asked.question.together = FailureQuestion::Together::kAll;
  EXPECT_THAT(asked.Sets(), ElementsAre(Keys{"vendor:A", "vendor:B"}));
}

TEST(CutSets, WhatFailsByItselfHasTheEmptySet) {
  GraphMaker world;
  world.Api("dA", "A");
  world.App("x").Needs({Alt("dA").Share(0)});
  const auto cuts = Asked(world, {"x"}).Find();
  EXPECT_THAT(cuts->sets, ElementsAre(IsEmpty()));
  EXPECT_THAT(cuts->count_by_size, ElementsAre(1, 0, 0, 0));
}

TEST(CutSets, TheListIsCutAndTheCountsAreNot) {
  GraphMaker world;
  auto x = world.App("x");
  for (int i = 10; i < 30; ++i) {
    world.Api("d" + std::to_string(i), std::to_string(i));
    x.Needs({"d" + std::to_string(i)});
  }
  const auto cuts = Asked(world, {"x"}, {AtomClass::kVendor}).Find({.size_max = 1, .sets_max = 3});
  EXPECT_THAT(cuts->sets, ElementsAre(Keys{"vendor:10"}, Keys{"vendor:11"}, Keys{"vendor:12"}));
  EXPECT_THAT(cuts->count_by_size, ElementsAre(0, 20));
  EXPECT_TRUE(cuts->list_is_cut);
}

TEST(CutSets, SizesBeyondTheBoundAreRefused) {
  const auto cuts = Asked(E12(), {"x"}).Find({.size_max = kCutSetSizeMax + 1});
  EXPECT_THAT(cuts, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(cuts.status().message()), HasSubstr("up to size 10"));
}

TEST(CutSets, ACallerWhoLeavesStopsTheWork) {
  Asked asked(E12(), {"x"});
  CutSetOptions options;
  options.limits.evaluation.cancelled = [] { return true; };
  EXPECT_THAT(asked.Find(options), StatusIs(absl::StatusCode::kCancelled));
}

// --- Importance --------------------------------------------------------------------------------------------

const AtomImportance& Of(const Importance& importance, const std::string& key) {
  for (const AtomImportance& atom : importance.atoms) {
    if (atom.key == key) return atom;
  }
  ADD_FAILURE() << "no " << key;
  return importance.atoms.at(0);
}

TEST(Importance, E12ToTheLastDigit) {
  const auto found = Asked(E12(), {"x"}).Important(kE12Chances);
  ASSERT_THAT(found, IsOk());
  const double q = 1 - .95 * .98 * .98;
  EXPECT_DOUBLE_EQ(found->failure.lower, q);
  EXPECT_NEAR(found->failure.lower, .08762, 1e-15);
  const AtomImportance& a = Of(*found, "vendor:A");
  EXPECT_DOUBLE_EQ(a.birnbaum.lower, .95 * .98 * .2);
  EXPECT_NEAR(a.birnbaum.lower, .1862, 1e-15);
  EXPECT_DOUBLE_EQ(a.criticality.lower, .1 * .1862 / q);
  EXPECT_DOUBLE_EQ(a.fussell_vesely.lower, .02 / q);
  EXPECT_DOUBLE_EQ(a.achievement.lower, .2552 / q);
  EXPECT_DOUBLE_EQ(a.reduction.lower, q / .069);
  EXPECT_DOUBLE_EQ(a.diagnostic.lower, .1 * .2552 / q);
  EXPECT_DOUBLE_EQ(Of(*found, "vendor:C").birnbaum.lower, .98 * .98);
  EXPECT_NEAR(Of(*found, "vendor:C").birnbaum.lower, .9604, 1e-15);
  for (const AtomImportance& atom : found->atoms) EXPECT_TRUE(atom.fussell_vesely.exact()) << atom.key;
  EXPECT_EQ(found->bound, Importance::Bound::kNone);
}

TEST(Importance, TheMostCriticalComesFirst) {
  const auto found = Asked(E12(), {"x"}).Important(kE12Chances);
  Keys keys;
  for (const AtomImportance& atom : found->atoms) keys.push_back(atom.key);
  EXPECT_THAT(keys,
              ElementsAre("vendor:C", "host:k1", "vendor:A", "vendor:B"));  // The three are equally critical.
}

TEST(Importance, WithoutTheOnlyCauseTheReductionIsInfinite) {
  GraphMaker world;
  world.Api("dA", "A");
  world.App("x").Needs({"dA"});
  const auto found = Asked(world, {"x"}, {AtomClass::kVendor}).Important({{"vendor:A", .25}});
  EXPECT_TRUE(std::isinf(Of(*found, "vendor:A").reduction.lower));
  EXPECT_DOUBLE_EQ(Of(*found, "vendor:A").achievement.lower, 4);
}

TEST(Importance, WhatNeverFailsHasNothingToDivide) {
  const auto found = Asked(E12(), {"x"}).Important({});
  EXPECT_EQ(found->failure.upper, 0);
  EXPECT_EQ(Of(*found, "vendor:A").criticality.upper, 0);
  EXPECT_EQ(Of(*found, "vendor:A").reduction.lower, 1);
}

// A and B of chance .1, a tenth of which they share: (.09 or cause) and (.09 or cause), cause .01.
TEST(Importance, ABetaFactorSplitsTheChanceOfTheMembers) {
  GraphMaker world;
  for (const char* vendor : {"A", "B"}) world.Api(std::string("d") + vendor, vendor);
  world.App("x").Needs({"dA", "dB"});
  const BetaFactor factor{{"common:clouds", {"vendor:A", "vendor:B"}}, .1};
  const auto found =
      Asked(world, {"x"}, {AtomClass::kVendor}).Important({{"vendor:A", .1}, {"vendor:B", .1}}, {factor});
  ASSERT_THAT(found, IsOk());
  EXPECT_DOUBLE_EQ(found->failure.lower, 1 - .99 * (1 - .09 * .09));
  EXPECT_DOUBLE_EQ(Of(*found, "common:clouds").chance, .01);
  EXPECT_DOUBLE_EQ(Of(*found, "vendor:A").chance, .09);
}

TEST(Importance, RefusesWhatABetaFactorCannotMean) {
  const auto refused = [](const BetaFactor& factor, std::map<std::string, double, std::less<>> chances) {
    return std::string(Asked(E12(), {"x"}).Important(std::move(chances), {factor}).status().message());
  };
  EXPECT_THAT(refused({{"common:c", {"vendor:A", "vendor:B"}}, .1}, kE12Chances), HasSubstr("one chance"));
  EXPECT_THAT(refused({{"common:c", {"vendor:A"}}, 1.5}, kE12Chances), HasSubstr("between 0 and 1"));
  EXPECT_THAT(refused({{"common:c", {}}, .5}, kE12Chances), HasSubstr("no members"));
  EXPECT_THAT(refused({{"common:c", {"vendor:Z"}}, .5}, kE12Chances), HasSubstr("vendor:Z"));
  EXPECT_THAT(refused({{"vendor:A", {"vendor:B"}}, .5}, kE12Chances), HasSubstr("vendor:A"));
}

TEST(Importance, RefusesAChanceOutsideZeroToOne) {
  const auto found = Asked(E12(), {"x"}).Important({{"vendor:A", 1.5}});
  EXPECT_THAT(found, StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("vendor:A"));
}

// Q is 0.08762; 4 standard errors of a million years are 0.0011.
TEST(FailureSample, OfE12LiesNearItsChance) {
  Asked asked(E12(), {"x"});
  const auto sample = asked.Sample({.trials = 1'000'000}, kE12Chances);
  ASSERT_THAT(sample, IsOk());
  EXPECT_EQ((*sample)->trials, 1'000'000);
  EXPECT_NEAR((*sample)->ratio(), .08762, 4 * (*sample)->standard_error());
  EXPECT_NEAR((*sample)->standard_error(), std::sqrt(.08762 * .91238 / 1e6), 1e-5);
}

TEST(FailureSample, IsTheSameOnAnyNumberOfThreads) {
  Asked asked(E12(), {"x"});
  const auto one = asked.Sample({.trials = 100'001}, kE12Chances);
  const auto three = asked.Sample({.trials = 100'001, .threads = 3}, kE12Chances);
  EXPECT_EQ((*one)->failures, (*three)->failures);
}

TEST(FailureSample, RefusesWhatNoYearsCanBeDrawnFor) {
  Asked asked(E12(), {"x"});
  EXPECT_THAT(asked.Sample({.trials = 0}, kE12Chances).status().message(), HasSubstr("trials is 0"));
  EXPECT_THAT(asked.Sample({.trials = kSampleTrialsMax + 1}, kE12Chances).status().message(),
              HasSubstr("from 1 to 100000000"));
  EXPECT_THAT(asked.Sample({}, {{"vendor:A", 1.5}}).status().message(), HasSubstr("chance of vendor:A"));
  SampleOptions cancelled;
  cancelled.limits.evaluation.cancelled = [] { return true; };
  EXPECT_EQ(asked.Sample(cancelled, kE12Chances).status().code(), absl::StatusCode::kCancelled);
}

// Only where the diagram does not suffice, and then within the bounds.
TEST(Importance, IsSampledWhereItsChanceIsABound) {
  Asked asked(E12(), {"x"});
  EXPECT_FALSE(asked.Important(kE12Chances)->sample.has_value());
  ImportanceOptions options{.trials = 100'000};
  options.limits.nodes_max = 3;
  const auto bounded = asked.Important(kE12Chances, {}, options);
  ASSERT_THAT(bounded, IsOk());
  ASSERT_FALSE(bounded->failure.exact());
  ASSERT_TRUE(bounded->sample.has_value());
  EXPECT_NEAR(bounded->sample->ratio(), .08762, 4 * bounded->sample->standard_error());
}

}  // namespace
}  // namespace linchpin::engine
