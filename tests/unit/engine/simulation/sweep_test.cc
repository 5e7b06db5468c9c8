#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/simulation/sweep.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using Row = std::vector<int64_t>;

std::vector<Row> Rows(const std::vector<StaticOutcome::Lowered>& lowered) {
  std::vector<Row> rows;
  for (const auto& loss : lowered) rows.push_back({loss.consumer.value, loss.base, loss.level});
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST(LossLister, SaysOfEachAtomWhatAnEvaluationOfItAloneSays) {
  size_t lost = 0;
  for (uint32_t seed = 0; seed < 200; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 20, .unknown_switches = true});
    auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_THAT(graph, IsOk());
    auto plan = EvaluationPlan::Create(*graph);
    ASSERT_THAT(plan, IsOk());
    for (Reading reading : kReadings) {
      auto lister = LossLister::Create(**plan, reading, Readiness::kSustained);
      ASSERT_THAT(lister, IsOk());
      for (AtomClass atom_class : kAtomClasses) {
        for (const Atom& atom : AtomsOf((*plan)->knowledge(), atom_class)) {
          const auto alone =
              EvaluateStatic(**plan, {CutoffOf(**graph, atom)}, reading, Readiness::kSustained);
          const auto listed = (*lister)->Lose(atom);
          ASSERT_THAT(alone, IsOk());
          ASSERT_THAT(listed, IsOk());
          EXPECT_EQ(Rows(*listed), Rows(alone->lowered)) << seed << " " << KeyOf(**graph, atom);
          lost += listed->size();
        }
      }
    }
  }
  EXPECT_GT(lost, 1000u);
}

}  // namespace
}  // namespace linchpin::engine
