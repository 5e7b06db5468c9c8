#include "services/engine/trace/trace.h"

#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// claims -> triage -> (api, else own); api: gpt by OpenAI; own: tune of base, on a host of Own.
SupplyLinks Links() {
  Supply supply;
  supply.Vendor("openai", "US");
  supply.Vendor("lab", "CN");
  supply.Vendor("own", "DE");
  supply.Scratch("gpt", "openai");
  supply.Scratch("base", "lab");
  supply.Derived("tune", {{"base", Relation::kFineTune}});
  supply.changes.hosts.push_back({"hosts/cellar", Fact<std::string>("vendors/own"), Country::Parse("DE")});
  DeploymentFacts& api = supply.Operated("api", "openai");
  api.model = "models/gpt";
  DeploymentFacts& own = supply.Serving("own", "tune");
  own.mode = HostingMode::kSelfHosted;
  own.host = "hosts/cellar";
  supply.Application("triage");
  supply.BusinessService("claims");
  supply.Needs("applications/triage", "answer", {"deployments/api", "deployments/own"});
  supply.Needs("businessServices/claims", "triage", {"applications/triage"});
  return SupplyLinks(supply.Build());
}

std::vector<std::string> Lines(const SupplyLinks& links, const Trace& trace) {
  std::vector<std::string> lines;
  for (const TraceStep& step : trace.steps) {
    lines.push_back(std::string(step.depth, ' ') + std::string(NameOf(links.graph(), step.node)) +
                    (step.repeated ? " ..." : ""));
  }
  return lines;
}

std::vector<std::string> LinesOf(const SupplyLinks& links, const std::string& root,
                                 const TraceOptions& options) {
  const auto trace = TraceFrom(links, *FindNode(links.graph(), root), options);
  EXPECT_THAT(trace, IsOk());
  return Lines(links, *trace);
}

TEST(TraceFrom, ShowsWhatAThingStandsOn) {
  EXPECT_THAT(
      LinesOf(Links(), "businessServices/claims", {}),
      ElementsAre("businessServices/claims", " applications/triage", "  deployments/api", "   models/gpt",
                  "    vendors/openai", "   vendors/openai", "  deployments/own", "   models/tune",
                  "    models/base", "     vendors/lab", "   hosts/cellar", "    vendors/own"));
}

TEST(TraceFrom, ShowsWhatStandsOnAThing) {
  EXPECT_THAT(LinesOf(Links(), "vendors/lab", {.direction = Direction::kUsers}),
              ElementsAre("vendors/lab", " models/base", "  models/tune", "   deployments/own",
                          "    applications/triage", "     businessServices/claims"));
}

TEST(TraceFrom, EndsAtTheDepthAsked) {
  EXPECT_THAT(LinesOf(Links(), "applications/triage", {.depth_max = 1}),
              ElementsAre("applications/triage", " deployments/api", " deployments/own"));
}

TEST(TraceFrom, FollowsPrimariesOnlyIfAsked) {
  EXPECT_THAT(LinesOf(Links(), "applications/triage", {.depth_max = 1, .primaries_only = true}),
              ElementsAre("applications/triage", " deployments/api"));
}

TEST(TraceFrom, PassesThroughKindsThatAreNotAsked) {
  const SupplyLinks links = Links();
  const auto trace =
      TraceFrom(links, *FindNode(links.graph(), "applications/triage"), {.kinds = {NodeKind::kVendor}});
  ASSERT_THAT(trace, IsOk());
  EXPECT_EQ(trace->nodes, 3u);
  for (const TraceStep& step : trace->steps) {
    EXPECT_TRUE(step.parent == TraceStep::kNoParent || step.parent == 0);
  }
}

TEST(TraceFrom, SaysWhenItLeavesSomethingOut) {
  const SupplyLinks links = Links();
  const Node root = *FindNode(links.graph(), "businessServices/claims");
  const auto trace = TraceFrom(links, root, {.steps_max = 4});
  ASSERT_THAT(trace, IsOk());
  EXPECT_THAT(Lines(links, *trace), ElementsAre("businessServices/claims", " applications/triage",
                                                "  deployments/api", "  deployments/own"));
  EXPECT_TRUE(trace->truncated);
  EXPECT_EQ(trace->nodes, 10u);
  EXPECT_FALSE(TraceFrom(links, root, {.steps_max = 12})->truncated);
  EXPECT_TRUE(TraceFrom(links, root, {.steps_max = 11})->truncated);
}

TEST(TraceFrom, GoesThroughACycleOnce) {
  Supply supply;
  supply.Application("a");
  supply.Application("b");
  supply.Needs("applications/a", "x", {"applications/b"});
  supply.Needs("applications/b", "x", {"applications/a"});
  EXPECT_THAT(LinesOf(SupplyLinks(supply.Build()), "applications/a", {}),
              ElementsAre("applications/a", " applications/b", "  applications/a ..."));
}

TEST(TraceFrom, StopsWhenCancelled) {
  Supply supply;
  supply.Deployment("d");
  for (int i = 0; i < 5000; ++i) {
    supply.Application("a" + std::to_string(i));
    supply.Needs("applications/a" + std::to_string(i), "x", {"deployments/d"});
  }
  const SupplyLinks links(supply.Build());
  const auto trace = TraceFrom(links, *FindNode(links.graph(), "deployments/d"),
                               {.direction = Direction::kUsers, .cancelled = [] { return true; }});
  EXPECT_THAT(trace, StatusIs(absl::StatusCode::kCancelled));
}

