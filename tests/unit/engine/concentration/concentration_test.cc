#include "services/engine/concentration/concentration.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/graph/lineage.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Concentration Figure(const Supply& supply, Dimension dimension, Basis basis = Basis::kApplications) {
  const auto graph = supply.Build();
  auto attribution = Attributor(graph).Attribute(basis);
  EXPECT_THAT(attribution, IsOk());
  return attribution.ok() ? Concentrate(*Knowledge::Create(graph), *attribution, dimension) : Concentration();
}

std::vector<std::pair<std::string, uint64_t>> Groups(const Concentration& figure) {
  std::vector<std::pair<std::string, uint64_t>> groups;
  for (const WeightedGroup& group : figure.groups) groups.emplace_back(group.key, group.weight);
  return groups;
}

std::vector<std::pair<std::string, uint64_t>> Unknown(const Concentration& figure) {
  std::vector<std::pair<std::string, uint64_t>> items;
  for (const UnknownItem& item : figure.unknown)
    items.emplace_back(item.resource + "." + item.field, item.weight);
  return items;
}

// An application on each deployment named.
void OneApplicationEach(Supply& supply, const std::vector<std::string>& deployments) {
  for (const std::string& id : deployments) {
    supply.Application("on-" + id);
    supply.Needs("applications/on-" + id, "x", {"deployments/" + id});
  }
}

// Spend by operator: weights on vendors v0, v1 ...
Supply SpendOn(const std::vector<int64_t>& weights) {
  Supply supply;
  supply.Application("a");
  for (size_t i = 0; i < weights.size(); ++i) {
    const std::string id = std::to_string(i);
    supply.Vendor("v" + id);
    supply.Operated("d" + id, "v" + id);
    supply.Needs("applications/a", "x" + id, {"deployments/d" + id}).usage = InThirtyDays(-1, -1, weights[i]);
  }
  return supply;
}

constexpr auto kAtLeast = [](std::strong_ordering order) { return order >= 0; };
constexpr auto kAbove = [](std::strong_ordering order) { return order > 0; };

TEST(Concentration, OfSharesFiveThreeTwoIsThatOfE17) {
  const Concentration figure = Figure(SpendOn({5, 3, 2}), Dimension::kOperator, Basis::kSpend);
  EXPECT_EQ(figure.Hhi()->value.ToDouble(), 3800.0);
  EXPECT_NEAR(figure.EffectiveNumber()->value.ToDouble(), 2.6316, 5e-5);
  EXPECT_NEAR(*figure.NormalisedHhi(), 0.07, 1e-12);
  EXPECT_EQ(figure.TopShare(1)->value.ToDouble(), 0.5);
  EXPECT_EQ(figure.TopShare(2)->value.ToDouble(), 0.8);
  EXPECT_EQ(figure.TopShare(9)->value.ToDouble(), 1.0);
  EXPECT_EQ(figure.CountDistinct()->value.ToDouble(), 3.0);
}

TEST(Concentration, OfSharesFiveThreeTwoHasTheDiversityOfE17) {
  const Diversity diversity =
      *Figure(SpendOn({5, 3, 2}), Dimension::kOperator, Basis::kSpend).DiversityOfValue();
  const double shannon = -(.5 * std::log(.5) + .3 * std::log(.3) + .2 * std::log(.2));
  EXPECT_NEAR(diversity.gini, 0.2, 0.2e-9);
  EXPECT_NEAR(diversity.shannon, 1.029653, 5e-7);
  EXPECT_NEAR(diversity.shannon, shannon, shannon * 1e-9);
  EXPECT_NEAR(diversity.theil, std::log(3) - shannon, 1e-10);
  EXPECT_NEAR(diversity.hill_1, std::exp(shannon), std::exp(shannon) * 1e-9);
  EXPECT_EQ(diversity.hill_infinity, 2.0);
}

TEST(Concentration, OfEqualSharesIsAsDiverseAsItCanBe) {
  const Diversity four =
      *Figure(SpendOn({7, 7, 7, 7}), Dimension::kOperator, Basis::kSpend).DiversityOfValue();
  EXPECT_NEAR(four.gini, 0, 1e-12);
  EXPECT_NEAR(four.theil, 0, 1e-12);
  EXPECT_NEAR(four.hill_1, 4, 1e-9);
  EXPECT_EQ(four.hill_infinity, 4.0);
  const Diversity one = *Figure(SpendOn({7}), Dimension::kOperator, Basis::kSpend).DiversityOfValue();
  EXPECT_EQ(one.gini, 0.0);
  EXPECT_EQ(one.shannon, 0.0);
  EXPECT_EQ(one.hill_1, 1.0);
}

