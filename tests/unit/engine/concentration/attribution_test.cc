#include "services/engine/concentration/attribution.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/concentration/split.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

Attribution Attributed(const Supply& supply, Basis basis, const Population& population = {}) {
  Attributor attributor(supply.Build());
  auto result = attributor.Attribute(basis, population);
  EXPECT_THAT(result, IsOk());
  return result.ok() ? *result : Attribution();
}

// Weight by id of the deployment, where there is some.
std::map<std::string, uint64_t> Weights(const Supply& supply, Basis basis,
                                        const Population& population = {}) {
  const auto graph = supply.Build();
  const Attribution attribution = Attributed(supply, basis, population);
  std::map<std::string, uint64_t> weights;
  for (DeploymentIndex index : graph->deployments()) {
    const uint64_t weight = attribution.by_deployment[index.value];
    if (weight > 0) weights[graph->deployments()[index].name.substr(12)] = weight;
  }
  return weights;
}

std::vector<std::string> Cyclic(const Supply& supply, const Attribution& attribution) {
  const auto graph = supply.Build();
  std::vector<std::string> names;
  for (ConsumerIndex index : attribution.cyclic) names.emplace_back(graph->consumers().NameOf(index));
  return names;
}

TEST(Attributor, ForgetsTheErrorOfABasisBeforeTheNext) {
  Supply supply;
  supply.Deployment("d");
  supply.Application("a");
  // In requests a record passes 2^63 and, before that is told, the weight 2^56.
  supply.Needs("applications/a", "x", {"deployments/d"}).alternatives[0].usage = {.requests = INT64_MAX,
                                                                                  .window_seconds = 1};
  supply.Needs("applications/a", "y", {"deployments/d"}).usage = {.requests = 1LL << 57,
                                                                  .window_seconds = 30 * 86'400};
  supply.Needs("applications/a", "z", {"deployments/d"}).usage = {.spend_minor = 5,
                                                                  .window_seconds = 30 * 86'400};
  Attributor attributor(supply.Build());
  EXPECT_THAT(attributor.Attribute(Basis::kRequests), ::testing::Not(IsOk()));
  const auto spend = attributor.Attribute(Basis::kSpend);
  ASSERT_THAT(spend, IsOk());
  EXPECT_EQ(spend->total, 5u);
}

Supply ThreeDeployments() {
  Supply supply;
  for (const char* id : {"d1", "d2", "d3"}) supply.Deployment(id);
  return supply;
}

TEST(Split, FloorsAndGivesTheRestToTheFirstWithAShare) {
  std::vector<uint64_t> parts;
  Split(10, {0, 1, 1, 1}, parts);
  EXPECT_THAT(parts, ElementsAre(0, 4, 3, 3));
  Split(1'000'000, {90, 10}, parts);
  EXPECT_THAT(parts, ElementsAre(900'000, 100'000));
  Split(5, {1, 1, 5}, parts);  // 0.71, 0.71, 3.57: two are missing.
  EXPECT_THAT(parts, ElementsAre(1, 1, 3));
  Split((1ULL << 62) + 1, {1ULL << 62, 1ULL << 62}, parts);
  EXPECT_THAT(parts, ElementsAre((1ULL << 61) + 1, 1ULL << 61));
}

TEST(Attribution, SplitsAnApplicationEvenlyOverItsEssentialDependencies) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Needs("applications/a", "c", {"deployments/d3"});
  supply.Needs("applications/a", "a", {"deployments/d1"});
  supply.Needs("applications/a", "b", {"deployments/d2"});
  // 1,000,000 over three, the odd one to the first by id.
  EXPECT_THAT(Weights(supply, Basis::kApplications),
              ElementsAre(Pair("d1", 333'334), Pair("d2", 333'333), Pair("d3", 333'333)));
}

TEST(Attribution, LeavesOutDependenciesThatAreNotEssentialUnlessNoneIs) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Needs("applications/a", "x", {"deployments/d1"}).essential = false;
  supply.Needs("applications/a", "y", {"deployments/d2"}).essential = false;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 500'000), Pair("d2", 500'000)));
  supply.Needs("applications/a", "z", {"deployments/d3"});
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d3", 1'000'000)));
}

TEST(Attribution, WeighsCriticalityByTheWeight) {
  Supply supply = ThreeDeployments();
  supply.Application("a", 1);
  supply.Application("b", 4);
  supply.Application("c", 2).continuity.weight = 5;
  supply.Needs("applications/a", "x", {"deployments/d1"});
  supply.Needs("applications/b", "x", {"deployments/d2"});
  supply.Needs("applications/c", "x", {"deployments/d3"});
  EXPECT_THAT(Weights(supply, Basis::kCriticality),
              ElementsAre(Pair("d1", 8'000'000), Pair("d2", 1'000'000), Pair("d3", 5'000'000)));
}

