#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/hazard.pb.h"
#include "linchpin/risk/v1/loss.pb.h"
#include "linchpin/risk/v1/preset.pb.h"
#include "linchpin/risk/v1/score_history.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::HasSubstr;
using testing::StartsWith;

void Fill(double mean, risk::LossFigures& figures) {
  figures.set_mean_minor(mean);
  figures.set_standard_error_minor(100);
  figures.set_probability_of_loss_ratio(0.25);
  figures.set_max_minor(900'000);
  auto& value = *figures.add_values_at_risk();
  value.set_level_ppm(950'000);
  value.set_value_minor(500'000);
  value.set_conditional_minor(600'000);
  auto& point = *figures.add_exceedance();
  point.set_loss_minor(0);
  point.set_exceeded_ratio(0.25);
}

struct FakeLosses {
  FakeServices services;
  risk::EstimateLossesRequest asked;
  FakeLosses() {
    services.On<risk::EstimateLossesRequest, risk::EstimateLossesResponse>(
        "EstimateLosses", [this](const auto& request, auto& response) {
          asked = request;
          auto& result = *response.mutable_result();
          result.set_currency("EUR");
          result.set_trials(10'000);
          result.set_seed(1);
          Fill(120'000, *result.mutable_proven());
          Fill(120'000, *result.mutable_likely());
          Fill(240'000, *result.mutable_not_excluded());
          result.set_priced_consumers(1);
          result.set_unpriced_consumers(2);
          auto& cause = *result.add_causes();
          cause.set_key("vendor:openai");
          cause.set_loss_share_ratio(0.75);
          return absl::OkStatus();
        });
  }
};

TEST(Loss, BeginsWithTheExpectedLossAndWhatDrivesIt) {
  FakeLosses fake;
  const RunResult result = RunWith(fake.services, {"risk", "loss", "--trials", "10000000"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(fake.asked.trials(), 10'000'000);
  EXPECT_THAT(result.out, StartsWith("Expected loss of a year EUR 1,200.00 (at most EUR 2,400.00)"));
  EXPECT_THAT(result.out, HasSubstr("Driven by vendor:openai: 75.0%"));
  EXPECT_THAT(result.out, HasSubstr("2 applications and services have no price"));
  EXPECT_THAT(result.out, HasSubstr("exceeded in 5.0% of years"));
}

// 0 would be a wrong answer: it must say that nothing is priced, and how to price it.
TEST(Loss, SaysThatNothingIsPricedInPlaceOfZero) {
  FakeServices services;
  services.On<risk::EstimateLossesRequest, risk::EstimateLossesResponse>(
      "EstimateLosses", [](const auto&, auto& response) {
        response.mutable_result()->set_currency("EUR");
        response.mutable_result()->set_unpriced_consumers(7);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "loss"});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out,
              StartsWith("Nothing has a price, so no loss can be told: of 7 applications and services none"));
  EXPECT_THAT(result.out, HasSubstr("lossPerHourMinor"));
  EXPECT_THAT(result.out, testing::Not(HasSubstr("EUR 0")));
}

TEST(Loss, RefusesTrialsOutOfRange) {
  FakeLosses fake;
  EXPECT_EQ(RunWith(fake.services, {"risk", "loss", "--trials", "0"}).code, 2);
  EXPECT_EQ(RunWith(fake.services, {"risk", "loss", "--trials", "10000001"}).code, 2);
}

TEST(Loss, WritesTheCurveForPrograms) {
  FakeLosses fake;
  const RunResult result = RunWith(fake.services, {"risk", "loss", "-o", "csv"});
  EXPECT_EQ(result.out,
            "reading,loss_minor,exceeded_ratio,currency\r\nproven,0,0.25,EUR\r\nlikely,0,0.25,EUR\r\n"
            "not_excluded,0,0.25,EUR\r\n");
}

TEST(Hazards, ShowWhatIsAssumedAndWhy) {
  FakeServices services;
  services.On<risk::GetHazardsRequest, risk::GetHazardsResponse>(
      "GetHazards", [](const auto& request, auto& response) {
        EXPECT_EQ(request.hazard_table(), "hazardTables/strict");
        response.set_hazard_table("hazardTables/strict");
        auto& row = *response.add_hazards();
        row.set_hazard_class(risk::HAZARD_CLASS_VENDOR_EXIT);
        row.set_rate_per_year(0.02);
        row.mutable_notice()->set_seconds(30 * 86'400);
        row.set_reason("Seldom.");
        auto& retirement = *response.add_retirements();
        retirement.set_model("models/m");
        retirement.mutable_retirement_time()->set_seconds(1'796'083'200);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "hazards", "--hazards", "hazardTables/strict"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("vendor-exit"));
  EXPECT_THAT(result.out, HasSubstr("Seldom."));
  EXPECT_THAT(result.out, HasSubstr("2026-12-01  models/m"));
}

struct FakePresets {
  FakeServices services;
  std::vector<std::string> simulated;
  FakePresets() {
    services.On<risk::GetScenarioPresetRequest, risk::GetScenarioPresetResponse>(
        "GetScenarioPreset", [](const auto& request, auto& response) {
          response.mutable_preset()->set_display_name("Loss of a cloud region");
          auto& cutoff = *response.mutable_preset()->mutable_scenario()->add_cutoffs();
          cutoff.set_type(risk::Cutoff::TYPE_CLOUD_FAILURE);
          cutoff.set_target(request.target().empty() ? "hosts/a" : request.target());
          response.add_notes("The inventory does not hold it.");
          return absl::OkStatus();
        });
    services.On<risk::GetScenarioRequest, risk::Scenario>("GetScenario",
                                                          [](const auto& request, auto& response) {
                                                            response.set_name(request.name());
                                                            auto& cutoff = *response.add_cutoffs();
                                                            cutoff.set_type(risk::Cutoff::TYPE_VENDOR_EXIT);
                                                            cutoff.set_target("vendors/v");
                                                            return absl::OkStatus();
                                                          });
    services.On<risk::SimulateCutoffRequest,
                risk::SimulateCutoffResponse>("SimulateCutoff", [this](const auto& request, auto& response) {
      const std::string& target = request.scenario().cutoffs(0).target();
      simulated.push_back(target);
      auto& impact = *response.add_consumers();
      impact.set_consumer("applications/x");
      const bool vendor = target == "vendors/v";
      response.set_application_count(7);
      for (auto* total : {response.mutable_proven(), response.mutable_likely()})
        total->set_impact_index_ppm(vendor ? 50'000 : 20'000);
      for (auto* one : {impact.mutable_proven(), impact.mutable_likely(), impact.mutable_not_excluded()}) {
        one->set_lost_ppm_seconds(vendor ? 5 : 1);
        one->mutable_down()->set_seconds(vendor ? 7200 : 3600);
      }
      // Of whom a difference is only not excluded.
      auto& open = *response.add_consumers();
      open.set_consumer("applications/open");
      open.mutable_not_excluded()->set_lost_ppm_seconds(vendor ? 9 : 1);
      open.mutable_not_excluded()->mutable_down()->set_seconds(vendor ? 60 : 0);
      return absl::OkStatus();
    });
  }
};

TEST(Presets, AreSimulatedForATargetOfOnesOwn) {
  FakePresets fake;
  const RunResult result =
      RunWith(fake.services, {"risk", "simulate", "--preset", "region-failure", "--target", "hosts/b"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(fake.simulated, testing::ElementsAre("hosts/b"));
  EXPECT_THAT(result.err, HasSubstr("Loss of a cloud region"));
  EXPECT_THAT(result.err, HasSubstr("The inventory does not hold it."));
  EXPECT_EQ(RunWith(fake.services, {"risk", "simulate", "--target", "hosts/b", "--exit", "v"}).code, 2);
  EXPECT_EQ(RunWith(fake.services, {"risk", "simulate", "--preset", "a", "--scenario", "b"}).code, 2);
}

TEST(Compare, ShowsWhereTwoScenariosDiffer) {
  FakePresets fake;
  const RunResult result = RunWith(fake.services, {"risk", "compare", "scenarios/s", "region-failure"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(fake.simulated, testing::ElementsAre("vendors/v", "hosts/a"));
  EXPECT_THAT(result.out, StartsWith("scenarios/s against region-failure"));
  EXPECT_THAT(result.out, HasSubstr("scenarios/s costs more service, by criticality: 5.0% against 2.0%"));
  EXPECT_THAT(result.out, HasSubstr("applications that stop, of 7"));
  EXPECT_THAT(result.out, HasSubstr("applications/x"));
  EXPECT_THAT(result.out, HasSubstr("Of 1 more a difference is not excluded"));
  EXPECT_THAT(result.out, Not(HasSubstr("applications/open")));
  const RunResult all = RunWith(fake.services, {"risk", "compare", "scenarios/s", "region-failure", "--all"});
  EXPECT_THAT(all.out, HasSubstr("not hit, not excluded 1m"));
  EXPECT_EQ(RunWith(fake.services, {"risk", "compare", "scenarios/s", "region-failure", "-o", "csv"}).out,
            "consumer,a_down_proven_seconds,a_down_likely_seconds,a_down_not_excluded_seconds,"
            "b_down_proven_seconds,b_down_likely_seconds,b_down_not_excluded_seconds\r\n"
            "applications/x,7200,7200,7200,3600,3600,3600\r\n"
            "applications/open,0,0,60,0,0,0\r\n");
}

TEST(History, ListsThePointsOfOneScore) {
  FakeServices services;
  services.On<risk::ListScoreHistoryRequest, risk::ListScoreHistoryResponse>(
      "ListScoreHistory", [](const auto& request, auto& response) {
        EXPECT_EQ(request.name(), "portfolio");
        auto& point = *response.add_points();
        point.mutable_score_time()->set_seconds(1'796'083'200);
        point.mutable_score()->set_likely(12.34);
        point.set_cause(risk::ScoreRecord::CAUSE_MOVE);
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"risk", "history"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("12.3"));
  EXPECT_THAT(result.out, HasSubstr("moved by more than a point"));
}

}  // namespace
}  // namespace linchpin::cli
