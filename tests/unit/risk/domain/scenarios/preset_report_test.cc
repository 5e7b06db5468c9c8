#include "services/risk/domain/scenarios/preset_report.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/risk/domain/scenarios/preset_library.h"
#include "services/risk/domain/scenarios/scenario_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::HasSubstr;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 30, 12), absl::UTCTimeZone());

absl::Status Get(const std::string& id, const std::string& target, v1::GetScenarioPresetResponse& response,
                 const RetirementTimes& retirements = {{"models/one", kNow + absl::Hours(240)}}) {
  Analysis analysis(TwoVendors().Graph());
  v1::GetScenarioPresetRequest request;
  request.set_id(id);
  request.set_target(target);
  return ReportPreset(analysis, retirements, kNow, request, response);
}

TEST(PresetLibrary, TellsDateAndSourceOfEachIncident) {
  std::set<std::string_view> ids;
  for (const Preset& preset : Presets()) {
    EXPECT_TRUE(ids.insert(preset.id).second) << preset.id;
    EXPECT_EQ(preset.incident_date.size(), 10u) << preset.id;
    EXPECT_EQ(preset.source.substr(0, 8), "https://") << preset.id;
    EXPECT_FALSE(preset.description.empty()) << preset.id;
    EXPECT_EQ(FindPreset(preset.id), &preset);
  }
  EXPECT_GE(ids.size(), 9u);
}

// Whatever the inventory holds, a preset that is answered can be simulated.
TEST(PresetReport, MakesScenariosThatCanBeSimulated) {
  const auto graph = TwoVendors().Graph();
  int made = 0;
  for (const Preset& preset : Presets()) {
    v1::GetScenarioPresetResponse response;
    const absl::Status status =
        Get(std::string(preset.id), preset.id == "open-releases-stop" ? "US" : "", response);
    ASSERT_TRUE(status.ok() || base::DetailsOf(status)->reason == "TARGET_NOT_FOUND") << preset.id << status;
    if (!status.ok()) continue;
    ++made;
    EXPECT_THAT(Read(*graph, response.preset().scenario()), IsOk()) << preset.id;
  }
  EXPECT_GE(made, 8);
}

TEST(PresetReport, TakesTheLargestWhereTheInventoryLacksWhatTheIncidentNames) {
  v1::GetScenarioPresetResponse response;
  ASSERT_THAT(Get("region-failure", "", response), IsOk());
  EXPECT_EQ(response.preset().scenario().cutoffs(0).target(), "hosts/eu");
  ASSERT_EQ(response.notes_size(), 1);
  EXPECT_THAT(response.notes(0), HasSubstr("hosts/aws-us-east-1"));
}

TEST(PresetReport, TakesTheTargetThatIsAskedFor) {
  v1::GetScenarioPresetResponse response;
  ASSERT_THAT(Get("throttling", "vendors/beta", response), IsOk());
  EXPECT_EQ(response.preset().scenario().cutoffs(0).target(), "vendors/beta");
  EXPECT_EQ(response.preset().scenario().cutoffs(0).severity_ppm(), 800'000);
  EXPECT_EQ(response.preset().scenario().cutoffs(0).duration().seconds(), 72 * 3600);
  EXPECT_EQ(base::DetailsOf(Get("throttling", "hosts/eu", response))->reason, "FIELD_INVALID");
  EXPECT_EQ(base::DetailsOf(Get("throttling", "vendors/none", response))->reason, "TARGET_NOT_FOUND");
  EXPECT_EQ(base::DetailsOf(Get("weights-ban", "vendors/beta", response))->reason, "FIELD_INVALID");
}

TEST(PresetReport, WithdrawsEachModelOnItsDate) {
  v1::GetScenarioPresetResponse response;
  const RetirementTimes dates = {{"models/one", kNow + absl::Hours(240)},
                                 {"models/two", kNow + absl::Hours(24 * 400)}};
  ASSERT_THAT(Get("retirement-wave", "", response, dates), IsOk());
  ASSERT_EQ(response.preset().scenario().cutoffs_size(), 1);
  EXPECT_EQ(response.preset().scenario().cutoffs(0).target(), "models/one");
  EXPECT_EQ(response.preset().scenario().cutoffs(0).start().seconds(), 252 * 3600);  // From midnight.
  EXPECT_EQ(base::DetailsOf(Get("retirement-wave", "", response, {}))->reason, "TARGET_NOT_FOUND");
}

TEST(PresetReport, NamesTheNearestOfAnUnknownPreset) {
  v1::GetScenarioPresetResponse response;
  const absl::Status status = Get("region-failur", "", response);
  EXPECT_EQ(base::DetailsOf(status)->reason, "RESOURCE_NOT_FOUND");
  EXPECT_THAT(std::string(status.message()), HasSubstr("region-failure"));
}

}  // namespace
}  // namespace linchpin::risk
