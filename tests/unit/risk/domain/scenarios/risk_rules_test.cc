#include "services/risk/domain/scenarios/risk_rules.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/risk/domain/scores/hazard_defaults.h"
#include "services/risk/domain/scores/hazard_set.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> FieldsOfTable(const std::string& text) {
  std::vector<base::FieldViolation> violations;
  CheckHazardTable(FromText<v1::HazardTable>(text), "hazard_table.", violations);
  std::vector<std::string> fields;
  for (const auto& violation : violations) fields.push_back(violation.field);
  return fields;
}

TEST(RiskRules, TakeRatesFromNeverToOnceADay) {
  const auto fields = [](const std::string& rate) {
    return FieldsOfTable("hazards { hazard_class: HAZARD_CLASS_VENDOR_EXIT rate_per_year: " + rate + " }");
  };
  EXPECT_THAT(fields("0"), IsEmpty());
  EXPECT_THAT(fields("365"), IsEmpty());
  EXPECT_THAT(fields("365.001"), ElementsAre("hazard_table.hazards[0].rate_per_year"));
  EXPECT_THAT(fields("-0.001"), ElementsAre("hazard_table.hazards[0].rate_per_year"));
  EXPECT_THAT(fields("nan"), ElementsAre("hazard_table.hazards[0].rate_per_year"));
  EXPECT_THAT(FieldsOfTable("hazards { hazard_class: HAZARD_CLASS_VENDOR_EXIT }"),
              ElementsAre("hazard_table.hazards[0].rate_per_year"));
}

TEST(RiskRules, WantOneClassOrOneAtomOnce) {
  EXPECT_THAT(FieldsOfTable("hazards { rate_per_year: 1 }"), ElementsAre("hazard_table.hazards[0]"));
  EXPECT_THAT(
      FieldsOfTable("hazards { hazard_class: HAZARD_CLASS_VENDOR_EXIT atom: 'vendor:a' rate_per_year: 1 }"),
      ElementsAre("hazard_table.hazards[0]"));
  EXPECT_THAT(
      FieldsOfTable(
          "hazards { atom: 'vendor:a' rate_per_year: 1 } hazards { atom: 'vendor:a' rate_per_year: 2 }"),
      ElementsAre("hazard_table.hazards[1].atom"));
  for (const char* key : {"vendor:a", "host:a-1", "licence:mit", "weights:CN", "services:US", "model:m",
                          "api:a", "throttle:a"}) {
    EXPECT_THAT(FieldsOfTable(std::string("hazards { rate_per_year: 1 atom: '") + key + "' }"), IsEmpty())
        << key;
  }
  for (const char* key : {"openai", "vendors/a", "vendor:", "vendor:A B", "weights:China", "plane:a"}) {
    EXPECT_THAT(FieldsOfTable(std::string("hazards { rate_per_year: 1 atom: '") + key + "' }"),
                ElementsAre("hazard_table.hazards[0].atom"))
        << key;
  }
}

TEST(RiskRules, LetOnlyInterfacesBeLostInPart) {
  EXPECT_THAT(FieldsOfTable("hazards { atom: 'throttle:a' rate_per_year: 1 severity_ppm: 500000 }"),
              IsEmpty());
  EXPECT_THAT(FieldsOfTable("hazards { atom: 'vendor:a' rate_per_year: 1 severity_ppm: 500000 }"),
              ElementsAre("hazard_table.hazards[0].severity_ppm"));
  EXPECT_THAT(FieldsOfTable("name: 'hazardTables/shipped'"), ElementsAre("hazard_table.name"));
}

std::vector<std::string> FieldsOfScenario(const std::string& text) {
  std::vector<base::FieldViolation> violations;
  CheckScenario(FromText<v1::Scenario>(text), "scenario.", violations);
  std::vector<std::string> fields;
  for (const auto& violation : violations) fields.push_back(violation.field);
  return fields;
}

TEST(RiskRules, WantWhatEachCutoffNeeds) {
  EXPECT_THAT(FieldsOfScenario("cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/a' }"), IsEmpty());
  EXPECT_THAT(FieldsOfScenario("cutoffs { target: 'vendors/a' }"), ElementsAre("scenario.cutoffs[0].type"));
  EXPECT_THAT(FieldsOfScenario("cutoffs { type: TYPE_VENDOR_EXIT }"),
              ElementsAre("scenario.cutoffs[0].target"));
  EXPECT_THAT(FieldsOfScenario("cutoffs { type: TYPE_COUNTRY_WEIGHTS_BAN }"),
              ElementsAre("scenario.cutoffs[0].country"));
  EXPECT_THAT(FieldsOfScenario("cutoffs { id: '2' type: TYPE_VENDOR_EXIT target: 'vendors/a' } "
                               "cutoffs { type: TYPE_VENDOR_EXIT target: 'vendors/b' }"),
              ElementsAre("scenario.cutoffs[1].id"));
}

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 11, 30, 12), absl::UTCTimeZone());

TEST(HazardSet, LaysOwnRowsOverTheShippedOnesWhole) {
  const auto table = FromText<v1::HazardTable>(R"pb(
    name: "hazardTables/default"
    revision: 7
    hazards { hazard_class: HAZARD_CLASS_HOST_FAILURE rate_per_year: 2 }
    hazards {
      atom: "vendor:a"
      rate_per_year: 0.5
      duration { seconds: 60 }
    }
    hazards { atom: "api:a" rate_per_year: 3 }
  )pb");
  const HazardSet set = MakeHazardSet(&table, {}, kNow);
  EXPECT_EQ(set.table, "hazardTables/default");
  EXPECT_EQ(set.version, "revision 7 on " + std::string(kShippedHazardVersion));
  EXPECT_EQ(set.hazards.OfClass(engine::AtomClass::kHost).rate_per_year, 2);
  EXPECT_FALSE(set.hazards.OfClass(engine::AtomClass::kHost).duration_seconds.has_value());
  EXPECT_EQ(set.hazards.OfClass(engine::AtomClass::kVendor).rate_per_year, 0.02);
  EXPECT_EQ(set.hazards.Of(engine::AtomClass::kVendor, "vendor:a").hazard.rate_per_year, 0.5);
  EXPECT_EQ(set.hazards.Of(engine::AtomClass::kVendor, "vendor:a").source, engine::HazardSource::kAtom);
  EXPECT_EQ(set.by_atom.at("api:a").rate_per_year(), 3);
}

TEST(HazardSet, PutsAnAtomsRowBeforeItsDateAndTheDateBeforeTheClass) {
  const RetirementTimes dates = {{"models/m", kNow}, {"models/n", kNow}};
  const auto table = FromText<v1::HazardTable>("hazards { atom: 'model:m' rate_per_year: 1 }");
  const HazardSet set = MakeHazardSet(&table, dates, kNow);
  EXPECT_EQ(set.hazards.Of(engine::AtomClass::kModel, "model:m").source, engine::HazardSource::kAtom);
  EXPECT_EQ(set.hazards.Of(engine::AtomClass::kModel, "model:n").source, engine::HazardSource::kDate);
  EXPECT_EQ(set.hazards.Of(engine::AtomClass::kModel, "model:o").source, engine::HazardSource::kClass);
}

}  // namespace
}  // namespace linchpin::risk
