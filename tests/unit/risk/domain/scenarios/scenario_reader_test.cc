#include "services/risk/domain/scenarios/scenario_reader.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

absl::StatusOr<ReadScenario> ReadText(const std::string& text) {
  return Read(*TwoVendors().Graph(), FromText<linchpin::risk::v1::Scenario>(text));
}

std::vector<std::string> WrongFields(const std::string& text) {
  std::vector<std::string> fields;
  const auto read = ReadText(text);
  const auto details = base::DetailsOf(read.status());
  if (!details.has_value()) return fields;
  for (const auto& violation : details->violations) fields.push_back(violation.field);
  return fields;
}

TEST(ScenarioReader, ReadsACutoffWithAllItsFields) {
  const auto read = ReadText(R"pb(
    horizon { seconds: 600 }
    cutoffs {
      id: "ban"
      type: TYPE_COUNTRY_WEIGHTS_BAN
      country: "US"
      severity_ppm: 500000
      start { seconds: 1 }
      notice { seconds: 2 }
      duration { seconds: 3 }
      reach: REACH_DISTILLED
    }
  )pb");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->scenario.horizon_seconds, 600);
  const engine::Cutoff& cutoff = read->scenario.cutoffs.at(0);
  EXPECT_EQ(cutoff.id, "ban");
  EXPECT_EQ(cutoff.kind, engine::CutoffKind::kCountryWeightsBan);
  EXPECT_EQ(cutoff.country->ToString(), "US");
  EXPECT_EQ(cutoff.severity_ppm, 500'000);
  EXPECT_EQ(cutoff.start_seconds, 1);
  EXPECT_EQ(cutoff.notice_seconds, 2);
  EXPECT_EQ(cutoff.duration_seconds, 3);
  EXPECT_EQ(cutoff.reach, engine::Reach::kDistilled);
  EXPECT_TRUE(read->assumptions.empty());
}

TEST(ScenarioReader, ShowsWhatItAssumes) {
  const auto read = ReadText("cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/alpha' }");
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->scenario.horizon_seconds, 86'400);
  EXPECT_EQ(read->scenario.cutoffs[0].id, "1");
  EXPECT_EQ(read->scenario.cutoffs[0].severity_ppm, engine::kOne);
  EXPECT_EQ(read->scenario.cutoffs[0].reach, engine::Reach::kWeights);
  EXPECT_THAT(read->assumptions, SizeIs(3));
}

TEST(ScenarioReader, TakesTheTargetThatFitsTheType) {
  struct Case {
    const char* type;
    const char* target;
    bool fits;
  };
  for (const Case& c : {Case{"TYPE_VENDOR_API_CUTOFF", "vendors/alpha", true},
                        {"TYPE_VENDOR_EXIT", "hosts/eu", false},
                        {"TYPE_LICENCE_REVOCATION", "licences/open", true},
                        {"TYPE_LICENCE_REVOCATION", "models/one", false},
                        {"TYPE_MODEL_WITHDRAWAL", "models/one", true},
                        {"TYPE_CLOUD_FAILURE", "hosts/eu", true},
                        {"TYPE_CLOUD_FAILURE", "vendors/cloud", true},
                        {"TYPE_CLOUD_FAILURE", "models/one", false},
                        {"TYPE_DEPLOYMENT_OUTAGE", "deployments/beta", true},
                        {"TYPE_DEPLOYMENT_OUTAGE", "no name", false},
                        {"TYPE_VENDOR_EXIT", "", false}}) {
    const auto read = ReadText(std::string("cutoffs { type: ") + c.type + " target: '" + c.target + "' }");
    EXPECT_EQ(read.ok(), c.fits) << c.type << " " << c.target << " " << read.status();
  }
}

TEST(ScenarioReader, NamesATargetThatTheInventoryDoesNotHold) {
  const auto read = ReadText("cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/nobody' }");
  EXPECT_THAT(read, Fails(absl::StatusCode::kNotFound, "TARGET_NOT_FOUND"));
  EXPECT_EQ(base::DetailsOf(read.status())->metadata.at("target"), "vendors/nobody");
}

TEST(ScenarioReader, AcceptsACountryThatNothingNames) {
  EXPECT_THAT(ReadText("cutoffs { type: TYPE_COUNTRY_SERVICE_CUTOFF country: 'NZ' }"), IsOk());
}

TEST(ScenarioReader, ListsEveryFieldThatIsWrong) {
  EXPECT_THAT(WrongFields(""), ElementsAre("scenario.cutoffs"));
  EXPECT_THAT(WrongFields(R"pb(
                horizon { seconds: 0 }
                cutoffs {
                  id: "a"
                  type: TYPE_VENDOR_EXIT
                  target: "vendors/alpha"
                  severity_ppm: 1000001
                  reach: REACH_DIRECT
                }
                cutoffs {
                  id: "a"
                  type: TYPE_COUNTRY_WEIGHTS_BAN
                  target: "vendors/alpha"
                  notice { nanos: 1 }
                }
                cutoffs {
                  type: TYPE_VENDOR_EXIT
                  target: "vendors/beta"
                  country: "US"
                  duration { seconds: 0 }
                }
                cutoffs { start { seconds: -1 } }
              )pb"),
              UnorderedElementsAre("scenario.horizon", "scenario.cutoffs[0].severity_ppm",
                                   "scenario.cutoffs[0].reach", "scenario.cutoffs[1].id",
                                   "scenario.cutoffs[1].country", "scenario.cutoffs[1].target",
                                   "scenario.cutoffs[1].notice", "scenario.cutoffs[2].country",
                                   "scenario.cutoffs[2].duration", "scenario.cutoffs[3].type"));
}

TEST(ScenarioReader, RefusesMoreCutoffsThanItTakes) {
  std::string text;
  for (int i = 0; i < kScenarioCutoffsMax + 1; ++i)
    text += "cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/alpha' } ";
  EXPECT_THAT(WrongFields(text), ElementsAre("scenario.cutoffs"));
}

}  // namespace
}  // namespace linchpin::risk
