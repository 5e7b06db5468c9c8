#include <string>

#include "gtest/gtest.h"
#include "services/engine/score/score_board.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

Hazards EverySortOfHazard(RandomWorld& random) {
  Hazards hazards;
  for (AtomClass atom_class : kAtomClasses) {
    Hazard hazard{.rate_per_year = random.Pick(100) / 50.0, .notice_seconds = random.Pick(4)};
    if (random.Pick(2) == 0) hazard.duration_seconds = 1 + random.Pick(20);
    hazards.SetClass(atom_class, hazard);
  }
  return hazards;
}

void ExpectSame(const ScoreBoard& updated, const ScoreBoard& whole, uint32_t seed) {
  ASSERT_EQ(updated.atoms(), whole.atoms()) << seed;
  for (Reading reading : kReadings) {
    for (ConsumerIndex consumer : whole.graph().consumers()) {
      const auto a = updated.TermsOf(reading, consumer), b = whole.TermsOf(reading, consumer);
      EXPECT_TRUE(std::equal(a.begin(), a.end(), b.begin(), b.end())) << seed << " " << consumer.value;
      EXPECT_EQ(updated.LambdaOf(reading, consumer), whole.LambdaOf(reading, consumer)) << seed;
    }
    EXPECT_EQ(updated.Portfolio(reading).score, whole.Portfolio(reading).score) << seed;
    EXPECT_EQ(updated.Portfolio(reading).parts, whole.Portfolio(reading).parts) << seed;
    EXPECT_EQ(updated.Portfolio(reading).falls, whole.Portfolio(reading).falls) << seed;
  }
}

TEST(ScoreUpdateProperty, GivesBitForBitWhatAllScoresAnewGive) {
  int updated = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true});
    const GraphChanges facts = random.Facts();
    auto before = Graph::Empty()->Apply(facts);
    ASSERT_THAT(before, IsOk());
    const GraphChanges change = random.Change(facts);
    auto after = (*before)->Apply(change);
    if (!after.ok()) continue;  // Somebody depends on the consumer that was to go.
    const Hazards hazards = EverySortOfHazard(random);
    DisabledRules disabled;
    if (random.Pick(2) == 0) disabled.Add(kDerivingRules[static_cast<size_t>(random.Pick(7))]);
    const auto board = BoardOf(*before, hazards, disabled);
    const auto knowledge = Knowledge::Create(*before, disabled)->On(*after);
    const AtomCache atoms(knowledge);
    auto made = ScoreBoard::Update(*board, *knowledge, atoms, hazards);
    ASSERT_THAT(made, IsOk());
    ASSERT_NE(*made, nullptr) << seed;
    ExpectSame(**made, *BoardOf(*after, hazards, disabled), seed);
    ++updated;
  }
  EXPECT_GT(updated, 200);
}

// What nobody states of the switch is then taken as no time at all, as in the reading proven.
TEST(ScoreUpdate, ReadsTheRulesThatItsKnowledgeReads) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives[1].switch_seconds.reset();
  const auto before = supply.Build();
  GraphChanges change;
  change.groups.push_back(supply.changes.groups[0]);
  change.groups[0].alternatives[1].quality_ppm = 900'000;
  const auto after = *before->Apply(change);
  DisabledRules disabled;
  disabled.Add(Rule::kTypicalSwitch);
  const auto board = BoardOf(before, ExampleHazards(), disabled);
  const auto knowledge = Knowledge::Create(after, disabled);
  const auto made = *ScoreBoard::Update(*board, *knowledge, AtomCache(knowledge), ExampleHazards());
  const ConsumerIndex claims = ConsumerOf(*after, "applications/claims");
  EXPECT_EQ(made->LambdaOf(Reading::kLikely, claims),
            BoardOf(after, ExampleHazards(), disabled)->LambdaOf(Reading::kLikely, claims));
  EXPECT_LT(made->LambdaOf(Reading::kLikely, claims),
            BoardOf(after, ExampleHazards())->LambdaOf(Reading::kLikely, claims));
}

TEST(ScoreUpdate, LeavesToOthersWhatIsNotAChangeOfConsumersAlone) {
  const auto before = Claims().Build();
  const auto board = BoardOf(before, ExampleHazards());
  GraphChanges change;
  change.vendors.push_back({"vendors/new", Country::Parse("US"), Fact<std::string>::None()});
  const auto after = *before->Apply(change);
  const AtomCache atoms(Knowledge::Create(after));
  auto made = ScoreBoard::Update(*board, *Knowledge::Create(after), atoms, ExampleHazards());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(*made, nullptr);
  const AtomCache same(Knowledge::Create(before));
  made = ScoreBoard::Update(*board, *Knowledge::Create(before), same, Hazards());
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(*made, nullptr);  // Other hazards.
}

}  // namespace
}  // namespace linchpin::engine
