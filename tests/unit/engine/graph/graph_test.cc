#include "services/engine/graph/graph.h"

#include <algorithm>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/graph/lineage.h"
#include "tests/support/graph_maker.h"
#include "tests/support/graph_text.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

GraphMaker TwoApis() {
  GraphMaker world;
  world.Api("dA", "A", "US");
  world.Api("dB", "B", "FR");
  world.App("x").Needs({"dA", "dB"});
  world.App("y").Needs({"x"});
  return world;
}

absl::Status Refusal(const GraphMaker& world) { return world.TryBuild().status(); }

TEST(Graph, FindsThingsByNameAndAnswersWhoDependsOnWhat) {
  const auto graph = TwoApis().Build();
  EXPECT_EQ(graph->revision(), 1);
  const auto x = graph->consumers().Find("x");
  ASSERT_TRUE(x.has_value());
  EXPECT_FALSE(graph->consumers().Find("z").has_value());
  const GroupView group = graph->consumers()[*x].group(0);
  EXPECT_EQ(group.id(), "g00");
  EXPECT_EQ(graph->NameOf(group.target(1)), "dB");
  std::vector<std::string> on_x;
  graph->ForEachDependent(
      Target(*x), [&](const Dependent& d) { on_x.emplace_back(graph->consumers().NameOf(d.consumer())); });
  EXPECT_THAT(on_x, ElementsAre("y"));
}

TEST(Graph, KeepsGroupsInBytewiseOrderOfTheirIds) {
  GraphMaker world = TwoApis();
  GraphChanges changes = world.Changes();
  for (const char* id : {"b", "B", "a-1", "a"}) {
    changes.groups.push_back({.consumer = "y", .id = id, .alternatives = {Alt("dA").facts()}});
  }
  const auto graph = Graph::Empty()->Apply(changes);
  ASSERT_THAT(graph, IsOk());
  const ConsumerView y = (*graph)->consumers()[*(*graph)->consumers().Find("y")];
  std::vector<std::string> ids;
  for (uint32_t g = 0; g < y.group_count(); ++g) ids.emplace_back(y.group(g).id());
  EXPECT_THAT(ids, ElementsAre("B", "a", "a-1", "b", "g00"));
}

