#include "services/cli/selector.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/risk/v1/risk_service.pb.h"
#include "services/cli/commands.h"
#include "services/cli/context.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SelectorTest : public ::testing::Test {
 protected:
  SelectorTest() {
    services_.On<risk::GetConcentrationRequest, risk::GetConcentrationResponse>(
        "GetConcentration", [this](const auto& request, auto& response) {
          asked_ = request.selector();
          if (request.has_selector()) *response.mutable_selection() = selection_;
          response.add_concentrations()->set_population(2);
          return absl::OkStatus();
        });
    selection_.set_description("tier 1");
    selection_.set_application_count(2);
  }

  FakeServices services_;
  risk::ConsumerSelector asked_;
  risk::ConsumerSelection selection_;
};

TEST_F(SelectorTest, IsReadFromTheFlags) {
  const RunResult run = RunWith(
      services_, {"risk", "concentration", "--tier", "1", "--tier", "unknown", "--owner", "a", "--owner", "b",
                  "--unit", "bank", "--critical", "-l", "team=x", "--label", "zone=y=z"});
  EXPECT_EQ(run.code, kOk) << run.err;
  EXPECT_THAT(asked_.tiers(), ElementsAre(1, 0));
  EXPECT_THAT(asked_.owners(), ElementsAre("a", "b"));
  EXPECT_THAT(asked_.business_units(), ElementsAre("bank"));
  EXPECT_TRUE(asked_.critical_function());
  EXPECT_EQ(asked_.labels().at("team"), "x");
  EXPECT_EQ(asked_.labels().at("zone"), "y=z");
}

TEST_F(SelectorTest, IsSaidOnce) {
  const RunResult run = RunWith(services_, {"risk", "concentration", "--tier", "1"});
  EXPECT_THAT(run.err, HasSubstr("Counted: tier 1: 2 applications and 0 business services\n"));
  EXPECT_THAT(RunWith(services_, {"risk", "concentration", "--tier", "1", "-q"}).err,
              Not(HasSubstr("Counted")));
}

TEST_F(SelectorTest, IsLeftOutWhereNothingIsAsked) {
  const RunResult run = RunWith(services_, {"risk", "concentration"});
  EXPECT_EQ(run.code, kOk) << run.err;
  EXPECT_EQ(asked_.ByteSizeLong(), 0u);
  EXPECT_THAT(run.err, Not(HasSubstr("Counted")));
}

TEST_F(SelectorTest, GoesIntoTheQuestionOfARequest) {
  risk::ConsumerSelector asked;
  services_.On<risk::ListSinglePointsOfFailureRequest, risk::ListSinglePointsOfFailureResponse>(
      "ListSinglePointsOfFailure", [&asked](const auto& request, auto&) {
        asked = request.question().selector();
        return absl::OkStatus();
      });
  EXPECT_EQ(RunWith(services_, {"risk", "single-points", "--not-critical"}).code, kOk);
  EXPECT_TRUE(asked.has_critical_function());
  EXPECT_FALSE(asked.critical_function());
}

TEST_F(SelectorTest, GoesIntoRequestsWithStreamedAnswers) {
  risk::ConsumerSelector asked;
  services_.On<risk::SweepCutoffsRequest, risk::SweepCutoffsResponse>(
      "SweepCutoffs", [&](const auto& request, auto& response) {
        asked = request.selector();
        *response.mutable_result()->mutable_selection() = selection_;
        return absl::OkStatus();
      });
  const RunResult run = RunWith(services_, {"risk", "sweep", "--tier", "2"});
  EXPECT_THAT(asked.tiers(), ElementsAre(2));
  EXPECT_THAT(run.err, HasSubstr("Counted: tier 1"));
}

TEST_F(SelectorTest, RefusesWhatIsNone) {
  EXPECT_THAT(RunWith(services_, {"risk", "concentration", "--tier", "5"}).err,
              HasSubstr("`5` is not a tier"));
  EXPECT_THAT(RunWith(services_, {"risk", "concentration", "-l", "team"}).err, HasSubstr("give KEY=VALUE"));
  EXPECT_THAT(RunWith(services_, {"risk", "concentration", "-l", "a=1", "-l", "a=2"}).err,
              HasSubstr("nothing has a=1 and a=2 at once"));
  const RunResult both = RunWith(services_, {"risk", "concentration", "--critical", "--not-critical"});
  EXPECT_EQ(both.code, kUsage);
  EXPECT_THAT(both.err, HasSubstr("exclude each other"));
}

// A flag that is taken and not read would show figures of all as those of a part.
TEST(SelectorFlags, StandWhereEveryFigureFollowsThem) {
  for (const Command& command : Commands()) {
    const bool has = std::any_of(command.flags.begin(), command.flags.end(),
                                 [](const Flag& flag) { return flag.name == "not-critical"; });
    const bool over_consumers = command.path == "report" || command.path == "overview" ||
                                command.path == "question list" || command.path == "attest" ||
                                (command.path.rfind("risk ", 0) == 0 && command.path != "risk hazards" &&
                                 command.path != "risk presets" && command.path != "risk history");
    EXPECT_EQ(has, over_consumers) << command.path;
  }
}

TEST(SelectionText, NamesWhomItLeavesOpen) {
  risk::ConsumerSelection selection;
  selection.set_description("owner a");
  selection.set_application_count(1);
  selection.set_business_service_count(2);
  selection.set_undecided_count(7);
  selection.add_undecided_consumers("applications/x");
  EXPECT_EQ(
      SelectionText(selection),
      "owner a: 1 application and 2 business services; of 7 more (applications/x) an absent field leaves it "
      "open, and they are not counted");
}

}  // namespace
}  // namespace linchpin::cli