TEST(Attribution, CountsANinetyTenSplitAsSuch) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group = supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"});
  group.alternatives[0].usage = InThirtyDays(90);
  group.alternatives[1].usage = InThirtyDays(10);
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 900'000), Pair("d2", 100'000)));
  EXPECT_THAT(Weights(supply, Basis::kRequests), ElementsAre(Pair("d1", 90), Pair("d2", 10)));
}

TEST(Attribution, TakesRequestsBeforeTokensBeforeSpend) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group = supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"});
  group.alternatives[0].usage = InThirtyDays(0, 1, 30);
  group.alternatives[1].usage = InThirtyDays(0, 3, 10);
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 250'000), Pair("d2", 750'000)));
  supply.changes.groups[0].alternatives[0].usage.tokens = Usage::kAbsent;
  supply.changes.groups[0].alternatives[1].usage.tokens = 0;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 750'000), Pair("d2", 250'000)));
  supply.changes.groups[0].alternatives[1].usage.requests = 1;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d2", 1'000'000)));
}

TEST(Attribution, ScalesEachRecordByItsWindowAndFloorsIt) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group = supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"});
  group.alternatives[0].usage = {.requests = 10, .window_seconds = 7 * 86'400};  // 42.86
  group.alternatives[1].usage = {.requests = 1, .window_seconds = 31 * 86'400};  // 0.97
  EXPECT_THAT(Weights(supply, Basis::kRequests), ElementsAre(Pair("d1", 42)));
}

TEST(Attribution, FloorsARecordAwayBeforeItAsksForUse) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group = supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"});
  group.alternatives[1].usage = {.requests = 1, .window_seconds = 31 * 86'400};
  // Nothing is left of the use of d2, so the flows decide: all on the primary.
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'000'000)));
}

TEST(Attribution, GivesAnIdleFallbackNothing) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"});
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'000'000)));
}

TEST(Attribution, FollowsFlowsWhereSharesLimitThem) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group =
      supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2", "deployments/d3"});
  group.alternatives[0].share_ppm = 600'000;
  group.alternatives[1].share_ppm = 300'000;
  EXPECT_THAT(Weights(supply, Basis::kApplications),
              ElementsAre(Pair("d1", 600'000), Pair("d2", 300'000), Pair("d3", 100'000)));
}

TEST(Attribution, GivesNothingToWhatNeedsTimeOrAnUnknownTime) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group =
      supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2", "deployments/d3"});
  group.alternatives[0].share_ppm = 600'000;
  group.alternatives[1].switch_seconds.reset();
  group.alternatives[2].switch_seconds = 60;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'000'000)));
  supply.changes.groups[0].alternatives[1].activation = Activation::kAutomatic;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 600'000), Pair("d2", 400'000)));
}

TEST(Attribution, ServesFinitePoolsInOrderOfPriority) {
  Supply supply = ThreeDeployments();
  supply.changes.deployments[0].capacity_units = 15;
  supply.Application("late", 2);
  supply.Application("first", 1);
  for (const char* consumer : {"applications/late", "applications/first"}) {
    supply.Needs(consumer, "x", {"deployments/d1", "deployments/d2"}).units = 10;
  }
  // first: 10 from d1; late: 5 from d1, 5 from d2.
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'500'000), Pair("d2", 500'000)));
}

TEST(Attribution, GivesTheFirstAlternativeWhatFlowsNowhere) {
  Supply supply = ThreeDeployments();
  supply.changes.deployments[0].capacity_units = 0;
  supply.Application("a");
  supply.Needs("applications/a", "x", {"deployments/d1", "deployments/d2"})
      .alternatives[1]
      .switch_seconds.reset();
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'000'000)));
}

TEST(Attribution, PassesThroughConsumersAndAddsUpBeforeItSplits) {
  Supply supply = ThreeDeployments();
  for (const char* id : {"a", "b", "platform"}) supply.Application(id);
  for (const char* id : {"a", "b"})
    supply.Needs(std::string("applications/") + id, "x", {"applications/platform"});
  for (const char* id : {"1", "2", "3"}) {
    supply.Needs("applications/platform", std::string("x") + id, {std::string("deployments/d") + id});
  }
  // Three applications, 3,000,000, split at once: no odd ones.
  EXPECT_THAT(Weights(supply, Basis::kApplications),
              ElementsAre(Pair("d1", 1'000'000), Pair("d2", 1'000'000), Pair("d3", 1'000'000)));
}