TEST(Graph, TakesAbsentContinuityFromTheTierAndSaysSo) {
  GraphMaker world;
  world.App("gold").facts() = {.name = "gold", .tier = 1, .continuity = {.weight = 5}};
  world.App("none").facts() = {.name = "none", .continuity = {}};
  const auto graph = world.Build();
  const ConsumerRecord gold = graph->consumers()[*graph->consumers().Find("gold")].record();
  EXPECT_EQ(gold.priority, 100);
  EXPECT_EQ(gold.weight, 5);
  EXPECT_EQ(gold.min_viable_ppm, 800'000);
  EXPECT_EQ(gold.recovery_time_objective_seconds, 4 * kHour);
  EXPECT_EQ(gold.max_tolerable_downtime_seconds, 24 * kHour);
  EXPECT_EQ(gold.derived, kPriorityDerived | kMinViableDerived | kRecoveryTimeDerived | kDowntimeDerived);
  EXPECT_FALSE(gold.rests_on_unknown_tier());
  EXPECT_FALSE(gold.loss_is_priced);
  const ConsumerRecord none = graph->consumers()[*graph->consumers().Find("none")].record();
  EXPECT_EQ(none.priority, 300);
  EXPECT_EQ(none.weight, 2);
  EXPECT_EQ(none.min_viable_ppm, 1);
  EXPECT_TRUE(none.rests_on_unknown_tier());
}

TEST(Graph, TakesAbsentSwitchTimeFromTheActivation) {
  GraphMaker world = TwoApis();
  AlternativeFacts alternative{.target = "dB", .activation = Activation::kReengineering};
  GraphChanges changes = world.Changes();
  changes.groups.push_back(
      {.consumer = "y", .id = "n", .alternatives = {Alt("dA").facts(), alternative, {.target = "x"}}});
  const auto graph = Graph::Empty()->Apply(changes);
  ASSERT_THAT(graph, IsOk());
  const GroupView group = (*graph)->consumers()[*(*graph)->consumers().Find("y")].group(1);
  EXPECT_EQ(group.alternative(1).switch_seconds, 2'592'000);
  EXPECT_TRUE(group.alternative(1).assumed & kSwitchFromActivation);
  EXPECT_EQ(group.alternative(2).switch_seconds, AlternativeTerms::kUnknownSwitch);
}

TEST(Graph, DerivesTheOriginFromTheDeveloperAndNotFromItsParent) {
  GraphMaker world;
  world.Vendor("P", "US");
  world.Vendor("A", "FR").parent = "P";
  world.Vendor("N").country.reset();
  world.Closed("derived", "A");
  world.Closed("stated", "A").origin = Country::Parse("CN");
  world.Closed("unknown", "N");
  const auto graph = world.Build();
  auto origin = [&](std::string_view name) { return graph->OriginOf(*graph->models().Find(name)); };
  EXPECT_EQ(origin("derived").country, Country::Parse("FR"));
  EXPECT_TRUE(origin("derived").derived);
  EXPECT_EQ(origin("stated").country, Country::Parse("CN"));
  EXPECT_FALSE(origin("stated").derived);
  EXPECT_FALSE(origin("unknown").country.has_value());
}

TEST(Graph, LeavesTheOldRevisionAsItWas) {
  const auto before = TwoApis().Build();
  const std::string text = Describe(*before);
  GraphChanges changes;
  changes.revision = 2;
  changes.groups.push_back({.consumer = "x", .id = "g00", .units = 7, .alternatives = {Alt("dB").facts()}});
  const auto after = before->Apply(changes);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(Describe(*before), text);
  EXPECT_NE(Describe(**after), text);
  EXPECT_FALSE((*after)->HasDependents(Target(*(*after)->deployments().Find("dA"))));
}

TEST(Graph, KeepsIndexesOverChangesAndReusesThoseOfDeletedThings) {
  const auto before = TwoApis().Build();
  const ConsumerIndex x = *before->consumers().Find("x"), y = *before->consumers().Find("y");
  GraphChanges remove;
  remove.deleted_consumers = {"y"};
  const auto without = before->Apply(remove);
  ASSERT_THAT(without, IsOk());
  EXPECT_FALSE((*without)->consumers().IsLive(y));
  EXPECT_EQ((*without)->consumers().size(), 1u);
  EXPECT_FALSE((*without)->HasDependents(Target(x)));
  GraphChanges add;
  add.consumers.push_back({.name = "z"});
  const auto with = (*without)->Apply(add);
  ASSERT_THAT(with, IsOk());
  EXPECT_EQ(*(*with)->consumers().Find("x"), x);
  EXPECT_EQ(*(*with)->consumers().Find("z"), y);
}

TEST(Graph, RefusesToDeleteWhatIsStillReferredTo) {
  const auto graph = TwoApis().Build();
  GraphChanges deployment, vendor, consumer;
  deployment.deleted_deployments = {"dB"};
  vendor.deleted_vendors = {"A"};
  consumer.deleted_consumers = {"x"};
  for (const GraphChanges& changes : {deployment, vendor, consumer}) {
    const auto refused = graph->Apply(changes);
    EXPECT_THAT(refused, StatusIs(absl::StatusCode::kFailedPrecondition));
  }
  EXPECT_THAT(std::string(graph->Apply(deployment).status().message()),
              HasSubstr("dB is still a target of x"));
}

TEST(Graph, DeletesAThingTogetherWithWhatRefersToIt) {
  const auto graph = TwoApis().Build();
  GraphChanges changes;
  changes.deleted_consumers = {"x", "y"};
  changes.deleted_deployments = {"dA"};
  changes.deleted_models = {"mdA"};
  changes.deleted_hosts = {"hA"};
  changes.deleted_vendors = {"A"};
  const auto after = graph->Apply(changes);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ((*after)->vendors().size(), 1u);
  EXPECT_EQ((*after)->consumers().size(), 0u);
}

TEST(Graph, RefusesWhatTheModelRejects) {
  GraphMaker dangling = TwoApis();
  dangling.App("x").Needs({"dZ"});
  EXPECT_THAT(std::string(Refusal(dangling).message()), HasSubstr("dZ, which is not in the inventory"));

  GraphMaker rising = TwoApis();
  rising.App("x").Needs({Alt("dA").Quality(1), Alt("dB").Quality(2)});
  EXPECT_THAT(std::string(Refusal(rising).message()), HasSubstr("quality rises at dB"));

  GraphMaker empty = TwoApis();
  empty.App("x").Needs({});
  EXPECT_THAT(std::string(Refusal(empty).message()), HasSubstr("at least one alternative"));

  GraphMaker parents;
  parents.Vendor("A").parent = "B";
  parents.Vendor("B").parent = "A";
  EXPECT_THAT(std::string(Refusal(parents).message()), HasSubstr("parents form a cycle"));

  GraphMaker models;
  models.Derive(models.Closed("m", "A"), "n", Relation::kSyntheticData);
  models.Derive(models.Closed("n", "A"), "m");
  EXPECT_THAT(std::string(Refusal(models).message()), HasSubstr("derivations form a cycle"));

  GraphMaker stranger = TwoApis();
  stranger.Api("dC", "A", "US", "mdB");
  EXPECT_THAT(std::string(Refusal(stranger).message()), HasSubstr("have no owner in common"));
  stranger.Vendor("B").parent = Fact<std::string>::Unknown();
  EXPECT_THAT(Refusal(stranger), IsOk());
  stranger.Vendor("B").parent = "A";
  EXPECT_THAT(Refusal(stranger), IsOk());

  GraphMaker self = TwoApis();
  self.SelfHosted("own", "mdA").operator_vendor = "A";
  EXPECT_THAT(std::string(Refusal(self).message()),
              HasSubstr("must be absent when the deployment is self-hosted"));
}

TEST(Graph, RefusesNumbersBeyondTheirBoundsAndTakesThoseAtThem) {
  struct Case {
    const char* field;
    int64_t inside;
    int64_t outside;
    std::function<void(GroupFacts&, int64_t)> set;
  };
  const Case cases[] = {
      {"units", 1, 0, [](GroupFacts& g, int64_t v) { g.units = v; }},
      {"units", kUnitsMax, kUnitsMax + 1, [](GroupFacts& g, int64_t v) { g.units = v; }},
      {"bridge", kSecondsMax, kSecondsMax + 1, [](GroupFacts& g, int64_t v) { g.bridge_seconds = v; }},
      {"bridge", 0, -1, [](GroupFacts& g, int64_t v) { g.bridge_seconds = v; }},
      {"weight_ppm", kOne, kOne + 1, [](GroupFacts& g, int64_t v) { g.weight_ppm = v; }},
      {"quality_ppm", kOne, kOne + 1, [](GroupFacts& g, int64_t v) { g.alternatives[0].quality_ppm = v; }},
      {"share_ppm", 0, -1, [](GroupFacts& g, int64_t v) { g.alternatives[0].share_ppm = v; }},
      {"switch_duration", 0, -1, [](GroupFacts& g, int64_t v) { g.alternatives[0].switch_seconds = v; }},
  };
  for (const Case& item : cases) {
    GraphMaker world = TwoApis();
    GroupFacts& group = world.App("x").Needs({"dA"}).facts();
    item.set(group, item.inside);
    EXPECT_THAT(Refusal(world), IsOk()) << item.field;
    item.set(group, item.outside);
    EXPECT_THAT(std::string(Refusal(world).message()), HasSubstr(item.field));
  }
  GraphMaker world = TwoApis();
  std::vector<Alt> alternatives(kAlternativesPerGroupMax, Alt("dA"));
  world.App("x").Needs(alternatives);
  EXPECT_THAT(Refusal(world), IsOk());
  alternatives.push_back("dA");
  world.App("x").Needs(alternatives);
  EXPECT_THAT(std::string(Refusal(world).message()), HasSubstr("more than 256 alternatives"));
}

TEST(Graph, KeepsObservedUsageBesideTheGroupsOverChangesOfOthers) {
  GraphMaker world = TwoApis();
  GraphChanges changes = world.Changes();
  GroupFacts measured{.consumer = "y", .id = "m", .alternatives = {Alt("dA").facts(), Alt("dB").facts()}};
  measured.usage = {.requests = 10, .window_seconds = 60};
  measured.alternatives[1].usage = {.tokens = 0, .window_seconds = 60};
  changes.groups.push_back(measured);
  auto graph = *Graph::Empty()->Apply(changes);
  GraphChanges other;
  other.groups.push_back({.consumer = "x", .id = "extra", .alternatives = {Alt("dA").facts()}});
  graph = *graph->Apply(other);
  const GroupView group = graph->consumers()[*graph->consumers().Find("y")].group(1);
  ASSERT_EQ(group.id(), "m");
  EXPECT_EQ(group.usage(), measured.usage);
  EXPECT_TRUE(group.usage(0).empty());
  EXPECT_EQ(group.usage(1), measured.alternatives[1].usage);
  measured.usage.window_seconds = Usage::kAbsent;
  changes.groups.back() = measured;
  EXPECT_THAT(std::string(Graph::Empty()->Apply(changes).status().message()), HasSubstr("window"));
}

// A thousand random changes one by one must give the graph that the final facts give at once.
TEST(Graph, AppliedInStepsEqualsBuiltAtOnce) {
  std::mt19937 random(7);
  auto pick = [&random](int n) { return static_cast<int>(random() % n); };
  GraphMaker base;
  for (int d = 0; d < 40; ++d) base.Api("d" + std::to_string(d), "V" + std::to_string(d % 5));
  std::map<std::string, ConsumerFacts> consumers;
  std::map<std::pair<std::string, std::string>, GroupFacts> groups;
  auto graph = base.Build();
  for (int step = 0; step < 1500; ++step) {
    GraphChanges change;
    const std::string name = "c" + std::to_string(pick(600));
    if (!consumers.contains(name) || pick(10) == 0) {
      ConsumerFacts facts{.name = name, .tier = 1 + pick(4)};
      consumers[name] = facts;
      change.consumers.push_back(facts);
    }
    const std::string id = "n" + std::to_string(pick(6));
    if (pick(4) == 0) {
      groups.erase({name, id});
      change.deleted_groups.emplace_back(name, id);
    } else {
      GroupFacts facts{.consumer = name, .id = id, .units = 1 + pick(30)};
      for (int k = 1 + pick(3); k > 0; --k) {
        const auto other = std::next(consumers.begin(), pick(static_cast<int>(consumers.size())));
        facts.alternatives.push_back(
            {.target = pick(3) == 0 ? other->first : "d" + std::to_string(pick(pick(2) ? 2 : 40)),
             .switch_seconds = pick(5) * 60});
        if (pick(20) == 0) facts.alternatives.back().usage = {.tokens = pick(9), .window_seconds = 60};
      }
      groups[{name, id}] = facts;
      change.groups.push_back(facts);
    }
    auto next = graph->Apply(change);
    ASSERT_THAT(next, IsOk());
    graph = *next;
  }
  GraphChanges all = base.Changes();
  for (const auto& [name, facts] : consumers) all.consumers.push_back(facts);
  for (const auto& [key, facts] : groups) all.groups.push_back(facts);
  const auto at_once = Graph::Empty()->Apply(all);
  ASSERT_THAT(at_once, IsOk());
  EXPECT_EQ(Describe(*graph), Describe(**at_once));
}

TEST(Graph, PagesALongListOfDependents) {
  GraphMaker world;
  world.Api("dA", "A");
  GraphChanges changes = world.Changes();
  constexpr int kConsumers = 6000;
  for (int c = 0; c < kConsumers; ++c) {
    changes.consumers.push_back({.name = "c" + std::to_string(c)});
    changes.groups.push_back(
        {.consumer = "c" + std::to_string(c), .id = "n", .alternatives = {Alt("dA").facts()}});
  }
  auto graph = *Graph::Empty()->Apply(changes);
  for (int c = 0; c < kConsumers; c += 2) {
    GraphChanges remove;
    remove.deleted_groups = {{"c" + std::to_string(c), "n"}};
    graph = *graph->Apply(remove);
  }
  int count = 0;
  uint32_t last = 0;
  graph->ForEachDependent(Target(*graph->deployments().Find("dA")), [&](const Dependent& dependent) {
    ++count;
    EXPECT_TRUE(count == 1 || dependent.consumer().value > last);
    last = dependent.consumer().value;
  });
  EXPECT_EQ(count, kConsumers / 2);
}

TEST(Lineage, FollowsWhatTheReachCarries) {
  GraphMaker world;
  world.Open("base", "A");
  world.Open("teacher", "A");
  world.Open("data", "A");
  ModelFacts& tune = world.Open("tune", "A");
  tune.derivations = std::vector<DerivationFacts>{
      {"base", Relation::kQuantised}, {"teacher", Relation::kDistilled}, {"data", Relation::kSyntheticData}};
  const auto graph = world.Build();
  auto names = [&](Reach reach) {
    std::vector<std::string> out;
    for (const LineageMember& m : LineageOf(*graph, *graph->models().Find("tune"), reach)) {
      out.push_back(graph->models()[m.model].name);
    }
    return out;
  };
  EXPECT_THAT(names(Reach::kDirect), ElementsAre("tune"));
  EXPECT_THAT(names(Reach::kWeights), ElementsAre("tune", "base"));
  EXPECT_THAT(names(Reach::kDistilled), ElementsAre("tune", "base", "teacher"));
}

TEST(Lineage, IsCertainOverAnyCertainWayAndUnknownOtherwise) {
  GraphMaker world;
  world.Open("root", "A").derivations = Fact<std::vector<DerivationFacts>>::Unknown();
  world.Derive(world.Open("mid", "A"), "root");
  ModelFacts& tune = world.Open("tune", "A");
  tune.derivations = std::vector<DerivationFacts>{{"root", std::nullopt}, {"mid", std::nullopt}};
  ModelFacts& twice = world.Open("twice", "A");
  twice.derivations = std::vector<DerivationFacts>{{"root", std::nullopt}, {"mid", Relation::kMerge}};
  const auto graph = world.Build();
  for (const LineageMember& m : LineageOf(*graph, *graph->models().Find("tune"), Reach::kWeights)) {
    const bool self = graph->models()[m.model].name == "tune";
    EXPECT_EQ(m.member, self ? Truth::kTrue : Truth::kUnknown);
  }
  for (const LineageMember& m : LineageOf(*graph, *graph->models().Find("twice"), Reach::kWeights)) {
    EXPECT_EQ(m.member, Truth::kTrue);
    EXPECT_EQ(m.open, graph->models()[m.model].name == "root");
  }
}

}  // namespace
}  // namespace linchpin::engine
