#include "services/risk/domain/reports/importance_report.h"

#include <cmath>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/risk/domain/documents.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::HasSubstr;

absl::Status Ask(const std::string& request, const DefaultChances& defaults,
                 v1::GetImportanceResponse& response) {
  Analysis analysis(TwoVendors().Graph());
  return ReportImportance(analysis, FromText<v1::GetImportanceRequest>(request), defaults, nullptr, response);
}

v1::GetImportanceResponse Asked(const std::string& request, const DefaultChances& defaults = {}) {
  v1::GetImportanceResponse response;
  const absl::Status status = Ask(request, defaults, response);
  EXPECT_THAT(status, IsOk());
  return response;
}

std::string Refused(const std::string& request) {
  v1::GetImportanceResponse response;
  const absl::Status status = Ask(request, {}, response);
  EXPECT_THAT(status, ::testing::Not(IsOk()));
  return base::ReasonOf(status) + " " + std::string(status.message());
}

constexpr char kClaims[] =
    "question { consumers: 'applications/claims' atom_classes: ATOM_CLASS_VENDOR } readings: READING_PROVEN ";

// Claims stops when beta goes, and alpha or cloud.
TEST(ImportanceReport, MeasuresEachAtomByTheChancesGiven) {
  const auto response = Asked(std::string(kClaims) +
                              "chances { atom_class: ATOM_CLASS_VENDOR chance: 0.1 } "
                              "chances { atom: 'vendor:beta' chance: 0.5 }");
  const v1::ImportanceList& list = response.lists(0);
  EXPECT_EQ(list.reading(), v1::READING_PROVEN);
  EXPECT_DOUBLE_EQ(list.failure().lower(), 0.5 * (1 - 0.9 * 0.9));
  EXPECT_DOUBLE_EQ(list.failure().upper(), list.failure().lower());
  ASSERT_EQ(list.atoms_size(), 3);
  EXPECT_EQ(list.atom_count(), 3);
  EXPECT_EQ(list.atoms(0).atom(), "vendor:beta");
  EXPECT_DOUBLE_EQ(list.atoms(0).birnbaum().lower(), 1 - 0.9 * 0.9);
  EXPECT_DOUBLE_EQ(list.atoms(0).criticality().lower(), 1);
  EXPECT_TRUE(std::isinf(list.atoms(0).risk_reduction_worth().upper()));
  EXPECT_DOUBLE_EQ(list.atoms(1).diagnostic().lower(), 0.1 * 0.5 / (0.5 * 0.19));
  EXPECT_EQ(list.bound_reason(), v1::ImportanceList::BOUND_REASON_UNSPECIFIED);
  EXPECT_EQ(response.hazard_table(), "");
}

TEST(ImportanceReport, TakesFromTheTableWhatIsNotGivenAndNamesIt) {
  const DefaultChances defaults{"hazardTables/ours", "7", [](engine::AtomClass, std::string_view key) {
                                  return key == "vendor:beta" ? 0.5 : 0.1;
                                }};
  const auto response = Asked(kClaims, defaults);
  EXPECT_DOUBLE_EQ(response.lists(0).failure().lower(), 0.5 * 0.19);
  EXPECT_EQ(response.hazard_table(), "hazardTables/ours");
  EXPECT_EQ(response.hazard_table_version(), "7");
  const auto given =
      Asked(std::string(kClaims) + "chances { atom_class: ATOM_CLASS_VENDOR chance: 0 }", defaults);
  EXPECT_EQ(given.lists(0).failure().upper(), 0);
  EXPECT_EQ(given.hazard_table(), "");
}

