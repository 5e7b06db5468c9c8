// One EvaluationPlan asked by many threads at once. Says most when built with the thread sanitizer.
#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>

#include "gtest/gtest.h"
#include "services/engine/simulation/simulate.h"
#include "services/engine/simulation/sweep.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

bool AreSame(const Segment& a, const Segment& b) {
  return std::tie(a.start_seconds, a.end_seconds, a.level, a.causes, a.aftermath) ==
         std::tie(b.start_seconds, b.end_seconds, b.level, b.causes, b.aftermath);
}

bool AreSame(const ReadingOutcome& a, const ReadingOutcome& b) {
  const auto same = [](const ConsumerOutcome& x, const ConsumerOutcome& y) {
    return x.consumer == y.consumer && x.lost_ppm_seconds == y.lost_ppm_seconds &&
           std::equal(x.segments.begin(), x.segments.end(), y.segments.begin(), y.segments.end(),
                      [](const Segment& s, const Segment& t) { return AreSame(s, t); });
  };
  return a.cost_minor == b.cost_minor && a.impact_index_ppm == b.impact_index_ppm &&
         std::equal(a.consumers.begin(), a.consumers.end(), b.consumers.begin(), b.consumers.end(), same);
}

// One computes, and the other, who waits for it, is called off.
TEST(EvaluationPlan, LetsGoOfWhoeverNoLongerWaitsForABaseline) {
  GraphChanges facts;
  facts.consumers = {{.name = "a"}, {.name = "b"}};
  facts.groups = {{.consumer = "a", .id = "g", .alternatives = {{.target = "b", .quality_ppm = 900'000}}},
                  {.consumer = "b", .id = "g", .alternatives = {{.target = "a"}}}};
  const auto plan = *EvaluationPlan::Create(*Graph::Empty()->Apply(facts));
  std::atomic<bool> begun = false, gone = false;
  std::thread first([&] {
    Limits limits;
    limits.cancelled = [&] {
      begun = true;
      while (!gone) std::this_thread::yield();
      return false;
    };
    EXPECT_THAT(plan->Baseline(Reading::kProven, Readiness::kImmediate, limits), IsOk());
  });
  while (!begun) std::this_thread::yield();
  Limits off;
  off.cancelled = [] { return true; };
  EXPECT_THAT(plan->Baseline(Reading::kProven, Readiness::kImmediate, off),
              StatusIs(absl::StatusCode::kCancelled));
  gone = true;
  first.join();
  EXPECT_THAT(plan->Baseline(Reading::kProven, Readiness::kImmediate, off), IsOk()) << "it is there";
}

TEST(EvaluationPlan, AnswersThreadsAtOnceAsItAnswersOne) {
  for (uint32_t seed = 1; seed <= 10; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true});
    const auto graph = *Graph::Empty()->Apply(random.Facts());
    const Scenario scenario = random.Cutoffs();
    const auto alone = *EvaluationPlan::Create(graph);
    const auto expected = Simulate(*alone, scenario);
    const auto expected_sweep = Sweep(*alone, AtomIndex(alone->knowledge(), AtomClass::kVendor));
    ASSERT_THAT(expected, IsOk());
    ASSERT_THAT(expected_sweep, IsOk());
    const auto shared = *EvaluationPlan::Create(graph);
    std::vector<int> agreed(4, 0);
    std::vector<std::thread> threads;
    for (int& mine : agreed) {
      threads.emplace_back([&] {
        const auto result = Simulate(*shared, scenario);
        const auto sweep = Sweep(*shared, AtomIndex(shared->knowledge(), AtomClass::kVendor));
        if (!result.ok() || !sweep.ok() || sweep->size() != expected_sweep->size()) return;
        bool same = AreSame(result->proven, expected->proven) &&
                    AreSame(result->not_excluded(), expected->not_excluded());
        same &= result->unknowns == expected->unknowns;
        for (size_t i = 0; i < sweep->size(); ++i)
          same &= (*sweep)[i].impact.not_excluded == (*expected_sweep)[i].impact.not_excluded;
        mine = same ? 1 : 0;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(agreed, std::vector<int>(4, 1)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace linchpin::engine