TEST(Attribution, CountsBusinessServicesWhenAsked) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.BusinessService("s");
  supply.Needs("applications/a", "x", {"deployments/d1"});
  supply.Needs("businessServices/s", "x", {"applications/a"});
  EXPECT_EQ(Attributed(supply, Basis::kApplications).population, 1);
  EXPECT_EQ(Attributed(supply, Basis::kApplications).total, 1'000'000u);
  const Attribution both =
      Attributed(supply, Basis::kApplications, {.business_services = true, .consumer = {}, .dependency = {}});
  EXPECT_EQ(both.population, 2);
  EXPECT_EQ(both.total, 2'000'000u);
}

TEST(Attribution, LeavesOutAlternativesInTheConsumersOwnCycleAndListsIt) {
  Supply supply = ThreeDeployments();
  for (const char* id : {"a", "b", "c"}) supply.Application(id);
  supply.Needs("applications/a", "x", {"applications/b", "deployments/d1"});
  supply.Needs("applications/b", "x", {"applications/a", "deployments/d2"});
  supply.Needs("applications/c", "x", {"applications/a"});
  const Attribution result = Attributed(supply, Basis::kApplications);
  EXPECT_THAT(Cyclic(supply, result), ElementsAre("applications/a", "applications/b"));
  EXPECT_THAT(Weights(supply, Basis::kApplications),
              ElementsAre(Pair("d1", 2'000'000), Pair("d2", 1'000'000)));
}

TEST(Attribution, ListsOnlyCyclesThatWeightReaches) {
  Supply supply = ThreeDeployments();
  supply.BusinessService("s");
  supply.Needs("businessServices/s", "x", {"businessServices/s", "deployments/d1"});
  EXPECT_TRUE(Attributed(supply, Basis::kApplications).cyclic.empty());
  supply.Application("a");
  supply.Needs("applications/a", "x", {"businessServices/s"});
  EXPECT_THAT(Cyclic(supply, Attributed(supply, Basis::kApplications)), ElementsAre("businessServices/s"));
}

TEST(Attribution, LeavesADependencyOutBeforeItAsksWhichAreEssential) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Needs("applications/a", "self", {"applications/a"});
  supply.Needs("applications/a", "x", {"deployments/d1"}).essential = false;
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d1", 1'000'000)));
}

TEST(Attribution, LetsTheUseOfTheOthersDecideWhenTheCycleIsLeftOut) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group =
      supply.Needs("applications/a", "x", {"applications/a", "deployments/d1", "deployments/d2"});
  group.alternatives[0].usage = InThirtyDays(100);
  group.alternatives[2].usage = InThirtyDays(1);
  EXPECT_THAT(Weights(supply, Basis::kApplications), ElementsAre(Pair("d2", 1'000'000)));
}

TEST(Attribution, ReportsWeightThatEndsNowhere) {
  Supply supply = ThreeDeployments();
  for (const char* id : {"a", "b", "c"}) supply.Application(id);
  supply.Needs("applications/a", "x", {"applications/b"});  // b has no dependency.
  supply.Needs("applications/c", "x", {"applications/c"});  // Nor has c, once its cycle is left out.
  const Attribution result = Attributed(supply, Basis::kApplications);
  EXPECT_EQ(result.unattributed, 3'000'000u);
  EXPECT_EQ(result.total, 0u);
  EXPECT_EQ(result.population, 3);
}

TEST(Attribution, TakesTheUsageOfADependencyElseTheSumOfItsAlternatives) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Needs("applications/a", "own", {"deployments/d1", "deployments/d2"}).usage = InThirtyDays(7, 70);
  GroupFacts& parts = supply.Needs("applications/a", "parts", {"deployments/d2", "deployments/d3"});
  parts.alternatives[0].usage = InThirtyDays(2);
  parts.alternatives[1].usage = InThirtyDays(3);
  GroupFacts& both = supply.Needs("applications/a", "both", {"deployments/d1", "deployments/d3"});
  both.usage = InThirtyDays(100);
  both.alternatives[0].usage = InThirtyDays(1);
  both.alternatives[1].usage = InThirtyDays(3);
  EXPECT_THAT(Weights(supply, Basis::kRequests),
              ElementsAre(Pair("d1", 7 + 25), Pair("d2", 2), Pair("d3", 3 + 75)));
  const Attribution tokens = Attributed(supply, Basis::kTokens);
  EXPECT_EQ(tokens.total, 70u);
  EXPECT_EQ(tokens.unmeasured, 2);
}

