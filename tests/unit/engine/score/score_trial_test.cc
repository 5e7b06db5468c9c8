#include "services/engine/score/score_trial.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/engine/score/score.h"
#include "services/engine/score/score_board.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

std::shared_ptr<const AtomCache> AtomsOf(const std::shared_ptr<const Graph>& graph) {
  return std::make_shared<const AtomCache>(Knowledge::Create(graph));
}

// The worked example: a hot fallback leaves the country alone, a score of 1.00.
TEST(ScoreTrialTest, AHotFallbackLeavesTheCountryAlone) {
  Supply supply = Claims();
  const auto before = supply.Build();
  GraphChanges change;
  change.groups.push_back(supply.changes.groups[0]);
  change.groups[0].alternatives[1].switch_seconds = 0;
  const auto after = *before->Apply(change);
  const ScoreTrial trial(AtomsOf(before), std::make_shared<const Hazards>(ExampleHazards()));
  const ConsumerIndex claims = *before->consumers().Find("applications/claims");
  const auto affected = AffectedConsumers(*before, *after, ChangedThings{{claims}, {}}, kTrialConsumersMax);
  ASSERT_TRUE(affected.has_value());
  const auto tried = trial.Try(*after, *affected, {}, /*parts=*/true);
  ASSERT_TRUE(tried.ok()) << tried.status();
  ASSERT_EQ(tried->size(), 1u);
  EXPECT_NEAR(ScoreOf((*tried)[0].lambda.proven), 1.00, 0.005);
  ASSERT_EQ((*tried)[0].parts.size(), 1u);
  EXPECT_EQ((*tried)[0].parts[0].atom_class, AtomClass::kServices);
  EXPECT_EQ((*tried)[0].parts[0].lambda.proven, (*tried)[0].lambda.proven);
}

// Any change of groups and of deployments, against all scores made anew: equal bit for bit, and nobody else
// moves.
TEST(ScoreTrialProperty, GivesWhatAllScoresAnewGive) {
  int tried_count = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true, .pool_percent = 40});
    const GraphChanges facts = random.Facts();
    const auto before = *Graph::Empty()->Apply(facts);
    Hazards hazards;
    for (AtomClass atom_class : kAtomClasses) {
      hazards.SetClass(atom_class,
                       {.rate_per_year = 0.1 + random.Pick(10) / 10.0, .notice_seconds = random.Pick(4)});
    }
    GraphChanges change;
    ChangedThings changed;
    if (!facts.groups.empty() && random.Pick(3) > 0) {
      GroupFacts group =
          facts.groups[static_cast<size_t>(random.Pick(static_cast<int>(facts.groups.size())))];
      group.alternatives.back().switch_seconds = random.Pick(10);
      if (group.alternatives.size() > 1 && random.Pick(2) == 0) group.alternatives.pop_back();
      changed.consumers.push_back(*before->consumers().Find(group.consumer));
      change.groups.push_back(group);
    }
    if (random.Pick(2) == 0) {
      DeploymentFacts deployment = facts.deployments[static_cast<size_t>(random.Pick(2))];
      deployment.capacity_units =
          random.Pick(2) == 0 ? Fact<int64_t>(1 + random.Pick(9)) : Fact<int64_t>::None();
      deployment.host = facts.hosts[static_cast<size_t>(random.Pick(2))].name;
      changed.deployments.push_back(*before->deployments().Find(deployment.name));
      change.deployments.push_back(deployment);
    }
    const auto after = before->Apply(change);
    ASSERT_TRUE(after.ok()) << after.status();
    const auto affected = AffectedConsumers(*before, **after, changed, kTrialConsumersMax);
    ASSERT_TRUE(affected.has_value());
    const ScoreTrial trial(AtomsOf(*after), std::make_shared<const Hazards>(hazards));
    const auto tried = trial.Try(**after, *affected);
    ASSERT_TRUE(tried.ok()) << tried.status();
    const auto old = BoardOf(before, hazards), whole = BoardOf(*after, hazards);
    size_t place = 0;
    for (ConsumerIndex consumer : (*after)->consumers()) {
      const bool is_tried = place < tried->size() && (*tried)[place].consumer == consumer;
      for (Reading reading : kReadings) {
        const double now = whole->LambdaOf(reading, consumer);
        if (is_tried) {
          EXPECT_EQ((*tried)[place].lambda[reading], now) << seed;
        } else if (changed.deployments.empty()) {
          EXPECT_EQ(old->LambdaOf(reading, consumer), now) << seed;
        } else {
          // Atoms may have come or gone that hit nobody: the sums are of the same terms.
          EXPECT_DOUBLE_EQ(old->LambdaOf(reading, consumer), now) << seed;
        }
      }
      place += is_tried;
    }
    EXPECT_EQ(place, tried->size()) << seed;
    tried_count += !tried->empty();
  }
  EXPECT_GT(tried_count, 200);
}

}  // namespace
}  // namespace linchpin::engine
