// One Prepared asked by many threads at once. Says most when built with the thread sanitizer.
#include <thread>

#include "gtest/gtest.h"
#include "services/engine/simulate.h"
#include "services/engine/sweep.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

TEST(Prepared, AnswersThreadsAtOnceAsItAnswersOne) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true});
    const auto graph = *Graph::Empty()->Apply(random.Facts());
    const Scenario scenario = random.Cutoffs();
    const auto alone = *Prepared::Create(graph);
    const auto expected = Simulate(*alone, scenario);
    const auto expected_sweep = Sweep(*alone, AtomClass::kVendor);
    ASSERT_TRUE(expected.ok() && expected_sweep.ok());
    const auto shared = *Prepared::Create(graph);
    std::vector<int> agreed(4, 0);
    std::vector<std::thread> threads;
    for (int& mine : agreed) {
      threads.emplace_back([&] {
        const auto result = Simulate(*shared, scenario);
        const auto sweep = Sweep(*shared, AtomClass::kVendor);
        if (!result.ok() || !sweep.ok() || sweep->size() != expected_sweep->size()) return;
        bool same = result->best.cost_minor == expected->best.cost_minor;
        same &= result->worst.impact_index_ppm == expected->worst.impact_index_ppm;
        same &= result->unknowns == expected->unknowns;
        for (size_t i = 0; i < sweep->size(); ++i) same &= (*sweep)[i].worst == (*expected_sweep)[i].worst;
        mine = same ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(agreed, std::vector<int>(4, 1)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace linchpin::engine
