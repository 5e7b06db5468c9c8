#include "services/risk/rpc/score_answers.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/publisher.h"
#include "services/risk/rpc/score_keeper.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;

class ScoreAnswersTest : public ::testing::Test {
 protected:
  ScoreAnswersTest() {
    source_.SetHistory("history");
    source_.Publish({ViewOf(TwoVendors(), 5), {}, true});
    source_.ConfirmNewest(base::SteadyNow());
    records_.SetHistory("risk");
    records_.Publish({std::make_shared<const replica::View>(), {}, true});
  }
  static kit::Call::Identity Patient() {
    kit::Call::Identity identity;
    identity.deadline = base::SteadyNow() + absl::Seconds(60);
    return identity;
  }

  replica::Publisher source_;
  AnalysisCache cache_;
  Scorer scorer_;
  replica::Publisher records_;
  HazardFeed hazards_{records_};
  ScoreAnswers answers_{serving::Snapshots(source_),    records_, cache_, scorer_, hazards_,
                        {.page_token_secret = "secret"}};
  kit::Call call_{Patient()};
};

TEST_F(ScoreAnswersTest, PagesThroughAllScores) {
  v1::ListScoresRequest request;
  request.set_page_size(1);
  std::vector<std::string> names;
  do {
    v1::ListScoresResponse response;
    const absl::Status status = answers_.ListScores(call_, request, response);
    ASSERT_THAT(status, IsOk());
    ASSERT_EQ(response.scores_size(), 1);
    EXPECT_EQ(response.basis().inventory().revision(), 5);
    names.push_back(response.scores(0).name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ::testing::UnorderedElementsAre("applications/claims", "applications/search"));
}

TEST_F(ScoreAnswersTest, RefusesNegativePagesAndForeignTokens) {
  v1::ListScoresResponse response;
  v1::ListScoresRequest request;
  request.set_page_size(-1);
  EXPECT_EQ(base::DetailsOf(answers_.ListScores(call_, request, response))->reason, "FIELD_INVALID");
  request.set_page_size(1);
  request.set_page_token("nonsense");
  EXPECT_EQ(base::DetailsOf(answers_.ListScores(call_, request, response))->reason, "PAGE_TOKEN_INVALID");
}

TEST_F(ScoreAnswersTest, GetsAndExplainsTheSameScore) {
  v1::GetScoreRequest get;
  get.set_name("applications/search");
  v1::GetScoreResponse score;
  ASSERT_THAT(answers_.GetScore(call_, get, score), IsOk());
  v1::ExplainScoreRequest explain;
  explain.set_name("applications/search");
  v1::ExplainScoreResponse explained;
  ASSERT_THAT(answers_.ExplainScore(call_, explain, explained), IsOk());
  EXPECT_EQ(explained.score().SerializeAsString(), score.score().SerializeAsString());
  EXPECT_GT(score.score().likely().score(), 0);
  get.set_name("applications/none");
  EXPECT_THAT(answers_.GetScore(call_, get, score), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(ScoreAnswersTest, ScoresThePortfolioOfWhomIsSelected) {
  v1::GetScoreRequest request;
  request.set_name("portfolio");
  request.mutable_selector()->add_tiers(1);
  v1::GetScoreResponse part, one;
  ASSERT_TRUE(answers_.GetScore(call_, request, part).ok());
  EXPECT_EQ(part.basis().application_count(), 1);
  EXPECT_EQ(part.basis().selection().description(), "tier 1");
  v1::GetScoreRequest claims;
  claims.set_name("applications/claims");
  ASSERT_TRUE(answers_.GetScore(call_, claims, one).ok());
  EXPECT_EQ(part.score().likely().score(), one.score().likely().score());
  EXPECT_FALSE(one.basis().has_selection());
}

TEST_F(ScoreAnswersTest, ListsTheScoresOfWhomIsSelected) {
  v1::ListScoresRequest request;
  request.mutable_selector()->add_tiers(3);
  v1::ListScoresResponse response;
  ASSERT_TRUE(answers_.ListScores(call_, request, response).ok());
  ASSERT_EQ(response.scores_size(), 1);
  EXPECT_EQ(response.scores(0).name(), "applications/search");
  EXPECT_EQ(response.total_size(), 1);
  EXPECT_EQ(response.portfolio().likely().score(), response.scores(0).likely().score());
}

TEST_F(ScoreAnswersTest, TakesNoSelectorForOneConsumer) {
  v1::GetScoreRequest request;
  request.set_name("applications/claims");
  request.mutable_selector()->add_tiers(1);
  v1::GetScoreResponse response;
  EXPECT_EQ(base::ReasonOf(answers_.GetScore(call_, request, response)), "FIELD_INVALID");
  request.set_name("vendors/alpha");
  EXPECT_TRUE(answers_.GetScore(call_, request, response).ok());
}

TEST_F(ScoreAnswersTest, HasAHistoryOfEachDimension) {
  v1::ListConcentrationHistoryRequest request;
  v1::ListConcentrationHistoryResponse response;
  EXPECT_EQ(base::ReasonOf(answers_.ListConcentrationHistory(call_, request, response)), "FIELD_INVALID");
  request.set_dimension(common::v1::DIMENSION_OPERATOR_GROUP);
  ASSERT_TRUE(answers_.ListConcentrationHistory(call_, request, response).ok());
  EXPECT_EQ(response.points_size(), 0);
}

TEST_F(ScoreAnswersTest, ExportsGaugesWithSmallLabelSets) {
  kit::Metrics metrics("0", "0");
  ScoreKeeper keeper(source_, cache_, scorer_, hazards_, metrics, nullptr, {absl::Hours(1)});
  ASSERT_THAT(keeper.Refresh(), IsOk());
  const std::string text = metrics.Scrape();
  EXPECT_THAT(text, ::testing::HasSubstr("linchpin_risk_score{reading=\"proven\"}"));
  EXPECT_THAT(text, ::testing::HasSubstr("linchpin_risk_score{reading=\"not_excluded\"}"));
  EXPECT_THAT(text, ::testing::HasSubstr("linchpin_risk_scored_applications{band=\"20_50\",tier=\"1\"}"));
  EXPECT_THAT(text, ::testing::HasSubstr("linchpin_risk_score_revision 5"));
}

}  // namespace
}  // namespace linchpin::risk
