// That a run which looks only at what changes says what one says which looks at all that it could touch.
#include "services/engine/simulation/timeline.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/cutoff/conditions.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using HitLists = std::vector<std::vector<DeploymentIndex>>;

HitLists HitsOf(const Knowledge& knowledge, const Scenario& scenario, Reading reading) {
  HitLists lists;
  for (const Cutoff& cutoff : scenario.cutoffs) {
    std::vector<DeploymentIndex>& list = lists.emplace_back();
    const auto resolved = Resolve(knowledge.graph(), cutoff);
    EXPECT_THAT(resolved, IsOk());
    if (!resolved.ok() || cutoff.severity_ppm == 0) continue;
    for (const Hit& hit : AllHits(knowledge, *resolved)) {
      if (hit.IsIn(reading)) list.push_back(hit.deployment);
    }
  }
  return lists;
}

// All cutoffs announced `earlier` seconds before the first of them starts.
void AnnounceAtOnce(int64_t earlier, Scenario& scenario) {
  const auto first =
      std::min_element(scenario.cutoffs.begin(), scenario.cutoffs.end(),
                       [](const Cutoff& a, const Cutoff& b) { return a.start_seconds < b.start_seconds; });
  const int64_t at = first->start_seconds - earlier;
  for (Cutoff& cutoff : scenario.cutoffs) cutoff.notice_seconds = cutoff.start_seconds - at;
}

void ExpectSame(const ReadingOutcome& a, const ReadingOutcome& b) {
  EXPECT_EQ(a.impacted, b.impacted);
  EXPECT_EQ(a.hit, b.hit);
  EXPECT_EQ(a.cost_minor, b.cost_minor);
  EXPECT_EQ(a.impact_index_ppm, b.impact_index_ppm);
  EXPECT_EQ(a.peak_index_ppm, b.peak_index_ppm);
  ASSERT_EQ(a.consumers.size(), b.consumers.size());
  for (size_t i = 0; i < a.consumers.size(); ++i) {
    const ConsumerOutcome &one = a.consumers[i], &other = b.consumers[i];
    EXPECT_EQ(one.consumer, other.consumer);
    ASSERT_EQ(one.segments.size(), other.segments.size());
    for (size_t s = 0; s < one.segments.size(); ++s) {
      EXPECT_EQ(one.segments[s].start_seconds, other.segments[s].start_seconds);
      EXPECT_EQ(one.segments[s].end_seconds, other.segments[s].end_seconds);
      EXPECT_EQ(one.segments[s].level, other.segments[s].level);
      EXPECT_EQ(one.segments[s].impaired, other.segments[s].impaired);
      EXPECT_EQ(one.segments[s].aftermath, other.segments[s].aftermath);
      EXPECT_EQ(one.segments[s].causes, other.segments[s].causes);
    }
  }
}

struct Pair {
  std::unique_ptr<Timeline> changed, touched;
};

Pair Timelines(const EvaluationPlan& plan, Reading reading) {
  Pair pair{*Timeline::Create(plan, reading, {}), *Timeline::Create(plan, reading, {})};
  pair.touched->FindTouched();
  return pair;
}

bool IsAnyWaiting(const EvaluationPlan& plan, Reading reading) {
  const State& baseline = **plan.Baseline(reading, Readiness::kImmediate);
  return Solver(plan, reading, Readiness::kImmediate, baseline, {}).IsAnyWaiting();
}

struct Mix {
  const char* name;
  RandomWorldOptions options;
};
void PrintTo(const Mix& mix, std::ostream* out) { *out << mix.name; }

class TimelineOfRandomWorlds : public ::testing::TestWithParam<Mix> {};

// Also one run after the other on one timeline, so that nothing of a run is left for the next.
TEST_P(TimelineOfRandomWorlds, LooksOnlyAtWhatChanges) {
  int plain = 0;
  for (uint32_t seed = 1; seed <= 1000 && !HasFailure(); ++seed) {
    RandomWorld random(seed, GetParam().options);
    auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_THAT(graph, IsOk());
    const auto plan = *EvaluationPlan::Create(*graph);
    for (Reading reading : kReadings) {
      plain += !IsAnyWaiting(*plan, reading);
      const Pair timelines = Timelines(*plan, reading);
      for (int i = 0; i < 4; ++i) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << "." << i);
        Scenario scenario = random.Cutoffs();
        if (i % 2 == 0) AnnounceAtOnce(seed % 12, scenario);
        const HitLists hits = HitsOf(plan->knowledge(), scenario, reading);
        const auto a = timelines.changed->Run(scenario, hits, /*causes=*/true);
        const auto b = timelines.touched->Run(scenario, hits, /*causes=*/true);
        ASSERT_THAT(a, IsOk());
        ASSERT_THAT(b, IsOk());
        ExpectSame(*a, *b);
      }
    }
  }
  EXPECT_GT(plain, 1000) << "of 3,000: else this compares little";
}

INSTANTIATE_TEST_SUITE_P(Mixes, TimelineOfRandomWorlds,
                         ::testing::Values(Mix{"full", {.pool_percent = 0, .full_baseline = true}},
                                           Mix{"pools", {.full_baseline = true}},
                                           Mix{"any", {.unknown_percent = 10, .unknown_switches = true}}),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace linchpin::engine
