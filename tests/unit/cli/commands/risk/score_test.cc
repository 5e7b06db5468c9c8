#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/score.pb.h"
#include "services/cli/print/score_text.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::StartsWith;

void Fill(const std::string& name, double likely, double most, risk::Score& score) {
  score.set_name(name);
  score.mutable_proven()->set_score(likely);
  score.mutable_likely()->set_score(likely);
  score.mutable_not_excluded()->set_score(most);
  auto& driver = *score.add_drivers();
  driver.set_atom("vendor:openai");
  driver.mutable_points()->set_proven(likely);
  driver.mutable_points()->set_likely(likely);
}

struct FakeScores {
  FakeServices services;
  FakeScores() {
    services.On<risk::ListScoresRequest, risk::ListScoresResponse>(
        "ListScores", [](const auto& request, auto& response) {
          Fill("portfolio", 20, 30, *response.mutable_portfolio());
          const bool first = request.page_token().empty();
          Fill(first ? "applications/a" : "applications/b", first ? 55 : 5, 60, *response.add_scores());
          if (first) response.set_next_page_token("next");
          response.set_total_size(2);
          response.mutable_basis()->set_application_count(2);
          return absl::OkStatus();
        });
    services.On<risk::ExplainScoreRequest, risk::ExplainScoreResponse>(
        "ExplainScore", [](const auto& request, auto& response) {
          Fill(request.name(), 28.123, 28.124, *response.mutable_score());
          response.mutable_score()->mutable_max_tolerable_downtime()->set_seconds(86'400);
          auto& weakness = *response.add_weaknesses();
          weakness.set_dependency("applications/a/dependencies/chat");
          weakness.set_gap(risk::GAP_SHARED_FATE);
          weakness.set_points(20);
          weakness.add_atoms("vendor:openai");
          auto& contribution = *response.add_contributions();
          contribution.set_atom("vendor:openai");
          contribution.mutable_points()->set_likely(28.123);
          contribution.set_rate_per_year(0.02);
          contribution.set_source(risk::HAZARD_SOURCE_ATOM);
          contribution.mutable_down_proven()->set_seconds(3600);
          contribution.mutable_down_not_excluded()->set_seconds(7200);
          return absl::OkStatus();
        });
  }
};

// After an import there are routes and perhaps services, but no application.
TEST(Score, SaysWhatToDoWhereNoApplicationIsDeclared) {
  FakeServices services;
  services.On<risk::ListScoresRequest, risk::ListScoresResponse>(
      "ListScores", [](const auto&, auto&) { return absl::OkStatus(); });
  const RunResult result = RunWith(services, {"risk", "score"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, StartsWith("No application is declared yet, so nothing has a score"));
  EXPECT_THAT(result.out, HasSubstr("kind: Dependency"));
  EXPECT_THAT(result.err, HasSubstr("linchpin apply -f FILE"));
}

TEST(Score, BeginsWithTheScoreAndWhatDrivesIt) {
  FakeScores fake;
  const RunResult result = RunWith(fake.services, {"risk", "score"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, StartsWith("Risk score 20.0 (at most 30.0) of 100: over 2 applications"));
  EXPECT_THAT(result.out, HasSubstr("Driven by vendor:openai 20.0\n"));
  EXPECT_THAT(result.out, HasSubstr("applications/b"));
}

TEST(Score, ReadsAllPagesForPrograms) {
  FakeScores fake;
  const RunResult result = RunWith(fake.services, {"risk", "score", "-o", "csv"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out,
            "name,proven,likely,not_excluded,tier,weight,max_tolerable_downtime_seconds,driver\r\n"
            "applications/a,55.0,55.0,60.0,0,0,0,vendor:openai\r\n"
            "applications/b,5.0,5.0,60.0,0,0,0,vendor:openai\r\n");
}

TEST(Score, OfOneSaysWhatWouldLowerIt) {
  FakeScores fake;
  const RunResult result = RunWith(fake.services, {"risk", "score", "applications/a"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              StartsWith("applications/a: risk score 28.1 of 100: the chance in percent that within a "
                         "year a supply cutoff takes it down for longer than the 1d that it tolerates\n"));
  EXPECT_THAT(result.out,
              HasSubstr("20.0 points: give `applications/a/dependencies/chat` a fallback that still works "
                        "when vendor:openai is lost"));
}

TEST(Explain, ListsContributions) {
  FakeScores fake;
  const RunResult result = RunWith(fake.services, {"risk", "explain", "applications/a"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("vendor:openai"));
  EXPECT_THAT(result.out, HasSubstr("0.02 own"));
  EXPECT_THAT(result.out, HasSubstr("[1h, 2h]"));
}

TEST(ScoreText, TellsHowAScoreHasMoved) {
  risk::Score score;
  score.mutable_likely()->set_score(12);
  risk::ListScoreHistoryResponse history;
  EXPECT_EQ(TrendText(score, history), "");
  const auto add = [&history](int64_t day, double likely) {
    auto& point = *history.add_points();
    point.mutable_score_time()->set_seconds(day * 86'400);
    point.mutable_score()->set_likely(likely);
  };
  add(100, 50);  // Longer ago than 30 days.
  add(190, 10);
  EXPECT_EQ(TrendText(score, history), "");  // Only today's.
  add(200, 12);
  EXPECT_EQ(TrendText(score, history), ", 2.0 up since 1970-07-10");
  score.mutable_likely()->set_score(10.01);
  EXPECT_EQ(TrendText(score, history), ", as on 1970-07-10");
}

TEST(ScoreText, NeverShowsASureThingThatIsNone) {
  EXPECT_EQ(Points(0), "0");
  EXPECT_EQ(Points(0.01), "<0.1");
  EXPECT_EQ(Points(99.99), ">99.9");
  EXPECT_EQ(Points(100), "100");
  EXPECT_EQ(Points(28.06), "28.1");
}

}  // namespace
}  // namespace linchpin::cli
