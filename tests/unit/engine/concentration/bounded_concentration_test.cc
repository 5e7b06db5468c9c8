// What bounds and likelihoods make of the figures of concentration (knowledge.md K5).
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/foreign.h"
#include "services/engine/concentration/outside.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Concentration Figure(const Supply& supply, Dimension dimension) {
  const auto graph = supply.Build();
  const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
  EXPECT_TRUE(attribution.ok()) << attribution.status();
  return Concentrate(*Knowledge::Create(graph), *attribution, dimension);
}

void OneApplicationEach(Supply& supply, const std::vector<std::string>& deployments) {
  for (const std::string& id : deployments) {
    supply.Application("on-" + id);
    supply.Needs("applications/on-" + id, "x", {"deployments/" + id});
  }
}

DeploymentFacts& OneOf(Supply& supply, const std::string& id, const std::vector<std::string>& operators) {
  DeploymentFacts& deployment = supply.Deployment(id);
  deployment.mode = HostingMode::kThirdPartyHosted;
  deployment.knowledge.bounds = {{.fact = FactKind::kOperator, .one_of = operators}};
  return deployment;
}

std::vector<double> Readings(const std::optional<Bounded>& figure) {
  return {figure->lower.ToDouble(), figure->value.ToDouble(), figure->upper.ToDouble()};
}

