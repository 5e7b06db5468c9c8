// Routes in the graph: read from documents, passed through by weight and by loss, counted as nobody, unless
// they stand in.
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/graph/counted.h"
#include "services/engine/graph/graph_builder.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Three applications on one route on dA, one on dB directly.
GraphMaker OneRoute() {
  GraphMaker world;
  world.Api("dA", "A");
  world.Api("dB", "B");
  world.Route("routes/r").Needs({"dA"});
  for (const char* app : {"a1", "a2", "a3"}) world.App(app).Needs({"routes/r"});
  world.App("b").Needs({"dB"});
  return world;
}

std::vector<std::string> Names(const Graph& graph, const std::vector<ConsumerIndex>& consumers) {
  std::vector<std::string> names;
  for (ConsumerIndex index : consumers) names.emplace_back(graph.consumers().NameOf(index));
  return names;
}

// Who is impaired by the exit of a vendor.
std::vector<std::string> ImpairedBy(const GraphMaker& world, const std::string& vendor) {
  const auto plan = *EvaluationPlan::Create(world.Build());
  const Cutoff exit{.id = "exit", .kind = CutoffKind::kVendorExit, .target = vendor};
  const auto result = Simulate(*plan, {{exit}, kDay});
  EXPECT_THAT(result, IsOk());
  return result.ok() ? Names(plan->graph(), result->proven.impacted) : std::vector<std::string>();
}

double ShareOf(const GraphMaker& world, const std::string& vendor, int64_t population) {
  const auto graph = world.Build();
  Attributor attributor(graph);
  const auto attribution = attributor.Attribute(Basis::kApplications);
  EXPECT_THAT(attribution, IsOk());
  EXPECT_EQ(attribution->population, population);
  const auto knowledge = Knowledge::Create(graph);
  for (const WeightedGroup& group : Concentrate(*knowledge, *attribution, Dimension::kOperator).groups) {
    if (group.key == vendor) return Fraction{group.weight, attribution->total}.ToDouble();
  }
  return 0;
}

TEST(Routes, AreReadWithOneGroupAndWithoutWeightOrTier) {
  inventory::v1::Route document;
  ASSERT_TRUE(
      google::protobuf::TextFormat::ParseFromString("name: 'routes/r' units: 7 alternatives { target: 'dA' } "
                                                    "alternatives { target: 'dB' quality_ppm: 900000 } "
                                                    "usage { requests: 30 window { seconds: 86400 } }",
                                                    &document));
  GraphMaker world;
  world.Api("dA", "A");
  world.Api("dB", "B");
  GraphChanges changes = world.Changes();
  ASSERT_THAT(AddUpsert(document, changes), IsOk());
  auto graph = Graph::Empty()->Apply(changes);
  ASSERT_THAT(graph, IsOk());
  const ConsumerView route = (*graph)->consumers()[*(*graph)->consumers().Find("routes/r")];
  EXPECT_EQ(route.record().kind, ConsumerKind::kRoute);
  EXPECT_EQ(route.record().priority, 300);
  EXPECT_EQ(route.record().weight, 0);
  EXPECT_EQ(route.record().min_viable_ppm, 0);
  EXPECT_FALSE(route.record().rests_on_unknown_tier());
  ASSERT_EQ(route.group_count(), 1u);
  EXPECT_EQ(route.group(0).size(), 2u);
  EXPECT_EQ(route.group(0).terms().units, 7);
  EXPECT_TRUE(route.group(0).terms().essential);
  EXPECT_EQ(route.group(0).usage().requests, 30);

  GraphChanges gone;
  gone.revision = 2;
  ASSERT_THAT(AddDelete("routes/r", gone), IsOk());
  graph = (*graph)->Apply(gone);
  ASSERT_THAT(graph, IsOk());
  EXPECT_FALSE((*graph)->consumers().Find("routes/r").has_value());
}

TEST(Routes, TakeANewPriorityAndNewAlternatives) {
  GraphMaker world;
  world.Api("dA", "A");
  world.Api("dB", "B");
  GraphChanges changes = world.Changes();
  inventory::v1::Route document;
  document.set_name("routes/r");
  document.add_alternatives()->set_target("dA");
  ASSERT_THAT(AddUpsert(document, changes), IsOk());
  auto graph = Graph::Empty()->Apply(changes);
  ASSERT_THAT(graph, IsOk());
  document.set_priority(5);
  document.mutable_alternatives(0)->set_target("dB");
  GraphChanges next;
  next.revision = 2;
  ASSERT_THAT(AddUpsert(document, next), IsOk());
  graph = (*graph)->Apply(next);
  ASSERT_THAT(graph, IsOk());
  const ConsumerView route = (*graph)->consumers()[*(*graph)->consumers().Find("routes/r")];
  EXPECT_EQ(route.record().priority, 5);
  ASSERT_EQ(route.group_count(), 1u);
  EXPECT_EQ((*graph)->NameOf(route.group(0).target(0)), "dB");
}