TEST(ImportanceReport, ReadsChancesOffTheRatesOfATable) {
  HazardSet hazards;
  hazards.table = "hazardTables/ours";
  hazards.version = "7";
  hazards.as_of = absl::UnixEpoch();
  hazards.hazards.SetClass(engine::AtomClass::kModel, {.rate_per_year = 0.5});
  hazards.hazards.SetDate("model:soon", 86'400);
  hazards.hazards.SetDate("model:late", 2 * engine::kYearSeconds);
  const DefaultChances defaults = DefaultsOf(std::move(hazards));
  EXPECT_DOUBLE_EQ(defaults.chance(engine::AtomClass::kModel, "model:any"), 1 - std::exp(-0.5));
  EXPECT_EQ(defaults.chance(engine::AtomClass::kModel, "model:soon"), 1);
  EXPECT_EQ(defaults.chance(engine::AtomClass::kModel, "model:late"), 0);
  EXPECT_EQ(defaults.version, "7");
}

TEST(ImportanceReport, SplitsWhatAtomsHaveInCommon) {
  const auto response =
      Asked(std::string(kClaims) +
            "chances { atom_class: ATOM_CLASS_VENDOR chance: 0.1 } "
            "common_causes { id: 'same-owner' atoms: 'vendor:alpha' atoms: 'vendor:beta' beta: 0.2 }");
  const double cause = 0.02, alone = 0.08;
  EXPECT_NEAR(response.lists(0).failure().lower(), cause + (1 - cause) * alone * (1 - (1 - alone) * 0.9),
              1e-15);
  bool found = false;
  for (const v1::AtomImportance& atom : response.lists(0).atoms())
    found |= atom.atom() == "common:same-owner";
  EXPECT_TRUE(found);
}

TEST(ImportanceReport, RefusesWhatItCannotMean) {
  const std::string question =
      "question { consumers: 'applications/claims' atom_classes: ATOM_CLASS_VENDOR } ";
  EXPECT_THAT(Refused(question), HasSubstr("chances: say how likely a loss of the class VENDOR is"));
  const std::string given = question + "chances { atom_class: ATOM_CLASS_VENDOR chance: 0.1 } ";
  EXPECT_THAT(Refused(given + "chances { atom_class: ATOM_CLASS_VENDOR chance: 0.2 }"),
              HasSubstr("chances[1].atom_class: the class has a chance already"));
  EXPECT_THAT(Refused(given + "chances { atom: 'vendor:beta' chance: 1.5 }"),
              HasSubstr("chances[1].chance: must be from 0 to 1"));
  EXPECT_THAT(Refused(given + "chances { atom: 'vendor:beta' }"), HasSubstr("chances[1].chance"));
  EXPECT_THAT(Refused(given + "chances { chance: 0.5 }"), HasSubstr("name either `atom_class` or `atom`"));
  EXPECT_THAT(Refused(given + "chances { atom: 'vendor:nobody' chance: 0.5 }"),
              HasSubstr("vendor:nobody is not an atom"));
  const std::string cause = "common_causes { id: 'c' beta: 0.1 atoms: 'vendor:alpha' atoms: ";
  EXPECT_THAT(Refused(given + cause + "'vendor:nobody' }"),
              HasSubstr("common_causes[0].atoms[1]: vendor:nobody"));
  EXPECT_THAT(Refused(given + cause + "'vendor:alpha' }"), HasSubstr("belongs to a cause already"));
  EXPECT_THAT(Refused(given + "chances { atom: 'vendor:beta' chance: 0.5 } " + cause + "'vendor:beta' }"),
              HasSubstr("all must have one chance"));
  EXPECT_THAT(Refused(given + "common_causes { id: 'c' beta: 2 atoms: 'vendor:alpha' atoms: 'vendor:beta' }"),
              HasSubstr("common_causes[0].beta: must be from 0 to 1"));
  EXPECT_THAT(Refused(given + "common_causes { id: 'C' beta: 0.1 }"), HasSubstr("common_causes[0].id"));
  EXPECT_THAT(Refused(given + "common_causes { id: 'c' beta: 0.1 atoms: 'vendor:alpha' }"),
              HasSubstr("name at least two atoms"));
}

}  // namespace
}  // namespace linchpin::risk
