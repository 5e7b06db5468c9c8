#include "services/risk/domain/reports/loss_report.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
namespace v1 = ::linchpin::risk::v1;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 30, 12), absl::UTCTimeZone());

// One priced application on one vendor's interface, with nothing unknown.
Documents Priced() {
  Documents documents;
  documents.Add<inventory::Vendor>("name: 'vendors/a' country: 'US' known_none: 'parent'")
      .Add<inventory::Host>("name: 'hosts/h' provider: 'vendors/a' country: 'US'")
      .Add<inventory::Model>(R"pb(name: "models/m"
                                  developer: "vendors/a"
                                  weights: WEIGHTS_PROPRIETARY
                                  requires_activation: false
                                  known_none: "derivations"
                                  known_none: "licence")pb")
      .Add<inventory::Deployment>(R"pb(name: "deployments/d"
                                       model: "models/m"
                                       hosting_mode: HOSTING_MODE_VENDOR_API
                                       operator: "vendors/a"
                                       host: "hosts/h"
                                       known_none: "capacity_units"
                                       known_none: "intermediaries")pb")
      .Add<inventory::Application>(
          "name: 'applications/x' tier: 1 continuity { loss_per_hour_minor: 3600 penalty_minor: 0 }")
      .Add<inventory::Dependency>(
          "name: 'applications/x/dependencies/d' essential: true alternatives { target: 'deployments/d' }");
  return documents;
}

absl::Status Estimate(const std::string& request, v1::LossResult& result, const HazardSet& hazards,
                      int threads = 1) {
  Analysis analysis(Priced().Graph());
  return ReportLosses(analysis, hazards, FromText<v1::EstimateLossesRequest>(request),
                      {threads, nullptr, nullptr}, result);
}

// Only the exit of the vendor may happen, for one day.
HazardSet OnlyExit(double rate) {
  v1::HazardTable table;
  for (int value = 1; value < v1::HazardClass_ARRAYSIZE; ++value) {
    v1::Hazard& row = *table.add_hazards();
    row.set_hazard_class(static_cast<v1::HazardClass>(value));
    row.set_rate_per_year(value == v1::HAZARD_CLASS_VENDOR_EXIT ? rate : 0);
    row.mutable_duration()->set_seconds(86'400);
  }
  return MakeHazardSet(&table, {}, kNow);
}

TEST(LossReport, ExpectsChanceTimesCost) {
  v1::LossResult result;
  ASSERT_THAT(Estimate("trials: 20000", result, OnlyExit(0.1)), IsOk());
  const double chance = static_cast<double>(result.causes(0).chance_ppb()) / 1e9;
  EXPECT_NEAR(result.likely().mean_minor(), chance * 86'400, 4 * result.likely().standard_error_minor());
  EXPECT_EQ(result.likely().max_minor(), 86'400);
  ASSERT_EQ(result.causes_size(), 1);
  EXPECT_EQ(result.causes(0).key(), "vendor:a");
  EXPECT_EQ(result.causes(0).loss_share_ratio(), 1);
  EXPECT_EQ(result.priced_consumers(), 1);
  EXPECT_EQ(result.unpriced_consumers(), 0);
  EXPECT_EQ(result.seed(), 1u);
}

TEST(LossReport, DrawsOnceWhereReadingsAgree) {
  v1::LossResult result;
  Analysis analysis(Priced().Graph());
  int64_t total = 0;
  LossHooks hooks;
  hooks.progress = [&total](int64_t, int64_t all) { total = all; };
  ASSERT_THAT(ReportLosses(analysis, OnlyExit(0.1), FromText<v1::EstimateLossesRequest>("trials: 1000"),
                           hooks, result),
              IsOk());
  EXPECT_EQ(total, 1000);
  EXPECT_EQ(result.proven().SerializeAsString(), result.not_excluded().SerializeAsString());
}

TEST(LossReport, IsTheSameForAnyNumberOfThreads) {
  v1::LossResult one, four;
  ASSERT_THAT(Estimate("trials: 3000 seed: 5", one, MakeHazardSet(nullptr, {}, kNow), 1), IsOk());
  ASSERT_THAT(Estimate("trials: 3000 seed: 5", four, MakeHazardSet(nullptr, {}, kNow), 4), IsOk());
  EXPECT_EQ(one.SerializeAsString(), four.SerializeAsString());
  EXPECT_GT(one.cause_count(), 3);
}

TEST(LossReport, RetiresAModelOnItsDateInEveryYear) {
  v1::HazardTable table;
  for (int value = 1; value < v1::HazardClass_ARRAYSIZE; ++value) {
    v1::Hazard& row = *table.add_hazards();
    row.set_hazard_class(static_cast<v1::HazardClass>(value));
    row.set_rate_per_year(0);
  }
  const HazardSet set = MakeHazardSet(&table, {{"models/m", DayOf(kNow) + absl::Hours(24 * 355)}}, kNow);
  v1::LossResult result;
  ASSERT_THAT(Estimate("trials: 100", result, set), IsOk());
  EXPECT_EQ(result.likely().mean_minor(), 10 * 86'400);
  EXPECT_EQ(result.likely().standard_error_minor(), 0);
}

TEST(LossReport, RefusesALevelOfAll) {
  v1::LossResult result;
  const absl::Status status = Estimate("levels_ppm: 1000000", result, OnlyExit(0.1));
  EXPECT_EQ(base::DetailsOf(status)->reason, "FIELD_INVALID");
  EXPECT_THAT(Estimate("levels_ppm: 999999 trials: 10", result, OnlyExit(0.1)), IsOk());
}

}  // namespace
}  // namespace linchpin::risk