TEST(Concentration, MatchesTheReferenceValues) {
  const Concentration four = Figure(SpendOn({40, 30, 20, 10}), Dimension::kOperator, Basis::kSpend);
  EXPECT_EQ(four.Hhi()->value.ToDouble(), 3000.0);
  EXPECT_NEAR(four.EffectiveNumber()->value.ToDouble(), 3.3333, 5e-5);
  const Concentration one = Figure(SpendOn({7}), Dimension::kOperator, Basis::kSpend);
  EXPECT_EQ(one.Hhi()->value.ToDouble(), 10'000.0);
  EXPECT_EQ(one.EffectiveNumber()->value.ToDouble(), 1.0);
  EXPECT_EQ(*one.NormalisedHhi(), 1.0);
}

TEST(Concentration, OfFourEqualVendorsIsExactly2500) {
  const Concentration figure = Figure(SpendOn({123'456'789, 123'456'789, 123'456'789, 123'456'789}),
                                      Dimension::kOperator, Basis::kSpend);
  EXPECT_EQ(figure.Hhi()->value.ToDouble(), 2500.0);
  EXPECT_EQ(Against(*figure.Hhi(), *Decimal::FromDouble(2500), kAtLeast), Verdict::kYes);
  EXPECT_EQ(Against(*figure.Hhi(), *Decimal::FromDouble(2500), kAbove), Verdict::kNo);
  EXPECT_EQ(*figure.NormalisedHhi(), 0.0);
}

TEST(Concentration, SeesOneUnitBesideALimit) {
  // 40 % and one minor unit more.
  const Concentration even =
      Figure(SpendOn({400'000'000'000'000, 600'000'000'000'000}), Dimension::kOperator, Basis::kSpend);
  const Concentration over =
      Figure(SpendOn({400'000'000'000'001, 599'999'999'999'999}), Dimension::kOperator, Basis::kSpend);
  const Decimal limit = *Decimal::FromDouble(0.40);
  EXPECT_EQ(Against(*even.Share("vendors/v0"), limit, kAbove), Verdict::kNo);
  EXPECT_EQ(Against(*over.Share("vendors/v0"), limit, kAbove), Verdict::kYes);
}

TEST(Concentration, HoldsTheLargestWeights) {
  const int64_t half = 1LL << 55;
  const Concentration figure = Figure(SpendOn({half - 1, half}), Dimension::kOperator, Basis::kSpend);
  EXPECT_EQ(Compare(figure.Hhi()->value, *Decimal::FromDouble(5000)), std::strong_ordering::greater);
  EXPECT_NEAR(figure.Hhi()->value.ToDouble(), 5000.0, 1e-9);
}

TEST(Concentration, HasNoFiguresWithoutWeight) {
  const Concentration figure = Figure(Supply(), Dimension::kModel);
  EXPECT_FALSE(figure.Hhi().has_value());
  EXPECT_FALSE(figure.Share("models/m").has_value());
  EXPECT_FALSE(figure.TopShare(1).has_value());
  EXPECT_FALSE(figure.EffectiveNumber().has_value());
  EXPECT_FALSE(figure.CountDistinct().has_value());
  EXPECT_FALSE(figure.NormalisedHhi().has_value());
  EXPECT_FALSE(figure.DiversityOfValue().has_value());
}

TEST(Concentration, BoundsWhatUnknownVendorsMayBe) {
  Supply supply;
  supply.Vendor("a");
  supply.Vendor("b");
  supply.Operated("a1", "a");
  supply.Operated("a2", "a");
  supply.Operated("b1", "b");
  supply.Deployment("u1").mode = HostingMode::kThirdPartyHosted;
  supply.Deployment("u2");
  OneApplicationEach(supply, {"a1", "a2", "b1", "u1", "u2"});
  const Concentration figure = Figure(supply, Dimension::kOperator);
  EXPECT_THAT(Groups(figure), ElementsAre(Pair("vendors/a", 2'000'000), Pair("vendors/b", 1'000'000)));
  EXPECT_THAT(Unknown(figure), ElementsAre(Pair("deployments/u1.operator", 1'000'000),
                                           Pair("deployments/u2.operator", 1'000'000)));
  EXPECT_EQ(figure.group_count(), 4);
  // Shares in fifths: known 2, 1; unknown 1 and 1 apart, 4 with the largest.
  EXPECT_EQ(figure.Hhi()->value.ToDouble(), 2800.0);
  EXPECT_EQ(figure.Hhi()->lower.ToDouble(), 2800.0);
  EXPECT_EQ(figure.Hhi()->upper.ToDouble(), 6800.0);
  EXPECT_EQ(figure.Share("vendors/b")->lower.ToDouble(), 0.2);
  EXPECT_EQ(figure.Share("vendors/b")->upper.ToDouble(), 0.6);
  EXPECT_EQ(figure.Share(kUnknownKey)->lower.ToDouble(), 0.0);
  EXPECT_EQ(figure.Share(kUnknownKey)->upper.ToDouble(), 0.4);
  EXPECT_EQ(figure.TopShare(1)->lower.ToDouble(), 0.4);
  EXPECT_EQ(figure.TopShare(1)->upper.ToDouble(), 0.8);
  EXPECT_EQ(figure.CountDistinct()->lower.ToDouble(), 2.0);
  EXPECT_EQ(figure.CountDistinct()->value.ToDouble(), 4.0);
  EXPECT_EQ(figure.CountDistinct()->upper.ToDouble(), 4.0);
  EXPECT_EQ(Against(*figure.Hhi(), *Decimal::FromDouble(3000), kAtLeast), Verdict::kIndeterminate);
  EXPECT_EQ(Against(*figure.Hhi(), *Decimal::FromDouble(2800), kAtLeast), Verdict::kYes);
  EXPECT_EQ(Against(*figure.Hhi(), *Decimal::FromDouble(6800), kAbove), Verdict::kNo);
}

TEST(Concentration, TakesAllUnknownAsOneGroupAtMost) {
  Supply supply;
  supply.Deployment("u1");
  supply.Deployment("u2");
  OneApplicationEach(supply, {"u1", "u2"});
  const Concentration figure = Figure(supply, Dimension::kModel);
  EXPECT_EQ(figure.Hhi()->lower.ToDouble(), 5000.0);
  EXPECT_EQ(figure.Hhi()->upper.ToDouble(), 10'000.0);
  EXPECT_EQ(figure.CountDistinct()->lower.ToDouble(), 1.0);
}

TEST(Concentration, TakesWhatIsUnknownThroughOneResourceAsOneItem) {
  Supply supply;
  supply.changes.vendors.push_back({"vendors/maker", std::nullopt, Fact<std::string>::None()});
  supply.Scratch("m1", "maker");
  supply.Scratch("m2", "maker");
  supply.Serving("d1", "m1");
  supply.Serving("d2", "m2");
  OneApplicationEach(supply, {"d1", "d2"});
  EXPECT_THAT(Unknown(Figure(supply, Dimension::kOriginCountry)),
              ElementsAre(Pair("vendors/maker.country", 2'000'000)));
}

TEST(Dimension, OperatorOfASelfHostedDeploymentIsNone) {
  Supply supply;
  supply.Deployment("own").mode = HostingMode::kSelfHosted;
  OneApplicationEach(supply, {"own"});
  EXPECT_THAT(Groups(Figure(supply, Dimension::kOperator)), ElementsAre(Pair("none", 1'000'000)));
  EXPECT_THAT(Groups(Figure(supply, Dimension::kOperatorGroup)), ElementsAre(Pair("none", 1'000'000)));
}

TEST(Dimension, GroupIsTheUltimateParentOrUnknownThroughTheLastOneKnown) {
  Supply supply;
  supply.Vendor("top");
  supply.Subsidiary("middle", "top");
  supply.Subsidiary("bottom", "middle");
  supply.changes.vendors.push_back({"vendors/open", std::nullopt, {}});
  supply.Subsidiary("child", "open");
  supply.Operated("d1", "bottom");
  supply.Operated("d2", "top");
  supply.Operated("d3", "child");
  OneApplicationEach(supply, {"d1", "d2", "d3"});
  const Concentration figure = Figure(supply, Dimension::kOperatorGroup);
  EXPECT_THAT(Groups(figure), ElementsAre(Pair("vendors/top", 2'000'000)));
  EXPECT_THAT(Unknown(figure), ElementsAre(Pair("vendors/open.parent", 1'000'000)));
  EXPECT_EQ(Figure(supply, Dimension::kOperator).groups.size(), 3u);
}

TEST(Dimension, HostSpeaksForProviderAndCountry) {
  Supply supply;
  supply.Vendor("cloud", "US");
  supply.changes.hosts.push_back({"hosts/eu", "vendors/cloud", Country::Parse("DE")});
  supply.changes.hosts.push_back({"hosts/own", Fact<std::string>::None(), std::nullopt});
  supply.changes.hosts.push_back({"hosts/odd", {}, Country::Parse("FR")});
  supply.Deployment("d1").host = "hosts/eu";
  supply.Deployment("d2").host = "hosts/own";
  supply.Deployment("d3").host = "hosts/odd";
  supply.Deployment("d4");
  OneApplicationEach(supply, {"d1", "d2", "d3", "d4"});
  const Concentration provider = Figure(supply, Dimension::kHostProvider);
  EXPECT_THAT(Groups(provider), ElementsAre(Pair("none", 1'000'000), Pair("vendors/cloud", 1'000'000)));
  EXPECT_THAT(Unknown(provider),
              ElementsAre(Pair("deployments/d4.host", 1'000'000), Pair("hosts/odd.provider", 1'000'000)));
  const Concentration country = Figure(supply, Dimension::kHostCountry);
  EXPECT_THAT(Groups(country), ElementsAre(Pair("DE", 1'000'000), Pair("FR", 1'000'000)));
  EXPECT_THAT(Unknown(country),
              ElementsAre(Pair("deployments/d4.host", 1'000'000), Pair("hosts/own.country", 1'000'000)));
}

TEST(Dimension, OriginIsStatedElseTheDevelopersCountry) {
  Supply supply;
  supply.Vendor("us", "US");
  supply.Subsidiary("no-country", "us");
  supply.Scratch("stated", "us").origin = Country::Parse("CN");
  supply.Scratch("derived", "us");
  supply.Scratch("no-country", "no-country");
  supply.Model("nobody");
  for (const char* id : {"stated", "derived", "no-country", "nobody"}) supply.Serving(id, id);
  OneApplicationEach(supply, {"stated", "derived", "no-country", "nobody"});
  const Concentration figure = Figure(supply, Dimension::kOriginCountry);
  EXPECT_THAT(Groups(figure), ElementsAre(Pair("CN", 1'000'000), Pair("US", 1'000'000)));
  EXPECT_THAT(Unknown(figure), ElementsAre(Pair("models/nobody.origin_country", 1'000'000),
                                           Pair("vendors/no-country.country", 1'000'000)));
}

// tune <- merged <- (base1, base2); distilled has no root but itself.
Supply Lineages() {
  Supply supply;
  supply.Vendor("us", "US");
  supply.Vendor("cn", "CN");
  supply.Scratch("base1", "us");
  supply.Scratch("base2", "cn");
  supply.Scratch("base3", "cn");
  supply.Derived("merged",
                 {{"base1", Relation::kMerge}, {"base2", Relation::kMerge}, {"base3", Relation::kMerge}});
  supply.Derived("tune", {{"merged", Relation::kFineTune}});
  supply.Derived("distilled", {{"base1", Relation::kDistilled}}).developer = "vendors/cn";
  for (const char* id : {"tune", "distilled"}) supply.Serving(id, id);
  OneApplicationEach(supply, {"tune", "distilled"});
  return supply;
}

TEST(Dimension, RootsOfAMergeShareTheWeightEvenly) {
  const Supply supply = Lineages();
  EXPECT_THAT(Groups(Figure(supply, Dimension::kBaseModelRoot)),
              ElementsAre(Pair("models/distilled", 1'000'000), Pair("models/base1", 333'334),
                          Pair("models/base2", 333'333), Pair("models/base3", 333'333)));
  // Two distinct countries, half each: not by the number of roots.
  EXPECT_THAT(Groups(Figure(supply, Dimension::kRootOriginCountry)),
              ElementsAre(Pair("CN", 1'500'000), Pair("US", 500'000)));
}

TEST(Dimension, AnOpenEndOfTheLineageIsOneUnknownValueThroughItsModel) {
  Supply supply;
  supply.Vendor("us", "US");
  supply.Scratch("base", "us");
  supply.Model("open").origin = Country::Parse("FR");
  supply.Derived("tune", {{"open", Relation::kFineTune}, {"base", Relation::kMerge}});
  ModelFacts& vague = supply.Model("vague");
  vague.derivations = std::vector<DerivationFacts>{{"models/base", std::nullopt}};
  supply.Serving("d1", "tune");
  supply.Serving("d2", "vague");
  OneApplicationEach(supply, {"d1", "d2"});
  const Concentration root = Figure(supply, Dimension::kBaseModelRoot);
  EXPECT_THAT(Groups(root), ElementsAre(Pair("models/base", 500'000)));
  EXPECT_THAT(Unknown(root), ElementsAre(Pair("models/vague.derivations", 1'000'000),
                                         Pair("models/open.derivations", 500'000)));
  const Concentration origin = Figure(supply, Dimension::kRootOriginCountry);
  EXPECT_THAT(Groups(origin), ElementsAre(Pair("US", 500'000)));
  EXPECT_EQ(origin.unknown_weight, 1'500'000u);
}

TEST(Dimension, GivesTheOddUnitToTheKnownValue) {
  Supply supply;
  supply.Vendor("us", "US");
  supply.Scratch("zbase", "us");
  supply.Model("aopen");
  supply.Derived("tune", {{"aopen", Relation::kMerge}, {"zbase", Relation::kMerge}});
  supply.Serving("d", "tune");
  supply.Application("a");
  supply.Needs("applications/a", "x", {"deployments/d"}).usage = InThirtyDays(3);
  const Concentration figure = Figure(supply, Dimension::kBaseModelRoot, Basis::kRequests);
  EXPECT_THAT(Groups(figure), ElementsAre(Pair("models/zbase", 2)));
  EXPECT_THAT(Unknown(figure), ElementsAre(Pair("models/aopen.derivations", 1)));
}

TEST(Dimension, LicenceKnowsNoneFromUnknown) {
  Supply supply;
  supply.changes.licences.push_back({"licences/mit", true});
  supply.Model("free").licence = "licences/mit";
  supply.Model("without").licence = Fact<std::string>::None();
  supply.Model("unsaid");
  for (const char* id : {"free", "without", "unsaid"}) supply.Serving(id, id);
  supply.Deployment("no-model");
  OneApplicationEach(supply, {"free", "without", "unsaid", "no-model"});
  const Concentration figure = Figure(supply, Dimension::kLicence);
  EXPECT_THAT(Groups(figure), ElementsAre(Pair("licences/mit", 1'000'000), Pair("none", 1'000'000)));
  EXPECT_THAT(Unknown(figure), ElementsAre(Pair("deployments/no-model.model", 1'000'000),
                                           Pair("models/unsaid.licence", 1'000'000)));
}

TEST(Dimension, DeveloperIsThatOfTheModel) {
  Supply supply;
  supply.Vendor("group");
  supply.Subsidiary("lab", "group");
  supply.Scratch("m", "lab");
  supply.Model("orphan");
  supply.Serving("d1", "m");
  supply.Serving("d2", "orphan");
  OneApplicationEach(supply, {"d1", "d2"});
  EXPECT_THAT(Groups(Figure(supply, Dimension::kDeveloper)), ElementsAre(Pair("vendors/lab", 1'000'000)));
  EXPECT_THAT(Groups(Figure(supply, Dimension::kDeveloperGroup)),
              ElementsAre(Pair("vendors/group", 1'000'000)));
  EXPECT_THAT(Unknown(Figure(supply, Dimension::kDeveloper)),
              ElementsAre(Pair("models/orphan.developer", 1'000'000)));
  EXPECT_THAT(Groups(Figure(supply, Dimension::kModel)),
              ElementsAre(Pair("models/m", 1'000'000), Pair("models/orphan", 1'000'000)));
  EXPECT_THAT(Unknown(Figure(supply, Dimension::kModel)), IsEmpty());
}

}  // namespace
}  // namespace linchpin::engine
