#include "services/engine/structure/exposure.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/simulation/simulate.h"
#include "tests/support/graph_maker.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using testing::UnorderedElementsAre;

struct World {
  explicit World(std::shared_ptr<const Graph> made)
      : graph(std::move(made)),
        plan(*EvaluationPlan::Create(graph)),
        atoms(std::make_shared<AtomCache>(plan->shared_knowledge())),
        exposure(*Exposure::Create(*plan, atoms)) {}

  // "vendor:A" proven, "likely vendor:A", "not excluded vendor:A".
  std::vector<std::string> Texts(std::span<const Exposed> exposed) const {
    static constexpr const char* kPrefix[] = {"", "likely ", "not excluded "};
    std::vector<std::string> texts;
    for (const Exposed& one : exposed) {
      texts.push_back(kPrefix[static_cast<int>(one.first)] + exposure.entry(one.atom).key);
    }
    return texts;
  }
  std::vector<std::string> Of(const std::string& name) const {
    return Texts(exposure.Of(*graph->FindTarget(name)));
  }
  std::vector<std::string> Common(const std::string& a, const std::string& b) const {
    return Texts(exposure.Common(*graph->FindTarget(a), *graph->FindTarget(b)));
  }

  std::shared_ptr<const Graph> graph;
  std::shared_ptr<const EvaluationPlan> plan;
  std::shared_ptr<const AtomCache> atoms;
  Exposure exposure;
};

TEST(ExposureTest, NamesWhatTakesADeployment) {
  GraphMaker maker;
  maker.Api("dA", "A", "US");
  const World world(maker.Build());
  EXPECT_THAT(world.Of("dA"),
              UnorderedElementsAre("vendor:A", "host:hA", "services:US", "weights:US", "model:mdA"));
}

// Two operators, one cloud: the fallback falls with its primary, by what is not seen in their names.
TEST(ExposureTest, FindsTheCommonCloudOfTwoOperators) {
  GraphMaker maker;
  maker.Vendor("Cloud", "IE");
  maker.Api("dA", "A", "US").host = "hCloud";
  maker.Api("dB", "B", "FR").host = "hCloud";
  const World world(maker.Build());
  EXPECT_THAT(world.Common("dA", "dB"), UnorderedElementsAre("vendor:Cloud", "host:hCloud", "services:IE"));
}

TEST(ExposureTest, AConsumerIsTakenByWhatTakesAllOfItsAlternatives) {
  GraphMaker maker;
  maker.Api("dA", "A", "US");
  maker.Api("dB", "B", "US");
  maker.App("x").Needs({"dA", Alt("dB").Switch(kDay)});
  const World world(maker.Build());
  EXPECT_THAT(world.Of("x"), UnorderedElementsAre("services:US", "weights:US"));
}

TEST(ExposureTest, WhatIsUnknownIsNotExcluded) {
  GraphMaker maker;
  maker.Vendor("Cloud", "IE");
  maker.Api("dA", "A", "US").host.reset();
  const World world(maker.Build());
  EXPECT_THAT(world.Of("dA"), testing::Contains("not excluded host:hCloud"));
  EXPECT_THAT(world.Of("dA"), testing::Contains("vendor:A"));
}

// Against one evaluation for each atom.
TEST(ExposureProperty, AgreesWithLosingOneAtomAfterTheOther) {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 20, .unknown_switches = true, .knowledge_percent = 20});
    const auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_TRUE(graph.ok());
    const World world(*graph);
    for (uint32_t atom = 0; atom < world.exposure.atom_count(); ++atom) {
      const Cutoff cutoff = CutoffOf(**graph, world.exposure.entry(atom).atom);
      for (Reading reading : kReadings) {
        const auto outcome = EvaluateStatic(*world.plan, {cutoff}, reading, Readiness::kSustained);
        ASSERT_TRUE(outcome.ok());
        for (const auto& lowered : outcome->lowered) {
          if (lowered.level > 0) continue;
          const auto exposed = world.exposure.Of(Target(lowered.consumer));
          const auto found = std::find_if(exposed.begin(), exposed.end(),
                                          [atom](const Exposed& one) { return one.atom == atom; });
          ASSERT_NE(found, exposed.end()) << seed << " " << cutoff.id;
          EXPECT_LE(found->first, reading) << seed << " " << cutoff.id;
        }
      }
    }
  }
}

}  // namespace
}  // namespace linchpin::engine
