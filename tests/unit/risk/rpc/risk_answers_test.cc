#include "services/risk/rpc/risk_answers.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/kit/metrics/metrics.h"
#include "services/replica/publisher.h"
#include "services/risk/rpc/risk_gauges.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kExitOfAlpha[] =
    "scenario { cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/alpha' duration { seconds: 7200 } } }";

class Recorder : public kit::MessageWriter {
 public:
  explicit Recorder(int accepts = 1000) : accepts_(accepts) {}
  bool WriteMessage(const google::protobuf::MessageLite& message) override {
    if (static_cast<int>(messages.size()) == accepts_) return false;
    messages.push_back(static_cast<const v1::SweepCutoffsResponse&>(message));
    return true;
  }
  std::vector<v1::SweepCutoffsResponse> messages;

 private:
  const int accepts_;
};

class RiskAnswersTest : public ::testing::Test {
 protected:
  void Publish(int64_t revision) {
    source_.SetHistory("history");
    source_.Publish({ViewOf(TwoVendors(), revision), {}, true});
    source_.ConfirmNewest(base::SteadyNow());
  }
  static kit::Call::Identity Patient(absl::Duration patience) {
    kit::Call::Identity identity;
    identity.deadline = base::SteadyNow() + patience;
    return identity;
  }

  replica::Publisher source_;
  AnalysisCache cache_;
  std::vector<std::string> ended_;
  RiskAnswers answers_{
      serving::Snapshots(source_),
      cache_,
      {{"FR"}, "EUR", [this](std::string_view result, absl::Duration) { ended_.emplace_back(result); }, 4}};
};

TEST_F(RiskAnswersTest, SayWhichRevisionTheyWereComputedFrom) {
  Publish(12);
  kit::Call call;
  v1::GetConcentrationResponse response;
  const absl::Status status = answers_.GetConcentration(call, {}, response);
  ASSERT_THAT(status, IsOk());
  EXPECT_EQ(response.inventory().revision(), 12);
  EXPECT_EQ(*source_.ParseRevisionToken(response.inventory().revision_token()), 12);
  const std::map<std::string, std::string> trailers(call.trailers().begin(), call.trailers().end());
  EXPECT_EQ(trailers.at("linchpin-revision"), "12");
  EXPECT_EQ(trailers.at("linchpin-revision-token"), response.inventory().revision_token());
  EXPECT_TRUE(trailers.contains("linchpin-age-ms"));
  EXPECT_THAT(response.foreign().home(), ElementsAre("FR"));
}

TEST_F(RiskAnswersTest, CountWhomTheSelectorSelects) {
  Publish(12);
  kit::Call call;
  v1::GetConcentrationRequest request;
  request.mutable_selector()->add_tiers(1);
  v1::GetConcentrationResponse response;
  ASSERT_TRUE(answers_.GetConcentration(call, request, response).ok());
  EXPECT_EQ(response.concentrations(0).population(), 1);
  EXPECT_EQ(response.selection().application_count(), 1);
  v1::SimulateCutoffRequest simulate = FromText<v1::SimulateCutoffRequest>(kExitOfAlpha);
  *simulate.mutable_selector() = request.selector();
  v1::SimulateCutoffResponse simulated;
  ASSERT_TRUE(answers_.SimulateCutoff(call, simulate, simulated).ok());
  EXPECT_EQ(simulated.application_count(), 1);
  EXPECT_EQ(simulated.selection().description(), "tier 1");
}

TEST_F(RiskAnswersTest, AreRefusedWhereNobodyIsSelected) {
  Publish(12);
  kit::Call call;
  v1::GetConcentrationRequest request;
  request.mutable_selector()->add_owners("nobody");
  v1::GetConcentrationResponse response;
  EXPECT_EQ(base::ReasonOf(answers_.GetConcentration(call, request, response)), "NOTHING_SELECTED");
}

TEST_F(RiskAnswersTest, AreRefusedWhileThereIsNoView) {
  kit::Call call(Patient(absl::Milliseconds(60)));
  v1::GetConcentrationResponse response;
  EXPECT_THAT(answers_.GetConcentration(call, {}, response), HasReason("NOT_READY"));
}

TEST_F(RiskAnswersTest, AreOfNoAgeWhileItIsNotKnown) {
  Publish(12);
  source_.ForgetNewest();
  kit::Call call;
  v1::GetConcentrationResponse response;
  ASSERT_THAT(answers_.GetConcentration(call, {}, response), IsOk());
  EXPECT_FALSE(response.inventory().has_age());
  const std::map<std::string, std::string> trailers(call.trailers().begin(), call.trailers().end());
  EXPECT_FALSE(trailers.contains("linchpin-age-ms"));
}