int64_t UnitsOf(const Graph& graph, const std::string& route) {
  return graph.consumers()[*graph.consumers().Find(route)].group(0).terms().units;
}

TEST(Routes, WithoutUnitsNeedWhatThoseNeedWhoPutThemFirst) {
  GraphMaker world;
  world.Api("dA", "A");
  world.Route("routes/r").Needs({"dA"});
  world.Route("routes/stated").Needs({"dA"}).Units(3);
  world.App("a").Needs({"routes/r"}).Units(20);
  world.App("b").Needs({"routes/r", "routes/stated"}).Units(5);
  world.App("c").Needs({"routes/stated", "routes/r"}).Units(100);
  GraphChanges changes = world.Changes();
  for (GroupFacts& group : changes.groups) {
    if (group.consumer == "routes/r") group.units.reset();
  }
  auto graph = *Graph::Empty()->Apply(changes);
  EXPECT_EQ(UnitsOf(*graph, "routes/r"), 25) << "c puts another first";
  EXPECT_EQ(UnitsOf(*graph, "routes/stated"), 3);
  // A change of those who use it is enough, whatever changes.
  GraphChanges next;
  next.revision = 2;
  for (const GroupFacts& group : changes.groups) {
    if (group.consumer != "a") continue;
    next.groups.push_back(group);
    next.groups.back().units = 7;
  }
  graph = *graph->Apply(next);
  EXPECT_EQ(UnitsOf(*graph, "routes/r"), 12);
  GraphChanges gone;
  gone.revision = 3;
  gone.deleted_consumers = {"a", "b"};
  graph = *graph->Apply(gone);
  EXPECT_EQ(UnitsOf(*graph, "routes/r"), 1) << "nobody puts it first";
}

// Example K-8 (docs/concepts/knowledge.md).
TEST(Routes, PassWeightThroughAndAreNotCounted) {
  const GraphMaker world = OneRoute();
  EXPECT_EQ(ShareOf(world, "A", 4), 0.75);
  EXPECT_EQ(ShareOf(world, "B", 4), 0.25);
}

// Example K-9.
TEST(Routes, StandInWhileNoApplicationIsDeclared) {
  GraphMaker world;
  world.Api("dA", "A");
  world.Api("dB", "B");
  world.Route("routes/r").Needs({"dA"});
  world.Route("routes/used").Needs({"dB"});
  world.Service("s").Needs({"routes/used"});
  EXPECT_EQ(Counted(*world.Build()).stand_ins(), 1);
  EXPECT_EQ(ShareOf(world, "A", 1), 1);
  EXPECT_THAT(ImpairedBy(world, "A"), ElementsAre("routes/r"));
  EXPECT_THAT(ImpairedBy(world, "B"), ElementsAre("s"));
  world.App("a").Needs({"dB"});
  EXPECT_EQ(Counted(*world.Build()).stand_ins(), 0);
  EXPECT_EQ(ShareOf(world, "A", 1), 0);
  EXPECT_THAT(ImpairedBy(world, "A"), IsEmpty());
}

TEST(Routes, PassLossThroughAndAreNotNamed) {
  EXPECT_THAT(ImpairedBy(OneRoute(), "A"), ElementsAre("a1", "a2", "a3"));
  GraphMaker saved = OneRoute();
  saved.Route("routes/r").Needs({"dB"});
  EXPECT_THAT(ImpairedBy(saved, "A"), ElementsAre("a1", "a2", "a3")) << "both groups are essential";
}

TEST(Routes, AreNoHitsOfASweep) {
  const auto plan = *EvaluationPlan::Create(OneRoute().Build());
  const auto outcomes = Sweep(*plan, AtomIndex(plan->knowledge(), AtomClass::kVendor), {});
  ASSERT_THAT(outcomes, IsOk());
  for (const AtomOutcome& outcome : *outcomes) {
    const bool is_a = KeyOf(plan->graph(), outcome.atom) == "vendor:A";
    EXPECT_EQ(outcome.impact.proven.impacted, is_a ? 3u : 1u);
    EXPECT_EQ(outcome.impact.proven.failed, is_a ? 3u : 1u);
  }
}

TEST(Routes, AreMeasuredByTheirUsage) {
  GraphMaker world = OneRoute();
  world.group("routes/r", "g00").usage = {.requests = 70, .window_seconds = 30 * kDay};
  world.group("a1", "g00").usage = {.requests = 60, .window_seconds = 30 * kDay};
  world.group("b", "g00").usage = {.requests = 30, .window_seconds = 30 * kDay};
  Attributor attributor(world.Build());
  const auto attribution = attributor.Attribute(Basis::kRequests);
  ASSERT_THAT(attribution, IsOk());
  EXPECT_EQ(attribution->total, 100u) << "what an application sends through a route is counted there";
  EXPECT_EQ(attribution->population, 4);
}

}  // namespace
}  // namespace linchpin::engine