TEST(Attribution, LeavesOutThePartOfUsageThatGoesToAConsumer) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Application("b");
  GroupFacts& mixed = supply.Needs("applications/a", "mixed", {"applications/b", "deployments/d1"});
  mixed.usage = InThirtyDays(10);
  mixed.alternatives[0].usage = InThirtyDays(4);
  mixed.alternatives[1].usage = InThirtyDays(1);
  EXPECT_THAT(Weights(supply, Basis::kRequests), ElementsAre(Pair("d1", 2)));
}

TEST(Attribution, CountsAsUnmeasuredOnlyWhatHasADeployment) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Application("b");
  supply.Needs("applications/a", "consumer", {"applications/b"});
  supply.Needs("applications/a", "dark", {"deployments/d1", "applications/b"});
  supply.Needs("applications/a", "zero", {"deployments/d1"}).usage = InThirtyDays(0);
  const Attribution result = Attributed(supply, Basis::kRequests);
  EXPECT_EQ(result.unmeasured, 1);
  EXPECT_EQ(result.total, 0u);
}

TEST(Attribution, WeighsOnlyThePopulation) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Application("b");
  supply.Needs("applications/a", "x", {"applications/b"});
  supply.Needs("applications/b", "x", {"deployments/d1"});
  supply.Needs("applications/b", "y", {"deployments/d2"});
  const ConsumerIndex a = *supply.Build()->consumers().Find("applications/a");
  Population only_a{.business_services = false,
                    .consumer = [a](ConsumerIndex index) { return index == a; },
                    .dependency = {}};
  EXPECT_THAT(Weights(supply, Basis::kApplications, only_a),
              ElementsAre(Pair("d1", 500'000), Pair("d2", 500'000)));
  EXPECT_EQ(Attributed(supply, Basis::kApplications, only_a).population, 1);
}

TEST(Attribution, SendsAConsumersOwnWeightToTheSelectedDependencies) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  supply.Application("b");
  supply.Needs("applications/a", "x", {"applications/b"});
  supply.Needs("applications/b", "x", {"deployments/d1"});
  supply.Needs("applications/b", "y", {"deployments/d2"});
  const auto graph = supply.Build();
  Population only_x{
      .business_services = false, .consumer = {}, .dependency = [&](ConsumerIndex index, uint32_t ordinal) {
        return graph->consumers()[index].group(ordinal).id() == "x";
      }};
  // b's own weight goes to x; that of a passes through b and follows both.
  EXPECT_THAT(Weights(supply, Basis::kApplications, only_x),
              ElementsAre(Pair("d1", 1'500'000), Pair("d2", 500'000)));
  supply.Application("unselected");
  supply.Needs("applications/unselected", "y", {"deployments/d3"});
  const auto larger = supply.Build();
  only_x.dependency = [&](ConsumerIndex index, uint32_t ordinal) {
    return larger->consumers()[index].group(ordinal).id() == "x";
  };
  EXPECT_EQ(Attributed(supply, Basis::kApplications, only_x).population, 2);
}

TEST(Attribution, RefusesAFigureThatDoesNotFit) {
  Supply supply = ThreeDeployments();
  supply.Application("a");
  GroupFacts& group = supply.Needs("applications/a", "x", {"deployments/d1"});
  group.usage = InThirtyDays((1LL << 56) - 1);
  EXPECT_EQ(Attributed(supply, Basis::kRequests).total, (1ULL << 56) - 1);
  supply.changes.groups[0].usage = InThirtyDays(1LL << 56);
  auto refused = Attributor(supply.Build()).Attribute(Basis::kRequests);
  EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("2^56"));
  supply.changes.groups[0].usage = {.requests = INT64_MAX, .window_seconds = 1};
  EXPECT_THAT(Attributor(supply.Build()).Attribute(Basis::kRequests),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(Attribution, RefusesCriticalitiesThatAddUpTooFar) {
  Supply supply = ThreeDeployments();
  for (int i = 0; i < 17; ++i) {
    const std::string id = "a" + std::to_string(i);
    supply.Application(id).continuity.weight = kCriticalityMax;
    supply.Needs("applications/" + id, "x", {"deployments/d1"});
  }
  EXPECT_THAT(Attributor(supply.Build()).Attribute(Basis::kCriticality),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST(Attribution, OfAnEmptyGraphIsEmpty) {
  const Attribution result = Attributed(Supply(), Basis::kApplications);
  EXPECT_EQ(result.population, 0);
  EXPECT_EQ(result.total, 0u);
}

}  // namespace
}  // namespace linchpin::engine