TEST_F(RiskAnswersTest, SimulateAndTellHowItEnded) {
  Publish(12);
  kit::Call call;
  v1::SimulateCutoffResponse response;
  ASSERT_THAT(answers_.SimulateCutoff(call, FromText<v1::SimulateCutoffRequest>(kExitOfAlpha), response),
              IsOk());
  EXPECT_EQ(response.currency(), "EUR");
  EXPECT_EQ(response.proven().cost_minor(), 1000);
  const auto nobody = FromText<v1::SimulateCutoffRequest>(
      "scenario { cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/nobody' } }");
  EXPECT_THAT(answers_.SimulateCutoff(call, nobody, response), Not(IsOk()));
  EXPECT_THAT(ended_, ElementsAre("ok", "not_found"));
}

TEST_F(RiskAnswersTest, StopASimulationThatNobodyWaitsFor) {
  Publish(12);
  kit::Call call;
  call.Cancel(kit::Call::Stop::kCancelled);
  Recorder recorder;
  kit::StreamWriter<v1::SweepCutoffsResponse> writer(recorder);
  EXPECT_THAT(answers_.SweepCutoffs(call, {}, writer), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(RiskAnswersTest, SweepWithProgressFirstAndTheResultLast) {
  Publish(12);
  kit::Call call;
  Recorder recorder;
  kit::StreamWriter<v1::SweepCutoffsResponse> writer(recorder);
  ASSERT_THAT(answers_.SweepCutoffs(call, {}, writer), IsOk());
  ASSERT_GE(recorder.messages.size(), 2u);
  EXPECT_EQ(recorder.messages.front().progress().done(), 0);
  EXPECT_EQ(recorder.messages.front().progress().total(), 3);
  EXPECT_EQ(recorder.messages.back().result().atom_count(), 3);
  EXPECT_EQ(recorder.messages.back().result().inventory().revision(), 12);
  EXPECT_THAT(ended_, ElementsAre("ok"));
}

// Asks for another sweep at the first message.
class Greedy : public kit::MessageWriter {
 public:
  explicit Greedy(RiskAnswers& answers) : answers_(answers) {}
  bool WriteMessage(const google::protobuf::MessageLite&) override {
    if (refused.has_value()) return true;
    Recorder recorder;
    kit::StreamWriter<v1::SweepCutoffsResponse> writer(recorder);
    kit::Call call;
    refused = answers_.SweepCutoffs(call, {}, writer);
    return true;
  }
  std::optional<absl::Status> refused;

 private:
  RiskAnswers& answers_;
};

TEST_F(RiskAnswersTest, SweepOnlySoManyAtOnce) {
  Publish(12);
  RiskAnswers answers(serving::Snapshots(source_), cache_,
                      {.home = {}, .currency = "", .simulated = nullptr, .sweeps_max = 1});
  for (int i = 0; i < 2; ++i) {
    Greedy greedy(answers);
    kit::StreamWriter<v1::SweepCutoffsResponse> writer(greedy);
    kit::Call call;
    EXPECT_THAT(answers.SweepCutoffs(call, {}, writer), IsOk()) << "the place is given back";
    EXPECT_THAT(*greedy.refused, HasReason("OVERLOADED"));
  }
}

TEST_F(RiskAnswersTest, EndASweepWhoseReaderIsGone) {
  Publish(12);
  kit::Call call;
  Recorder recorder(0);
  kit::StreamWriter<v1::SweepCutoffsResponse> writer(recorder);
  EXPECT_THAT(answers_.SweepCutoffs(call, {}, writer), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_TRUE(recorder.messages.empty());
}

TEST_F(RiskAnswersTest, ExportTheFiguresOfTheNewestRevision) {
  kit::Metrics metrics("0", "0");
  RiskGauges gauges(source_, cache_, metrics, {{"FR"}, absl::Hours(1)});
  EXPECT_THAT(metrics.Scrape(), Not(HasSubstr("linchpin_risk_hhi")));
  Publish(12);
  ASSERT_THAT(gauges.Refresh(), IsOk());
  const std::string scrape = metrics.Scrape();
  EXPECT_THAT(
      scrape,
      HasSubstr("linchpin_risk_hhi{basis=\"APPLICATIONS\",bound=\"likely\",dimension=\"OPERATOR\"} 5000"));
  EXPECT_THAT(scrape,
              HasSubstr("linchpin_risk_top_share_ratio{bound=\"lower\",dimension=\"OPERATOR_GROUP\"} 0.5"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_risk_unknown_share_ratio{dimension=\"HOST_COUNTRY\"} 0.5"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_risk_foreign_share_ratio{bound=\"lower\"} 1"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_risk_unmitigated_applications{bound=\"lower\",tier=\"3\"} 1"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_risk_figures_revision 12"));
  EXPECT_THAT(scrape, HasSubstr("linchpin_risk_figures_timestamp_seconds"));
}

}  // namespace
}  // namespace linchpin::risk
