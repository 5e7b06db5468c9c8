#include "services/risk/domain/scores/hazard_set.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/risk/domain/scores/hazard_defaults.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::AtomClass;
using ::testing::HasSubstr;

const absl::Time kNoon = absl::FromCivil(absl::CivilHour(2026, 11, 29, 12), absl::UTCTimeZone());

double RateOf(const HazardSet& set, AtomClass atom_class, const char* key) {
  return set.hazards.Of(atom_class, key).hazard.rate_per_year;
}

TEST(HazardSet, ACountryAtHomeNeverBansItsOwn) {
  const HazardSet set = MakeHazardSet(nullptr, {}, kNoon, {"US"});
  EXPECT_EQ(RateOf(set, AtomClass::kWeights, "weights:US"), 0);
  EXPECT_EQ(RateOf(set, AtomClass::kServices, "services:US"), 0);
  EXPECT_GT(RateOf(set, AtomClass::kWeights, "weights:CN"), 0);
  EXPECT_GT(RateOf(set, AtomClass::kServices, "services:CN"), 0);
  EXPECT_THAT(set.by_atom.at("weights:US").reason(), HasSubstr("bans its own weights"));
  EXPECT_EQ(set.version, std::string(kShippedHazardVersion) + ", home US");
}

TEST(HazardSet, ARowOfOnesOwnCountsTheBanAtHome) {
  v1::HazardTable table;
  table.set_name("hazardTables/default");
  v1::Hazard& row = *table.add_hazards();
  row.set_atom("weights:US");
  row.set_rate_per_year(0.1);
  const HazardSet set = MakeHazardSet(&table, {}, kNoon, {"US"});
  EXPECT_EQ(RateOf(set, AtomClass::kWeights, "weights:US"), 0.1);
  EXPECT_EQ(RateOf(set, AtomClass::kServices, "services:US"), 0);
}

TEST(HazardSet, WithoutAHomeEveryCountryMay) {
  const HazardSet set = MakeHazardSet(nullptr, {}, kNoon);
  EXPECT_GT(RateOf(set, AtomClass::kWeights, "weights:US"), 0);
  EXPECT_EQ(set.version, kShippedHazardVersion);
}

TEST(HazardSet, AVersionNamesFewCountriesAndCountsTheRest) {
  const auto version = [](const std::vector<std::string>& home) {
    return MakeHazardSet(nullptr, {}, kNoon, home).version.substr(std::string(kShippedHazardVersion).size());
  };
  EXPECT_EQ(version({"AT", "BE", "BG", "CY"}), ", home AT BE BG CY");
  EXPECT_EQ(version({"AT", "BE", "BG", "CY", "CZ"}), ", home AT BE BG and 2 more");
}

}  // namespace
}  // namespace linchpin::risk
