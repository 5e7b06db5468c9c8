#include "services/engine/score/down_runs.h"

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "services/engine/levels/recovery_plan.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

using SecondsOf = std::map<uint32_t, int64_t>;  // By consumer.

SecondsOf Ordered(const std::vector<DownRun>& runs) {
  SecondsOf seconds;
  for (const DownRun& run : runs) EXPECT_TRUE(seconds.emplace(run.consumer.value, run.seconds).second);
  return seconds;
}

// Losses of all atoms, of every sort: with notice, for a time, on a date.
std::vector<AtomLoss> EveryLoss(const AtomCache& atoms, RandomWorld& random) {
  std::vector<AtomLoss> losses;
  for (AtomClass atom_class : kAtomClasses) {
    const AtomIndex& index = atoms.Of(atom_class);
    for (const AtomIndex::Entry& entry : index.entries()) {
      AtomHazard hazard{.hazard = {.rate_per_year = 1, .notice_seconds = random.Pick(20)}};
      if (random.Pick(2) == 0) hazard.hazard.duration_seconds = 1 + random.Pick(20);
      if (random.Pick(4) == 0) hazard.start_seconds = hazard.hazard.notice_seconds = random.Pick(30);
      if (random.Pick(9) == 0) hazard.start_seconds = kYearSeconds - random.Pick(3);
      losses.push_back({&index, &entry, hazard});
    }
  }
  return losses;
}

// Every loss against a timeline of the whole graph. Returns how many runs there were.
size_t ExpectAsTimelines(const EvaluationPlan& plan, const std::vector<AtomLoss>& losses, uint32_t seed) {
  size_t count = 0;
  const auto found = FindDownRuns(plan, losses);
  EXPECT_THAT(found, IsOk());
  EXPECT_EQ(found->size(), losses.size());
  for (Reading reading : kReadings) {
    auto timeline = Timeline::Create(plan, reading, {});
    EXPECT_THAT(timeline, IsOk());
    for (size_t i = 0; i < losses.size(); ++i) {
      const Scenario scenario{{CutoffOf(plan.graph(), losses[i].entry->atom, losses[i].hazard)},
                              kYearSeconds};
      const auto runs = (*timeline)->RunDown(scenario, {losses[i].index->HitsOf(*losses[i].entry, reading)});
      EXPECT_THAT(runs, IsOk());
      EXPECT_EQ(Ordered(*(*found)[i][reading]), Ordered(*runs)) << seed << " " << losses[i].entry->key;
      count += runs->size();
    }
  }
  return count;
}

struct Shape {
  const char* name;
  RandomWorldOptions options;
};

class DownRunsProperty : public ::testing::TestWithParam<Shape> {};

TEST_P(DownRunsProperty, AreThoseOfTimelines) {
  size_t runs = 0, decided = 0, plain = 0, undecided = 0;
  for (uint32_t seed = 0; seed < 300; ++seed) {
    RandomWorld random(seed, GetParam().options);
    const auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_THAT(graph, IsOk());
    const auto plan = EvaluationPlan::Create(*graph);
    ASSERT_THAT(plan, IsOk());
    const AtomCache atoms((*plan)->shared_knowledge());
    runs += ExpectAsTimelines(**plan, EveryLoss(atoms, random), seed);
    const RecoveryPlan recovery(**plan, Reading::kLikely);
    decided += recovery.consumer_count();
    undecided += recovery.undecided().size();
    for (uint32_t place = 0; place < recovery.consumer_count(); ++place) plain += recovery.IsPlain(place);
  }
  EXPECT_GT(runs, 1000u);
  EXPECT_GT(decided, 300u);
  EXPECT_GT(plain, 100u);
  EXPECT_GT(undecided, 100u);
  EXPECT_GT(decided, plain);
}

INSTANTIATE_TEST_SUITE_P(
    RandomWorlds, DownRunsProperty,
    ::testing::Values(Shape{"EveryShape", {.unknown_percent = 20, .unknown_switches = true}},
                      Shape{"WithoutPools",
                            {.unknown_percent = 20, .unknown_switches = true, .pool_percent = 0}},
                      Shape{"Warm", {.pool_percent = 10, .warm_percent = 90, .bridges = false}},
                      Shape{"Full", {.unknown_percent = 10, .full_baseline = true, .bridges = false}}),
    [](const ::testing::TestParamInfo<Shape>& info) { return info.param.name; });

// So many distinct switch times that a byte does not number them.
TEST(DownRuns, TellHundredsOfSwitchTimesApart) {
  for (const int count : {254, 255, 256, 300}) {
    Supply supply;
    AddProvider(supply, "alpha");
    AddProvider(supply, "beta");
    for (int i = 0; i < count; ++i) {
      const std::string id = "a" + std::to_string(i);
      supply.Application(id);
      supply.Needs("applications/" + id, "chat", {"deployments/alpha", "deployments/beta"})
          .alternatives[1]
          .switch_seconds = 1 + i;
    }
    const auto plan = *EvaluationPlan::Create(supply.Build());
    const AtomCache atoms(plan->shared_knowledge());
    const AtomIndex& vendors = atoms.Of(AtomClass::kVendor);
    const AtomLoss loss{&vendors, &vendors.entries()[0], {.hazard = {.rate_per_year = 1}}};
    EXPECT_EQ(vendors.entries()[0].key, "vendor:alpha");
    EXPECT_TRUE(RecoveryPlan(*plan, Reading::kProven).undecided().empty());
    EXPECT_EQ(ExpectAsTimelines(*plan, {loss}, 0), 3u * static_cast<size_t>(count));
  }
}

}  // namespace
}  // namespace linchpin::engine
