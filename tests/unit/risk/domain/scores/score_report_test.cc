#include "services/risk/domain/scores/score_report.h"

#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/risk/domain/scores/hazard_defaults.h"
#include "services/risk/domain/scores/score_explanation.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 30, 12), absl::UTCTimeZone());

class Inventory {
 public:
  explicit Inventory(const Documents& documents = TwoVendors(), const RetirementTimes& retirements = {})
      : analysis_(documents.Graph()) {
    auto scored = scorer_.Of(analysis_, MakeHazardSet(nullptr, retirements, kNow), nullptr);
    EXPECT_THAT(scored, IsOk());
    scored_ = *scored;
  }

  v1::Score Score(const std::string& name) const {
    const auto subject = SubjectOf(scored_->graph(), name);
    EXPECT_THAT(subject, IsOk());
    return ScoreOf(*scored_, *subject);
  }
  v1::ExplainScoreResponse Explain(const std::string& name, size_t max = 1000) {
    v1::ExplainScoreResponse response;
    const absl::Status status =
        ReportExplanation(analysis_, *scored_, *SubjectOf(scored_->graph(), name), max, nullptr, response);
    EXPECT_THAT(status, IsOk());
    return response;
  }
  v1::ListScoresResponse List(v1::ScoreKind kind, size_t first = 0, size_t count = 50) const {
    v1::ListScoresResponse response;
    more_ = ReportScores(*scored_, kind, first, count, response);
    return response;
  }
  bool more() const { return more_; }
  const Scored& scored() const { return *scored_; }

 private:
  Analysis analysis_;
  Scorer scorer_;
  std::shared_ptr<const Scored> scored_;
  mutable bool more_ = false;
};

std::vector<std::string> Names(const v1::ListScoresResponse& response) {
  std::vector<std::string> names;
  for (const auto& score : response.scores()) names.push_back(score.name());
  return names;
}

TEST(HazardDefaults, HaveOneReasonedRowForEachClass) {
  std::vector<v1::HazardClass> classes;
  for (const v1::Hazard& row : ShippedHazards()) {
    classes.push_back(row.hazard_class());
    EXPECT_GT(row.rate_per_year(), 0);
    EXPECT_LE(row.rate_per_year(), engine::kRatePerYearMax);
    EXPECT_FALSE(row.reason().empty());
    EXPECT_THAT(row.source(), HasSubstr("https://"));
  }
  ASSERT_EQ(classes.size(), static_cast<size_t>(v1::HazardClass_ARRAYSIZE) - 1);
  for (size_t i = 0; i < classes.size(); ++i) EXPECT_EQ(classes[i], static_cast<v1::HazardClass>(i + 1));
}

TEST(ScoreReport, NamesWhatAScoreRestsOn) {
  v1::ScoreBasis basis;
  Describe(Inventory().scored(), basis);
  EXPECT_EQ(basis.formula_version(), 1);
  EXPECT_EQ(basis.hazard_table(), "hazardTables/shipped");
  EXPECT_EQ(basis.hazard_table_version(), std::string(kShippedHazardVersion));
  EXPECT_EQ(basis.as_of_date(), "2026-11-30");
  EXPECT_EQ(basis.application_count(), 2);
}

TEST(ScoreReport, RanksApplicationsAndPagesThroughThem) {
  const Inventory inventory;
  const auto all = inventory.List(v1::SCORE_KIND_APPLICATION);
  // Search has no fallback, claims a cold one.
  EXPECT_THAT(Names(all), ElementsAre("applications/search", "applications/claims"));
  EXPECT_FALSE(inventory.more());
  EXPECT_EQ(all.total_size(), 2);
  EXPECT_GE(all.scores(0).likely().score(), all.scores(1).likely().score());
  EXPECT_EQ(all.portfolio().name(), "portfolio");
  EXPECT_THAT(all.sensitivities(), Not(IsEmpty()));
  EXPECT_THAT(Names(inventory.List(v1::SCORE_KIND_APPLICATION, 0, 1)), ElementsAre("applications/search"));
  EXPECT_TRUE(inventory.more());
  EXPECT_THAT(Names(inventory.List(v1::SCORE_KIND_APPLICATION, 1, 1)), ElementsAre("applications/claims"));
  EXPECT_FALSE(inventory.more());
  EXPECT_THAT(Names(inventory.List(v1::SCORE_KIND_APPLICATION, 2, 1)), IsEmpty());
}

TEST(ScoreReport, ListsVendorsThatRaiseThePortfolio) {
  const Inventory inventory;
  const auto vendors = inventory.List(v1::SCORE_KIND_VENDOR);
  ASSERT_FALSE(vendors.scores().empty());
  EXPECT_THAT(Names(vendors), ::testing::IsSupersetOf({"vendors/alpha", "vendors/beta"}));
  EXPECT_GT(vendors.scores(0).likely().score(), 0);
  EXPECT_LT(vendors.scores(0).likely().score(), vendors.portfolio().likely().score());
}

TEST(ScoreReport, RefusesNamesWithoutAScore) {
  const Inventory inventory;
  const auto status = [&](const std::string& name) {
    return SubjectOf(inventory.scored().graph(), name).status();
  };
  EXPECT_EQ(base::DetailsOf(status("models/one"))->reason, "FIELD_INVALID");
  EXPECT_EQ(base::DetailsOf(status(""))->reason, "FIELD_INVALID");
  EXPECT_EQ(base::DetailsOf(status("applications/none"))->reason, "TARGET_NOT_FOUND");
  EXPECT_THAT(status("portfolio"), IsOk());
}

