#include "services/engine/cutoff/unknown_reach.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using Row = std::pair<std::string, std::string>;

std::vector<Row> Rows(const Graph& graph, const std::vector<FactRef>& facts) {
  std::vector<Row> rows;
  for (const FactRef& fact : facts) rows.emplace_back(SubjectOf(graph, fact), FieldOf(graph, fact));
  return rows;
}

TEST(UnknownReach, FindsTogetherWhatIsFoundOneByOne) {
  size_t found = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    RandomWorld world(seed, {.unknown_percent = 30, .unknown_switches = true});
    auto graph = Graph::Empty()->Apply(world.Facts());
    ASSERT_THAT(graph, IsOk());
    const Scenario scenario = world.Cutoffs();
    if (!ValidateScenario(**graph, scenario).ok()) continue;
    auto plan = EvaluationPlan::Create(*graph);
    ASSERT_THAT(plan, IsOk());
    auto finder = UnknownFinder::Create(**plan, scenario);
    ASSERT_THAT(finder, IsOk());
    for (size_t max : {size_t{3}, size_t{1000}}) {
      UnknownReach reach(**plan, **finder, max);
      for (ConsumerIndex consumer : (*graph)->consumers()) {
        std::vector<Row> expected = Rows(**graph, (*finder)->Of(consumer));
        std::sort(expected.begin(), expected.end());
        if (expected.size() > max) expected.resize(max);
        EXPECT_EQ(Rows(**graph, reach.Of(consumer)), expected) << "seed " << seed;
        found += expected.size();
      }
    }
  }
  EXPECT_GT(found, 1000u);
}

}  // namespace
}  // namespace linchpin::engine
