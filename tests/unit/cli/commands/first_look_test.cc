#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "linchpin/risk/v1/score.pb.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct FakeFirstLook {
  FakeServices services;
  int64_t applications = 16;
  risk::SuggestRemediesRequest asked;
  FakeFirstLook() {
    services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
        "GetConcentration", [](const auto&, auto&) { return absl::OkStatus(); });
    services.On<risk::ListScoresRequest, risk::ListScoresResponse>(
        "ListScores", [this](const auto&, auto& response) {
          response.mutable_basis()->set_application_count(applications);
          response.set_total_size(4);  // Business services, where these are asked for.
          for (auto* figure : {response.mutable_portfolio()->mutable_proven(),
                               response.mutable_portfolio()->mutable_likely(),
                               response.mutable_portfolio()->mutable_not_excluded()}) {
            figure->set_score(20);
          }
          return absl::OkStatus();
        });
    services.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>(
        "SweepCutoffs", [](const auto&, auto& response) {
          auto& atom = *response.mutable_result()->add_atoms();
          atom.set_key("vendor:openai");
          atom.mutable_immediate()->mutable_likely()->set_down(6);
          atom.mutable_sustained()->mutable_likely()->set_down(1);
          return absl::OkStatus();
        });
    services.On<policy::CheckChangeRequest, policy::CheckChangeResponse>(
        "CheckChange", [](const auto&, auto&) { return absl::OkStatus(); });
    services.On<risk::SuggestRemediesRequest, risk::SuggestRemediesResponse>(
        "SuggestRemedies", [this](const auto& request, auto& response) {
          asked = request;
          auto& remedy = *response.mutable_result()->add_remedies();
          remedy.set_title("Add deployments/b as a fallback of routes/chat");
          remedy.mutable_score_before()->set_likely(20);
          remedy.mutable_score_after()->set_likely(12.5);
          remedy.set_cost_days(1);
          return absl::OkStatus();
        });
  }
};

TEST(FirstLook, TellsScoreWorstEventAndBestDecisionInThreeSentences) {
  FakeFirstLook fake;
  const std::string out = RunWith(fake.services, {"overview"}).out;
  EXPECT_THAT(
      out,
      StartsWith("Risk score 20.0 of 100: over 16 applications by criticality, the chance in percent that "));
  EXPECT_THAT(
      out,
      HasSubstr(
          "\nWorst event: the exit of vendors/openai stops 6 of 20 applications and business services at "
          "once; "
          "1 stays down when every fallback has taken over (`linchpin risk simulate --exit "
          "vendors/openai`)\n"));
  EXPECT_THAT(
      out,
      HasSubstr(
          "\nBest decision: Add deployments/b as a fallback of routes/chat: score 20.0 -> 12.5 for 1 day "
          "of work (`linchpin risk remedies` has the next ones)\n"));
  EXPECT_EQ(fake.asked.max_remedies(), 1);
}

TEST(FirstLook, NobodyFearsABanByTheCountryAtHome) {
  FakeFirstLook fake;
  fake.services.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
      "GetConcentration", [](const auto&, auto& response) {
        response.mutable_foreign()->add_home("US");
        return absl::OkStatus();
      });
  risk::SweepCutoffsRequest asked;
  fake.services.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>(
      "SweepCutoffs", [&asked](const auto& request, auto& response) {
        asked = request;
        for (const char* key : {"weights:US", "services:US", "weights:CN"}) {
          auto& atom = *response.mutable_result()->add_atoms();
          atom.set_key(key);
          atom.mutable_immediate()->mutable_likely()->set_down(6);
        }
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(fake.services, {"overview"}).out,
              HasSubstr("\nWorst event: a ban on weights from CN stops "));
  EXPECT_EQ(asked.max_atoms(), 3);
}

TEST(FirstLook, TheBestDecisionOpensNoFinding) {
  FakeFirstLook fake;
  fake.services.On<risk::SuggestRemediesRequest, risk::SuggestRemediesResponse>(
      "SuggestRemedies", [](const auto& request, auto& response) {
        auto& remedy = *response.mutable_result()->add_remedies();
        remedy.set_title(request.without_size() == 0 ? "Add a foreign model" : "Add one of home");
        remedy.add_documents()->mutable_resource()->mutable_route()->set_name(
            request.without_size() == 0 ? "routes/foreign" : "routes/home");
        return absl::OkStatus();
      });
  fake.services.On<policy::CheckChangeRequest, policy::CheckChangeResponse>(
      "CheckChange", [](const auto& request, auto& response) {
        if (request.proposed().operations(0).upsert().route().name() == "routes/foreign")
          response.add_introduced()->mutable_finding()->set_name("findings/f");
        return absl::OkStatus();
      });
  EXPECT_THAT(RunWith(fake.services, {"overview"}).out, HasSubstr("\nBest decision: Add one of home: "));
}

TEST(FirstLook, SaysWhereNoPolicyWasAsked) {
  FakeFirstLook fake;
  fake.services.handlers.erase("CheckChange");
  EXPECT_THAT(RunWith(fake.services, {"overview"}).out,
              HasSubstr(" for 1 day of work, if your policies allow it (`linchpin risk remedies`"));
}

TEST(FirstLook, WithoutApplicationsThereIsNoScoreButAWorstEvent) {
  FakeFirstLook fake;
  fake.applications = 0;
  const std::string out = RunWith(fake.services, {"overview"}).out;
  EXPECT_THAT(out, HasSubstr("No score: no application is declared yet"));
  EXPECT_THAT(out, HasSubstr("Worst event: "));
  EXPECT_THAT(out, Not(HasSubstr("Best decision")));
}

TEST(FirstLook, CountsTheRoutesThatStandIn) {
  FakeFirstLook fake;
  fake.applications = 0;
  fake.services.On<risk::ListScoresRequest, risk::ListScoresResponse>(
      "ListScores", [](const auto&, auto&) { return absl::OkStatus(); });
  fake.services.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>(
      "SweepCutoffs", [](const auto&, auto& response) {
        response.mutable_result()->set_stand_in_route_count(14);
        auto& atom = *response.mutable_result()->add_atoms();
        atom.set_key("vendor:openai");
        atom.mutable_immediate()->mutable_likely()->set_down(6);
        atom.mutable_sustained()->mutable_likely()->set_down(6);
        return absl::OkStatus();
      });
  EXPECT_THAT(
      RunWith(fake.services, {"overview"}).out,
      HasSubstr("Worst event: the exit of vendors/openai stops 6 of 14 routes at once; no fallback brings "
                "any of them back ("));
}

TEST(FirstLook, LeavesOutTheDecisionWhereItTakesLong) {
  FakeFirstLook fake;
  fake.applications = 2001;
  EXPECT_THAT(RunWith(fake.services, {"overview"}).out, Not(HasSubstr("Best decision")));
}

}  // namespace
}  // namespace linchpin::cli
