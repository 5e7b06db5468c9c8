#include "services/engine/cutoff/entity_use.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/use_reach.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/cutoff/complete_world.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;

Entity VendorEntity(const Graph& graph, const std::string& id) {
  return {.vendor = graph.vendors().Find("vendors/" + id)};
}
Entity CountryEntity(const std::string& code) { return {.country = Country::Parse(code)}; }

class EntityUseTest : public testing::Test {
 protected:
  Supply supply;

  void Ask(const Entity& entity, bool strict = false) { use_.emplace(*knowledge_, entity, strict); }
  void Build() {
    graph_ = supply.Build();
    knowledge_ = Knowledge::Create(graph_);
  }
  void AskVendor(const std::string& id, bool strict = false) {
    Build();
    Ask(VendorEntity(*graph_, id), strict);
  }
  void AskCountry(const std::string& code) {
    Build();
    Ask(CountryEntity(code));
  }
  DeploymentIndex Find(const std::string& id) const {
    return *graph_->deployments().Find("deployments/" + id);
  }
  Truth Of(const std::string& id) const { return use_->OfDeployment(Find(id)); }
  std::vector<std::string> Facts(const std::string& id) const {
    std::vector<std::string> facts;
    for (const FactRef& fact : use_->Explain(Find(id)).facts)
      facts.push_back(SubjectOf(*graph_, fact) + " " + FieldOf(*graph_, fact) + " " +
                      ValueOf(*knowledge_, fact));
    return facts;
  }
  // A deployment on the enterprise's own premises, of a model made by `developer` from nothing.
  DeploymentFacts& Own(const std::string& id, const std::string& model) {
    supply.changes.hosts.push_back({"hosts/own", Fact<std::string>::None(), Country::Parse("FR")});
    DeploymentFacts& deployment = supply.Serving(id, model);
    deployment.mode = HostingMode::kSelfHosted;
    deployment.host = "hosts/own";
    deployment.intermediaries = Fact<std::vector<std::string>>::None();
    return deployment;
  }

  std::shared_ptr<const Graph> graph_;
  std::shared_ptr<const Knowledge> knowledge_;
  std::optional<EntityUse> use_;
};

TEST_F(EntityUseTest, FollowsDistillationAndSyntheticData) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  supply.Scratch("teacher", "lab");
  supply.Derived("student", {{"teacher", Relation::kDistilled}}).developer = "vendors/house";
  supply.Derived("taught", {{"student", Relation::kSyntheticData}}).developer = "vendors/house";
  Own("d", "taught");
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kTrue);
  EXPECT_THAT(Facts("d"), ElementsAre("deployments/d model models/taught",
                                      "models/taught derivations[0].base_model models/student",
                                      "models/student derivations[0].base_model models/teacher",
                                      "models/teacher developer vendors/lab"));
}

TEST_F(EntityUseTest, IsOfTheVendorWhatASubsidiaryRuns) {
  supply.Vendor("holding", "US");
  supply.Subsidiary("arm", "holding", "IE");
  supply.Vendor("maker", "FR");
  supply.Scratch("m", "maker");
  DeploymentFacts& deployment = Own("d", "m");
  deployment.mode = HostingMode::kThirdPartyHosted;
  deployment.operator_vendor = "vendors/arm";
  AskVendor("holding");
  EXPECT_THAT(Facts("d"),
              ElementsAre("deployments/d operator vendors/arm", "vendors/arm parent vendors/holding"));
  Ask(VendorEntity(*graph_, "maker"));
  EXPECT_THAT(Facts("d"), ElementsAre("deployments/d model models/m", "models/m developer vendors/maker"));
  Ask(CountryEntity("US"));
  EXPECT_EQ(Of("d"), Truth::kTrue);
  Ask(CountryEntity("CN"));
  EXPECT_EQ(Of("d"), Truth::kFalse);
}

TEST_F(EntityUseTest, UsesWhatWouldGoOnWithoutTheEntity) {
  supply.Vendor("lab", "CN");
  supply.Scratch("open", "lab").weights = Weights::kOpen;
  Own("d", "open").custody = Custody::kHeldVerified;
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kTrue);
}

TEST_F(EntityUseTest, NeverPassesWhatIsUnknown) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  supply.Model("m").developer = "vendors/house";  // Nobody says what it was made from.
  Own("d", "m");
  Own("any", "m").model.reset();
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kUnknown);
  EXPECT_THAT(Facts("d"), ElementsAre("models/m derivations "));
  EXPECT_EQ(Of("any"), Truth::kUnknown);
}

TEST_F(EntityUseTest, BoundsDecide) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  ModelFacts& model = supply.Model("m");
  model.developer = "vendors/house";
  model.knowledge.bounds.push_back({FactKind::kLineageDeveloper, {"vendors/house", "none"}});
  Own("d", "m");
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kFalse);
}

TEST_F(EntityUseTest, AnUnstatedBaseMayItselfBeMadeFromTheEntitys) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  supply.Scratch("teacher", "lab");
  supply.Derived("student", {{"teacher", Relation::kFineTune}}).developer = "vendors/house";
  ModelFacts& model = supply.Model("m");
  model.developer = "vendors/house";
  model.knowledge.bounds.push_back({FactKind::kLineageDeveloper, {"vendors/house", "none"}});
  Own("d", "m");
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kUnknown);  // It may be made from models/student.
}

