#include "services/engine/score/score_board.h"

#include <cmath>
#include <map>

#include "gmock/gmock.h"
#include "services/engine/simulation/simulate.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

using ::testing::DoubleNear;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// What each atom adds to lambda, by key.
std::map<std::string, double> Lambdas(const ScoreBoard& board, const std::string& consumer,
                                      Reading reading = Reading::kProven) {
  const ConsumerIndex index = ConsumerOf(board.graph(), consumer);
  const int64_t tolerated = board.graph().consumers()[index].record().max_tolerable_downtime_seconds;
  std::map<std::string, double> lambdas;
  for (const ScoreTerm& term : board.TermsOf(reading, index)) {
    const ScoredAtom& atom = board.atoms()[term.atom];
    lambdas[atom.key] = LambdaOf(atom.hazard, ShareOfTolerance(term.down_seconds, tolerated));
  }
  return lambdas;
}

double Score(const Supply& supply, const Hazards& hazards,
             const std::string& consumer = "applications/claims") {
  const auto board = BoardOf(supply.Build(), hazards);
  return board->ScoreOf(Reading::kProven, ConsumerOf(board->graph(), consumer));
}

TEST(ScoreBoard, GivesTheWorkedExample) {
  const auto board = BoardOf(Claims().Build(), ExampleHazards());
  // The fallback takes 6 of the 24 tolerated hours, but is ready before a model is gone that is announced 90
  // days ahead; both vendors are of one country.
  EXPECT_THAT(Lambdas(*board, "applications/claims"),
              UnorderedElementsAre(Pair("vendor:alpha", DoubleNear(0.02 * 0.25, 1e-12)),
                                   Pair("host:alpha", DoubleNear(0.2 * 0.25, 1e-12)),
                                   Pair("services:US", DoubleNear(0.01, 1e-12)), Pair("weights:US", 0)));
  EXPECT_NEAR(board->ScoreOf(Reading::kProven, ConsumerOf(board->graph(), "applications/claims")), 6.2932536,
              1e-7);
}

TEST(ScoreBoard, ScoresAnApplicationWithoutFallbackByAllThatItStandsOn) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  // exit 0.02, host 0.2 * 8 h / 24 h, model 0.33, country 0.01.
  EXPECT_NEAR(Score(supply, ExampleHazards()), 100 * (1 - std::exp(-(0.02 + 0.2 / 3 + 0.33 + 0.01))), 1e-9);
}

TEST(ScoreBoard, LetsAnAtomsOwnRowReplaceThatOfItsClassWhole) {
  Hazards hazards = ExampleHazards();
  hazards.SetAtom("host:alpha", {.rate_per_year = 1});  // For good, not for 8 h.
  const auto board = BoardOf(Claims().Build(), hazards);
  EXPECT_THAT(Lambdas(*board, "applications/claims"), ::testing::Contains(Pair("host:alpha", 0.25)));
}

TEST(ScoreBoard, TakesADateForCertain) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  Hazards hazards;
  hazards.SetDate("model:alpha", 100 * kDay);
  EXPECT_NEAR(Score(supply, hazards), 100, 1e-6);
  // A fallback is prepared from now on.
  EXPECT_EQ(Score(Claims(), hazards), 0);
  supply = Claims();
  supply.changes.groups[0].alternatives[1].switch_seconds = 100 * kDay + 6 * kHour;
  EXPECT_NEAR(Score(supply, hazards), 25, 1e-9);
}

TEST(ScoreBoard, LeavesADateOfALaterYearOut) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  Hazards hazards = ExampleHazards();
  const double by_chance = Score(supply, hazards);
  hazards.SetDate("model:alpha", kYearSeconds);
  EXPECT_LT(Score(supply, hazards), by_chance);
  hazards.SetDate("model:alpha", kYearSeconds - 1);
  EXPECT_GT(Score(supply, hazards), 0);
}

TEST(ScoreBoard, TakesADateThatHasPassedAsToday) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  Hazards hazards;
  hazards.SetDate("model:alpha", -1000 * kDay);
  EXPECT_NEAR(Score(supply, hazards), 100, 1e-6);
}

TEST(ScoreBoard, CountsAnyDowntimeInFullWhereNoneIsTolerated) {
  Supply supply = Claims();
  supply.changes.consumers[0].continuity.max_tolerable_downtime_seconds = 0;
  EXPECT_NEAR(Score(supply, ExampleHazards()), 100 * (1 - std::exp(-(0.02 + 0.2 + 0.01))), 1e-9);
}

