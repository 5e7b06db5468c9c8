#include "services/engine/concentration/foreign.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;

const std::vector<Country> kHome = {*Country::Parse("DE"), *Country::Parse("FR")};

class ForeignTest : public ::testing::Test {
 protected:
  ForeignTest() {
    supply_.Vendor("de", "DE");
    supply_.Vendor("cn", "CN");
    supply_.Scratch("home", "de");
    supply_.Scratch("far", "cn");
  }
  ModelIndex Find(const Graph& graph, const std::string& id) { return *graph.models().Find("models/" + id); }
  Truth Foreign(const std::string& id) {
    const auto graph = supply_.Build();
    const auto knowledge = Knowledge::Create(graph);
    return ForeignFinder(*knowledge, kHome).Of(Find(*graph, id)).proven;
  }
  std::vector<std::string> Path(const std::string& id) {
    const auto graph = supply_.Build();
    std::vector<std::string> path;
    const auto knowledge = Knowledge::Create(graph);
    const auto found = ForeignFinder(*knowledge, kHome).PathOf(Find(*graph, id));
    if (!found.has_value()) return path;
    for (ModelIndex model : found->path) path.push_back(graph->models()[model].name);
    path.push_back(found->origin.ToString());
    return path;
  }
  Supply supply_;
};

TEST_F(ForeignTest, IsDecidedByAnyModelOfTheLineage) {
  supply_.Derived("tune", {{"far", Relation::kFineTune}}).origin = Country::Parse("DE");
  EXPECT_EQ(Foreign("home"), Truth::kFalse);
  EXPECT_EQ(Foreign("far"), Truth::kTrue);
  EXPECT_EQ(Foreign("tune"), Truth::kTrue);
  EXPECT_THAT(Path("tune"), ElementsAre("models/tune", "models/far", "CN"));
  EXPECT_THAT(Path("far"), ElementsAre("models/far", "CN"));
  EXPECT_THAT(Path("home"), ElementsAre());
}

TEST_F(ForeignTest, DoesNotFollowDistillationOrSyntheticData) {
  supply_.Derived("distilled", {{"far", Relation::kDistilled}, {"far", Relation::kSyntheticData}}).origin =
      Country::Parse("DE");
  EXPECT_EQ(Foreign("distilled"), Truth::kFalse);
}

TEST_F(ForeignTest, IsOpenWhereOriginDerivationOrRelationIsUnknown) {
  supply_.Model("no-origin").derivations = Fact<std::vector<DerivationFacts>>::None();
  supply_.Model("no-lineage").origin = Country::Parse("DE");
  ModelFacts& vague = supply_.Model("vague");
  vague.origin = Country::Parse("DE");
  vague.derivations = std::vector<DerivationFacts>{{"models/far", std::nullopt}};
  for (const char* id : {"no-origin", "no-lineage", "vague"}) {
    EXPECT_EQ(Foreign(id), Truth::kUnknown) << id;
    EXPECT_THAT(Path(id), ElementsAre()) << id;
  }
  // What is foreign anyway stays so.
  supply_.Model("open-but-far").origin = Country::Parse("US");
  EXPECT_EQ(Foreign("open-but-far"), Truth::kTrue);
}

TEST_F(ForeignTest, ShowsTheShortestPathThenTheFirstByName) {
  supply_.Derived("step-b", {{"far", Relation::kFineTune}}).origin = Country::Parse("DE");
  supply_.Derived("step-a", {{"far", Relation::kFineTune}}).origin = Country::Parse("DE");
  supply_.Derived("deep", {{"step-b", Relation::kMerge}, {"step-a", Relation::kMerge}}).origin =
      Country::Parse("DE");
  EXPECT_THAT(Path("deep"), ElementsAre("models/deep", "models/step-a", "models/far", "CN"));
  supply_.Derived("deeper", {{"deep", Relation::kMerge}, {"step-b", Relation::kMerge}}).origin =
      Country::Parse("FR");
  EXPECT_THAT(Path("deeper"), ElementsAre("models/deeper", "models/step-b", "models/far", "CN"));
}

TEST_F(ForeignTest, WeighsForeignHomeAndUnknown) {
  supply_.Model("dark");
  supply_.Serving("h", "home");
  supply_.Serving("f1", "far");
  supply_.Serving("f2", "far");
  supply_.Serving("u", "dark");
  supply_.Deployment("n");
  for (const char* id : {"h", "f1", "f2", "u", "n"}) {
    supply_.Application(id);
    supply_.Needs(std::string("applications/") + id, "x", {std::string("deployments/") + id});
  }
  const auto graph = supply_.Build();
  const auto attribution = Attributor(graph).Attribute(Basis::kApplications);
  ASSERT_THAT(attribution, IsOk());
  const ForeignWeight weight = WeighForeign(*Knowledge::Create(graph), *attribution, kHome);
  EXPECT_EQ(weight.foreign, 2'000'000u);
  EXPECT_EQ(weight.home, 1'000'000u);
  EXPECT_EQ(weight.unknown, 2'000'000u);
  ASSERT_EQ(weight.models.size(), 1u);
  EXPECT_EQ(weight.models[0].weight, 2'000'000u);
}

}  // namespace
}  // namespace linchpin::engine