TEST_F(EntityUseTest, ReadsAbsentListsAsNoneUnlessStrict) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  supply.Scratch("m", "house");
  Own("d", "m").intermediaries = {};
  AskVendor("lab");
  EXPECT_EQ(Of("d"), Truth::kFalse);
  Ask(VendorEntity(*graph_, "lab"), /*strict=*/true);
  EXPECT_EQ(Of("d"), Truth::kUnknown);
  EXPECT_EQ(use_->Explain(Find("d")).facts.size(), 2u);  // Intermediaries, and where the weights came from.
}

TEST_F(EntityUseTest, AnyAlternativeCounts) {
  supply.Vendor("lab", "CN");
  supply.Vendor("house", "FR");
  supply.Scratch("m", "house");
  supply.Scratch("theirs", "lab");
  Own("d", "m");
  Own("spare", "theirs");
  supply.Application("plain");
  supply.Application("covered");
  supply.Application("mute");
  supply.BusinessService("desk");
  supply.Needs("applications/plain", "chat", {"deployments/d"});
  supply.Needs("applications/covered", "chat", {"deployments/d", "deployments/spare"});
  supply.Needs("businessServices/desk", "apps", {"applications/covered"});
  AskVendor("lab");
  auto reach = UseReach::Create(*graph_, *use_, /*skip_undeclared=*/false);
  ASSERT_THAT(reach, IsOk());
  const auto of = [&](const char* name) { return reach->Of(*graph_->consumers().Find(name)); };
  EXPECT_EQ(of("applications/plain"), Truth::kFalse);
  EXPECT_EQ(of("applications/covered"), Truth::kTrue);
  EXPECT_EQ(of("businessServices/desk"), Truth::kTrue);
  EXPECT_EQ(of("applications/mute"), Truth::kUnknown);
  const auto way = reach->WayOf(*graph_->consumers().Find("businessServices/desk"));
  ASSERT_EQ(way.size(), 2u);
  EXPECT_EQ(way[1].alternative, 1u);
  auto skipped = UseReach::Create(*graph_, *use_, /*skip_undeclared=*/true);
  ASSERT_THAT(skipped, IsOk());
  EXPECT_EQ(skipped->Of(*graph_->consumers().Find("applications/mute")), Truth::kFalse);
}

// --- Every world that agrees with what is stated
// -------------------------------------------------------------

struct Tally {
  int proven = 0, refuted = 0, open = 0;
};

// Compares what is proven of the hidden world with what is true of the one behind it.
void Compare(const CompleteWorld& world, const Graph& graph, const Knowledge& knowledge, const Entity& entity,
             const std::string& text, bool strict, Tally& tally) {
  const EntityUse use(knowledge, entity, strict);
  const auto reach = UseReach::Create(graph, use, /*skip_undeclared=*/false);
  ASSERT_THAT(reach, IsOk());
  for (ConsumerIndex consumer : graph.consumers()) {
    const bool uses = world.Uses(std::string(graph.consumers().NameOf(consumer)), text);
    const Truth truth = reach->Of(consumer);
    if (truth == Truth::kUnknown) ++tally.open;
    if (truth == Truth::kFalse) {
      ++tally.refuted;
      EXPECT_FALSE(uses) << graph.consumers().NameOf(consumer) << " uses " << text;
    }
    if (truth != Truth::kTrue) continue;
    ++tally.proven;
    EXPECT_TRUE(uses) << graph.consumers().NameOf(consumer) << " does not use " << text;
    const UseReach::Step last = reach->WayOf(consumer).back();
    const Target target = graph.consumers()[last.consumer].group(last.group).target(last.alternative);
    ASSERT_FALSE(target.is_consumer());
    const UseReason reason = use.Explain(target.deployment());
    EXPECT_EQ(reason.truth, Truth::kTrue);
    ASSERT_FALSE(reason.facts.empty());
    for (const FactRef& fact : reason.facts) EXPECT_NE(ValueOf(knowledge, fact), "");
  }
}

void CompareAll(const CompleteWorld& world, const GraphChanges& stated, bool strict, Tally& tally) {
  const auto graph = Graph::Empty()->Apply(stated);
  ASSERT_THAT(graph, IsOk());
  const auto knowledge = Knowledge::Create(*graph);
  for (const char* code : kCountries)
    Compare(world, **graph, *knowledge, CountryEntity(code), code, strict, tally);
  for (VendorIndex vendor : (*graph)->vendors())
    Compare(world, **graph, *knowledge, {.vendor = vendor}, (*graph)->vendors()[vendor].name, strict, tally);
}

TEST(EntityUseProperties, WhatHoldsHoldsInEveryWorldThatAgreesWithWhatIsStated) {
  for (const bool strict : {false, true}) {
    Tally tally;
    for (uint32_t seed = 0; seed < 4000 && !testing::Test::HasFailure(); ++seed) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", strict " << strict);
      CompleteWorld world(seed);
      CompareAll(world, world.Hidden(strict), strict, tally);
    }
    EXPECT_GT(tally.proven, 1000);
    EXPECT_GT(tally.refuted, 1000);
    EXPECT_GT(tally.open, 1000);
  }
}

TEST(EntityUseProperties, NothingIsOpenWhereEverythingIsKnown) {
  Tally tally;
  for (uint32_t seed = 0; seed < 1000 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    CompleteWorld world(seed);
    // An absent source of weights is none only where nothing is read strictly.
    CompareAll(world, world.facts, /*strict=*/false, tally);
  }
  EXPECT_EQ(tally.open, 0);
  EXPECT_GT(tally.refuted, 300);
}

}  // namespace
}  // namespace linchpin::engine