TEST(ScoreBoard, WeighsThePortfolioByCriticality) {
  Supply supply = Claims();
  supply.Application("search", 4);  // Weight 1, claims 8; nothing takes it down.
  supply.BusinessService("desk");
  supply.Needs("businessServices/desk", "app", {"applications/claims"});
  const auto board = BoardOf(supply.Build(), ExampleHazards());
  const PortfolioScore& portfolio = board->Portfolio(Reading::kProven);
  EXPECT_EQ(portfolio.applications, 2);
  EXPECT_EQ(portfolio.weight, 9);
  const double claims = board->ScoreOf(Reading::kProven, ConsumerOf(board->graph(), "applications/claims"));
  EXPECT_NEAR(portfolio.score, claims * 8 / 9, 1e-12);
  EXPECT_NEAR(board->ScoreOf(Reading::kProven, ConsumerOf(board->graph(), "businessServices/desk")), claims,
              1e-12);
}

TEST(ScoreBoard, IsZeroWithoutAnyApplication) {
  const auto board = BoardOf(Supply().Build(), ExampleHazards());
  EXPECT_EQ(board->Portfolio(Reading::kProven).score, 0);
  EXPECT_EQ(board->Portfolio(Reading::kProven).applications, 0);
}

// What a vendor's score says: the portfolio's less what it is if nothing of the vendor is ever lost.
TEST(ScoreBoard, GivesAVendorWhatThePortfolioWouldFallByWithoutIt) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  const auto board = BoardOf(supply.Build(), ExampleHazards());
  Hazards without = ExampleHazards();
  for (const char* key : {"vendor:alpha", "host:alpha", "model:alpha"}) without.SetAtom(key, {});
  const auto rest = BoardOf(supply.Build(), without);
  const uint32_t alpha = board->graph().vendors().Find("vendors/alpha")->value;
  EXPECT_NEAR(board->Portfolio(Reading::kProven).falls[alpha],
              board->Portfolio(Reading::kProven).score - rest->Portfolio(Reading::kProven).score, 1e-9);
}

TEST(ScoreBoard, IsCancelledBetweenAtoms) {
  const auto graph = Claims().Build();
  auto plan = EvaluationPlan::Create(graph);
  const AtomCache atoms((*plan)->shared_knowledge());
  Limits limits;
  limits.cancelled = [] { return true; };
  EXPECT_THAT(ScoreBoard::Create(**plan, atoms, ExampleHazards(), limits),
              StatusIs(absl::StatusCode::kCancelled));
}

// Thousands of small worlds against one simulation for each atom.
TEST(ScoreBoardProperty, HoldsTheLongestDownRunOfEachAtomAlone) {
  size_t terms = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    RandomWorld random(seed, {.unknown_percent = 20, .unknown_switches = true});
    auto graph = Graph::Empty()->Apply(random.Facts());
    ASSERT_THAT(graph, IsOk());
    Hazards hazards;
    for (AtomClass atom_class : kAtomClasses) {
      Hazard hazard{.rate_per_year = random.Pick(100) / 50.0, .notice_seconds = random.Pick(4)};
      if (random.Pick(2) == 0) hazard.duration_seconds = 1 + random.Pick(20);
      hazards.SetClass(atom_class, hazard);
    }
    const auto board = BoardOf(*graph, hazards);
    auto plan = EvaluationPlan::Create(*graph);
    ByReading<std::map<std::pair<uint32_t, uint32_t>, int64_t>> expected;
    for (uint32_t atom = 0; atom < board->atoms().size(); ++atom) {
      const ScoredAtom& scored = board->atoms()[atom];
      auto result = Simulate(**plan, {{CutoffOf(**graph, scored.atom, scored.hazard)}, kYearSeconds},
                             {.causes = false, .unknowns = false});
      ASSERT_THAT(result, IsOk());
      for (Reading reading : kReadings) {
        const ReadingOutcome& world = result->of(reading);
        for (const ConsumerOutcome& outcome : world.consumers) {
          if (outcome.longest_down_seconds == 0) continue;
          expected[reading][{outcome.consumer.value, atom}] = outcome.longest_down_seconds;
        }
      }
    }
    for (Reading reading : kReadings) {
      std::map<std::pair<uint32_t, uint32_t>, int64_t> found;
      double parts = 0;
      for (double part : board->Portfolio(reading).parts) parts += part;
      EXPECT_NEAR(parts, board->Portfolio(reading).score, 1e-9) << seed;
      for (ConsumerIndex consumer : (*graph)->consumers()) {
        for (const ScoreTerm& term : board->TermsOf(reading, consumer)) {
          found[{consumer.value, term.atom}] = term.down_seconds;
        }
      }
      EXPECT_EQ(found, expected[reading]) << seed;
      terms += found.size();
    }
  }
  EXPECT_GT(terms, 1000u);
}

}  // namespace
}  // namespace linchpin::engine