// Example K-7 (docs/concepts/concentration.md), not rule K7.
TEST(BoundedConcentration, K7AnOperatorThatIsOneOfTwo) {
  Supply supply;
  for (const char* vendor : {"a", "b", "c"}) supply.Vendor(vendor);
  supply.Operated("dA", "a");
  OneOf(supply, "dX", {"vendors/a", "vendors/b"});
  OneApplicationEach(supply, {"dA", "dX"});
  const Concentration figure = Figure(supply, Dimension::kOperator);
  EXPECT_THAT(Readings(figure.Hhi()), ElementsAre(5000, 5000, 10'000));
  EXPECT_THAT(Readings(figure.Share("vendors/a")), ElementsAre(0.5, 0.5, 1));
  EXPECT_THAT(Readings(figure.Share("vendors/b")), ElementsAre(0, 0, 0.5));
  EXPECT_THAT(Readings(figure.Share("vendors/c")), ElementsAre(0, 0, 0));
}

TEST(BoundedConcentration, ALikelyGroupCountsInTheLikelyFigureOnly) {
  Supply supply;
  supply.Vendor("a");
  supply.Vendor("b");
  supply.Operated("dA", "a");
  OneOf(supply, "dX", {"vendors/a", "vendors/b"}).knowledge.likely = {
      {.fact = FactKind::kOperator, .one_of = {"vendors/a"}, .confidence = 0.8, .reason = "billed there"}};
  OneApplicationEach(supply, {"dA", "dX"});
  const Concentration figure = Figure(supply, Dimension::kOperator);
  EXPECT_THAT(Readings(figure.Hhi()), ElementsAre(5000, 10'000, 10'000));
  EXPECT_THAT(Readings(figure.Share("vendors/a")), ElementsAre(0.5, 1, 1));
  EXPECT_THAT(Readings(figure.Share(kUnknownKey)), ElementsAre(0, 0, 0.5));
  EXPECT_EQ(figure.group_count(), 1);
  EXPECT_FALSE(figure.IsUntold());
}

TEST(BoundedConcentration, OnLikelyFactsTheBoundsAreThoseThatTheseLeave) {
  Supply supply;
  for (const char* vendor : {"a", "b", "c"}) supply.Vendor(vendor);
  supply.Operated("dA", "a");
  OneOf(supply, "dX", {"vendors/a", "vendors/b"}).knowledge.likely = {
      {.fact = FactKind::kOperator, .one_of = {"vendors/a"}, .confidence = 0.8, .reason = "billed there"}};
  OneOf(supply, "dY", {"vendors/b", "vendors/c"});
  OneApplicationEach(supply, {"dA", "dX", "dY"});
  const auto graph = supply.Build();
  const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
  ASSERT_TRUE(attribution.ok());
  const auto knowledge = Knowledge::Create(graph);
  const Concentration figure =
      Concentrate(*knowledge, *attribution, Dimension::kOperator, FactsRead::kLikely);
  EXPECT_EQ(figure.WeightOf("vendors/a"), 2'000'000u);
  EXPECT_NEAR(figure.Share("vendors/a")->lower.ToDouble(), 2.0 / 3, 1e-9);
  EXPECT_NEAR(figure.Share("vendors/a")->upper.ToDouble(), 2.0 / 3, 1e-9);
  EXPECT_NEAR(figure.Share("vendors/b")->upper.ToDouble(), 1.0 / 3, 1e-9) << "dX is no longer open";
  EXPECT_NEAR(figure.Hhi()->upper.ToDouble(), 10'000.0 * 5 / 9, 1e-6);
  EXPECT_EQ(figure.unknown_weight, 1'000'000u);
}

// Two countries of three are home: an item is outside for certain if it can only be abroad.
TEST(BoundedConcentration, WhatLiesOutsideIsWeighedByWhereItCanBe) {
  Supply supply;
  for (const char* id : {"abroad", "split", "anywhere", "likely"})
    supply.Deployment(id).mode = HostingMode::kThirdPartyHosted;
  const auto bound = [&](size_t place, const std::vector<std::string>& countries) {
    supply.changes.deployments[place].knowledge.bounds = {
        {.fact = FactKind::kCountryOfHost, .one_of = countries}};
  };
  bound(0, {"US", "CN"});
  bound(1, {"US", "DE"});
  bound(3, {"US", "DE"});
  supply.changes.deployments[3].knowledge.likely = {
      {.fact = FactKind::kCountryOfHost, .one_of = {"US"}, .confidence = 0.8, .reason = "latency"}};
  OneApplicationEach(supply, {"abroad", "split", "anywhere", "likely"});
  const auto graph = supply.Build();
  const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
  ASSERT_TRUE(attribution.ok());
  const auto knowledge = Knowledge::Create(graph);
  const Concentration figure = Concentrate(*knowledge, *attribution, Dimension::kHostCountry);
  const std::vector<Country> home = {*Country::Parse("DE"), *Country::Parse("FR")};
  const OutsideWeight proven = WeighOutside(*knowledge, figure, home, FactsRead::kProven);
  EXPECT_EQ(proven.certain, 1'000'000u);
  EXPECT_EQ(proven.open, 3'000'000u);
  const OutsideWeight likely = WeighOutside(*knowledge, figure, home, FactsRead::kLikely);
  EXPECT_EQ(likely.certain, 2'000'000u);
  EXPECT_EQ(likely.open, 2'000'000u);
}

TEST(BoundedConcentration, ADomainOfOneGroupIsKnown) {
  Supply supply;
  supply.Vendor("top");
  supply.Subsidiary("x", "top");
  supply.Subsidiary("y", "top");
  OneOf(supply, "d", {"vendors/x", "vendors/y"});
  OneApplicationEach(supply, {"d"});
  EXPECT_EQ(Figure(supply, Dimension::kOperator).unknown_weight, 1'000'000u);
  const Concentration groups = Figure(supply, Dimension::kOperatorGroup);
  EXPECT_EQ(groups.unknown_weight, 0u);
  EXPECT_EQ(groups.WeightOf("vendors/top"), 1'000'000u);
}

TEST(BoundedConcentration, ItemsThatCannotMeetAreNotAddedUp) {
  Supply supply;
  for (const char* vendor : {"a", "b", "c", "d"}) supply.Vendor(vendor);
  OneOf(supply, "dX", {"vendors/a", "vendors/b"});
  OneOf(supply, "dY", {"vendors/c", "vendors/d"});
  OneApplicationEach(supply, {"dX", "dY"});
  const Concentration apart = Figure(supply, Dimension::kOperator);
  EXPECT_THAT(Readings(apart.Hhi()), ElementsAre(5000, 5000, 5000));
  EXPECT_THAT(Readings(apart.TopShare(1)), ElementsAre(0.5, 0.5, 0.5));
  EXPECT_TRUE(apart.IsUntold());
  supply.changes.deployments.back().knowledge.bounds[0].one_of = {"vendors/b", "vendors/d"};
  EXPECT_THAT(Readings(Figure(supply, Dimension::kOperator).Hhi()), ElementsAre(5000, 5000, 10'000));
}

TEST(BoundedConcentration, WhoProvidesNoHostsIsNotTheProvider) {
  Supply supply;
  supply.Vendor("cloud");
  supply.Vendor("lab");
  supply.changes.vendors[0].roles = kHostProviderRole;
  supply.changes.vendors[1].roles = kDeveloperRole;
  supply.changes.hosts.push_back({"hosts/h", "vendors/cloud", Country::Parse("US")});
  supply.Deployment("known").host = "hosts/h";
  supply.Operated("open", "cloud");
  OneApplicationEach(supply, {"known", "open"});
  const Concentration figure = Figure(supply, Dimension::kHostProvider);
  EXPECT_EQ(figure.Share("vendors/cloud")->upper.ToDouble(), 1);
  // Nobody names it, so that only what the inventory does not have is left.
  EXPECT_EQ(figure.groups.size(), 1u);
}

TEST(BoundedConcentration, AVersionCountsAsItsLine) {
  Supply supply;
  supply.Vendor("lab", "US");
  supply.Scratch("line", "lab").weights = Weights::kProprietary;
  for (const char* id : {"june", "august"}) {
    supply.Model(id).version_of = "models/line";
    supply.Serving(id, id);
  }
  OneApplicationEach(supply, {"june", "august"});
  for (Dimension dimension : {Dimension::kModel, Dimension::kBaseModelRoot}) {
    const Concentration figure = Figure(supply, dimension);
    EXPECT_EQ(figure.WeightOf("models/line"), 2'000'000u) << static_cast<int>(dimension);
  }
  EXPECT_EQ(Figure(supply, Dimension::kDeveloper).WeightOf("vendors/lab"), 2'000'000u);
}

TEST(BoundedConcentration, AnOwnLineComesFromWhereItsMakerIs) {
  Supply supply;
  supply.Vendor("lab", "US");
  supply.changes.vendors[0].own_line = OwnLine::kClosed;
  ModelFacts& model = supply.Model("gpt");
  model.developer = "vendors/lab";
  model.weights = Weights::kProprietary;
  supply.Serving("d", "gpt");
  OneApplicationEach(supply, {"d"});
  EXPECT_EQ(Figure(supply, Dimension::kRootOriginCountry).WeightOf("US"), 1'000'000u);
  EXPECT_EQ(Figure(supply, Dimension::kBaseModelRoot).unknown_weight, 1'000'000u);
  supply.changes.models[0].knowledge.likely = {{.fact = FactKind::kLineageDeveloper,
                                                .one_of = {"none"},
                                                .confidence = 0.9,
                                                .reason = "trained by itself"}};
  const Concentration root = Figure(supply, Dimension::kBaseModelRoot);
  EXPECT_THAT(Readings(root.Share("models/gpt")), ElementsAre(0, 1, 1));
}

TEST(BoundedConcentration, ForeignIsProvenLikelyOrNotExcluded) {
  Supply supply;
  supply.Vendor("lab", "US");
  supply.changes.vendors[0].own_line = OwnLine::kClosed;
  for (const char* id : {"home", "maybe", "open"}) {
    ModelFacts& model = supply.Model(id);
    model.developer = "vendors/lab";
    model.weights = id == std::string("home") ? Weights::kProprietary : Weights::kOpen;
    supply.Serving(id, id);
  }
  supply.changes.models[1].knowledge.likely = {
      {.fact = FactKind::kLineageOrigin, .one_of = {"CN"}, .confidence = 0.7, .reason = "its tokenizer"}};
  supply.changes.models[1].knowledge.bounds = {{.fact = FactKind::kLineageDeveloper, .none_of = {"none"}}};
  OneApplicationEach(supply, {"home", "maybe", "open"});
  const auto graph = supply.Build();
  const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
  ASSERT_TRUE(attribution.ok());
  const ForeignWeight weight = WeighForeign(*Knowledge::Create(graph), *attribution, {*Country::Parse("US")});
  EXPECT_EQ(weight.home, 1'000'000u);
  EXPECT_EQ(weight.foreign, 0u);
  EXPECT_EQ(weight.unknown, 2'000'000u);
  EXPECT_EQ(weight.likely_foreign, 1'000'000u);
}

// Every completion of small domains lies inside the bounds, and the upper bound is met where all items can be
// in the largest group.
TEST(BoundedConcentration, EveryCompletionOfSmallDomainsLiesInside) {
  int exact = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    Supply supply;
    std::vector<std::string> names, ids;
    for (int v = 0; v < 4; ++v) {
      supply.Vendor("v" + std::to_string(v));
      names.push_back("vendors/v" + std::to_string(v));
    }
    std::vector<std::vector<size_t>> domains;
    const size_t count = 2 + random() % 5;
    for (size_t d = 0; d < count; ++d) {
      ids.push_back("d" + std::to_string(d));
      std::vector<size_t> domain;
      for (size_t v = 0; v < names.size(); ++v) {
        if (random() % 2 == 0) domain.push_back(v);
      }
      if (domain.empty()) domain.push_back(0);
      std::vector<std::string> values;
      for (size_t v : domain) values.push_back(names[v]);
      OneOf(supply, ids.back(), values);
      domains.push_back(domain);
    }
    OneApplicationEach(supply, ids);
    const Concentration figure = Figure(supply, Dimension::kOperator);
    const Bounded hhi = *figure.Hhi(), top = *figure.TopShare(1);
    double largest = 0;
    std::vector<size_t> choice(count, 0);
    for (bool done = false; !done;) {
      std::vector<uint64_t> weights(names.size(), 0);
      for (size_t d = 0; d < count; ++d) ++weights[domains[d][choice[d]]];
      uint64_t squares = 0;
      for (uint64_t weight : weights) squares += weight * weight;
      const Fraction value{10'000 * squares, count * count};
      largest = std::max(largest, value.ToDouble());
      EXPECT_TRUE(Compare(hhi.lower, value) <= 0 && Compare(value, hhi.upper) <= 0) << seed;
      const Fraction share{*std::max_element(weights.begin(), weights.end()), count};
      EXPECT_TRUE(Compare(top.lower, share) <= 0 && Compare(share, top.upper) <= 0) << seed;
      for (size_t v = 0; v < names.size(); ++v) {
        const Bounded of_group = *figure.Share(names[v]);
        EXPECT_TRUE(Compare(of_group.lower, Fraction{weights[v], count}) <= 0) << seed;
        EXPECT_TRUE(Compare(Fraction{weights[v], count}, of_group.upper) <= 0) << seed;
      }
      size_t d = 0;
      while (d < count && ++choice[d] == domains[d].size()) choice[d++] = 0;
      done = d == count;
    }
    for (size_t v = 0; v < names.size(); ++v) {
      const bool all = std::all_of(domains.begin(), domains.end(), [v](const auto& domain) {
        return std::find(domain.begin(), domain.end(), v) != domain.end();
      });
      if (!all || figure.WeightOf(names[v]) == 0) continue;
      EXPECT_EQ(hhi.upper.ToDouble(), largest) << seed;
      ++exact;
    }
  }
  EXPECT_GT(exact, 10);
}

}  // namespace
}  // namespace linchpin::engine