TEST(ScoreExplanation, AddsUpInEveryReading) {
  Inventory inventory;
  for (const char* name : {"applications/claims", "applications/search", "portfolio"}) {
    const auto all = inventory.Explain(name);
    double proven = 0, likely = 0, not_excluded = 0;
    for (const auto& one : all.contributions()) {
      proven += one.points().proven();
      likely += one.points().likely();
      not_excluded += one.points().not_excluded();
    }
    EXPECT_NEAR(proven, all.score().proven().score(), 1e-9) << name;
    EXPECT_NEAR(likely, all.score().likely().score(), 1e-9) << name;
    EXPECT_NEAR(not_excluded, all.score().not_excluded().score(), 1e-9) << name;
    EXPECT_EQ(all.contribution_count(), all.contributions_size());
    const auto cut = inventory.Explain(name, 1);
    ASSERT_EQ(cut.contributions_size(), 1);
    EXPECT_NEAR(cut.contributions(0).points().likely() + cut.other().likely(), cut.score().likely().score(),
                1e-9);
    EXPECT_EQ(cut.contribution_count(), all.contribution_count());
  }
}

TEST(ScoreExplanation, DividesEachContributionAmongDependencies) {
  const auto response = Inventory().Explain("applications/search");
  ASSERT_FALSE(response.contributions().empty());
  for (const auto& one : response.contributions()) {
    const double whole = one.points().proven() > 0 ? one.points().proven() : one.points().not_excluded();
    double parts = 0;
    for (const auto& weak : one.dependencies()) parts += weak.points();
    EXPECT_NEAR(parts, whole, 1e-9) << one.atom();
  }
  const auto& first = response.contributions(0).dependencies(0);
  EXPECT_THAT(first.dependency(), HasSubstr("applications/search/dependencies/"));
  EXPECT_EQ(first.gap(), v1::GAP_NO_FALLBACK);
  EXPECT_EQ(first.path(0), "applications/search");
  EXPECT_THAT(first.path(first.path_size() - 1), HasSubstr("deployments/"));
  ASSERT_FALSE(response.weaknesses().empty());
  EXPECT_EQ(response.weaknesses(0).gap(), v1::GAP_NO_FALLBACK);
}

TEST(ScoreExplanation, SaysWhatTheRatesDecide) {
  const auto response = Inventory().Explain("applications/search");
  ASSERT_FALSE(response.sensitivities().empty());
  for (const auto& one : response.sensitivities()) {
    EXPECT_LE(one.score_without().likely(), response.score().likely().score() + 1e-9);
    EXPECT_GE(one.score_at_twice().likely(), response.score().likely().score() - 1e-9);
    // The slope is that of the score: a step of a millionth of a loss a year raises it by so much.
    EXPECT_GE(one.slope().likely(), 0);
  }
}

TEST(ScoreExplanation, TakesARetirementDateForCertain) {
  const RetirementTimes tomorrow = {{"models/two", kNow + absl::Hours(24)}};
  Inventory inventory(TwoVendors(), tomorrow);
  const auto response = inventory.Explain("applications/search");
  bool found = false;
  for (const auto& one : response.contributions()) {
    if (one.atom() != "model:two") continue;
    found = true;
    EXPECT_EQ(one.source(), v1::HAZARD_SOURCE_DATE);
    EXPECT_EQ(one.start().seconds(), 36 * 3600);  // From midnight.
  }
  EXPECT_TRUE(found);
}

// The rate at which two neighbours meet: with it, their scores are equal.
TEST(RankingSensitivity, IsWhereTwoScoresMeet) {
  const auto documents = TwoVendors();
  const auto list = Inventory(documents).List(v1::SCORE_KIND_APPLICATION);
  int met = 0;
  for (const auto& one : list.sensitivities()) {
    for (const bool higher : {false, true}) {
      if (higher ? !one.has_higher_rate() : !one.has_lower_rate()) continue;
      HazardSet set = MakeHazardSet(nullptr, {}, kNow);
      const engine::AtomClass atom_class = *AtomClassOf(one.hazard_class());
      engine::Hazard row = set.hazards.OfClass(atom_class);
      row.rate_per_year = higher ? one.higher_rate() : one.lower_rate();
      set.hazards.SetClass(atom_class, row);
      Analysis analysis(documents.Graph());
      Scorer scorer;
      const auto scored = *scorer.Of(analysis, set, nullptr);
      const auto& pair = higher ? one.higher_pair() : one.lower_pair();
      EXPECT_NEAR(ScoreOf(*scored, *SubjectOf(scored->graph(), pair[0])).proven().score(),
                  ScoreOf(*scored, *SubjectOf(scored->graph(), pair[1])).proven().score(), 1e-9);
      ++met;
    }
  }
  EXPECT_GT(met, 0);
}

TEST(Scorer, KeepsTheBoardOfOneRevisionAndDay) {
  const auto documents = TwoVendors();
  Analysis analysis(documents.Graph());
  Scorer scorer;
  const auto first = *scorer.Of(analysis, MakeHazardSet(nullptr, {}, kNow), nullptr);
  EXPECT_EQ(first, *scorer.Of(analysis, MakeHazardSet(nullptr, {}, kNow + absl::Hours(1)), nullptr));
  EXPECT_NE(first, *scorer.Of(analysis, MakeHazardSet(nullptr, {}, kNow + absl::Hours(24)), nullptr));
}

}  // namespace
}  // namespace linchpin::risk