std::vector<std::string> PathTexts(const SupplyLinks& links, const Paths& paths) {
  std::vector<std::string> texts;
  for (const auto& path : paths.paths) {
    std::string text(NameOf(links.graph(), path.front().from));
    for (const Link& link : path) text += " > " + std::string(NameOf(links.graph(), link.to));
    texts.push_back(text);
  }
  return texts;
}

TEST(FindPaths, ShortestFirst) {
  const SupplyLinks links = Links();
  const auto paths = FindPaths(links, *FindNode(links.graph(), "applications/triage"),
                               *FindNode(links.graph(), "vendors/openai"));
  ASSERT_THAT(paths, IsOk());
  EXPECT_THAT(PathTexts(links, *paths),
              ElementsAre("applications/triage > deployments/api > vendors/openai",
                          "applications/triage > deployments/api > models/gpt > vendors/openai"));
  EXPECT_FALSE(paths->more);
}

TEST(FindPaths, NoneWhereNothingLeads) {
  const SupplyLinks links = Links();
  const Node vendor = *FindNode(links.graph(), "vendors/openai");
  const auto up = FindPaths(links, vendor, *FindNode(links.graph(), "applications/triage"));
  ASSERT_THAT(up, IsOk());
  EXPECT_THAT(up->paths, IsEmpty());
  EXPECT_THAT(FindPaths(links, vendor, vendor)->paths, IsEmpty());
}

TEST(FindPaths, SaysThatThereAreMore) {
  Supply supply;
  supply.Deployment("d");
  supply.Application("top");
  std::vector<std::string> middle;
  for (int i = 0; i < 5; ++i) {
    middle.push_back("applications/m" + std::to_string(i));
    supply.Application("m" + std::to_string(i));
    supply.Needs(middle.back(), "x", {"deployments/d"});
  }
  supply.Needs("applications/top", "x", middle);
  const SupplyLinks links(supply.Build());
  const Node from = *FindNode(links.graph(), "applications/top"),
             to = *FindNode(links.graph(), "deployments/d");
  EXPECT_THAT(FindPaths(links, from, to, {.paths_max = 5})->paths, SizeIs(5));
  EXPECT_FALSE(FindPaths(links, from, to, {.paths_max = 5})->more);
  EXPECT_THAT(FindPaths(links, from, to, {.paths_max = 4})->paths, SizeIs(4));
  EXPECT_TRUE(FindPaths(links, from, to, {.paths_max = 4})->more);
  EXPECT_TRUE(FindPaths(links, from, to, {.tries_max = 3})->more);
}

TEST(FindPaths, OfALongChainFindsOne) {
  Supply supply;
  for (int i = 0; i <= 1000; ++i) supply.Application("a" + std::to_string(i));
  for (int i = 0; i < 1000; ++i) {
    supply.Needs("applications/a" + std::to_string(i), "x", {"applications/a" + std::to_string(i + 1)});
  }
  const SupplyLinks links(supply.Build());
  const auto paths = FindPaths(links, *FindNode(links.graph(), "applications/a0"),
                               *FindNode(links.graph(), "applications/a1000"));
  ASSERT_THAT(paths, IsOk());
  ASSERT_THAT(paths->paths, SizeIs(1));
  EXPECT_THAT(paths->paths[0], SizeIs(1000));
  EXPECT_TRUE(paths->more);
}

// On random networks: what a walk down reaches is what walks up meet it from, and a path exists exactly then.
TEST(Trace, BothDirectionsAgreeWithPaths) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Supply supply;
    const int n = 8;
    for (int i = 0; i < n; ++i) supply.Application("a" + std::to_string(i));
    for (int i = 0; i < n; ++i) {
      std::vector<std::string> targets;
      for (int j = 0; j < n; ++j) {
        if (j != i && random() % 5 == 0) targets.push_back("applications/a" + std::to_string(j));
      }
      if (!targets.empty()) supply.Needs("applications/a" + std::to_string(i), "x", targets);
    }
    const SupplyLinks links(supply.Build());
    auto reached = [&](uint32_t root, Direction direction) {
      std::set<uint32_t> nodes;
      const auto trace = TraceFrom(links, {NodeKind::kConsumer, root}, {.direction = direction});
      for (const TraceStep& step : trace->steps) nodes.insert(step.node.index);
      return nodes;
    };
    for (uint32_t from = 0; from < n; ++from) {
      const std::set<uint32_t> down = reached(from, Direction::kNeeds);
      for (uint32_t to = 0; to < n; ++to) {
        if (from == to) continue;
        EXPECT_EQ(down.count(to), reached(to, Direction::kUsers).count(from));
        const auto paths = FindPaths(links, {NodeKind::kConsumer, from}, {NodeKind::kConsumer, to});
        EXPECT_EQ(down.count(to) == 1, !paths->paths.empty());
      }
    }
  }
}

}  // namespace
}  // namespace linchpin::engine
