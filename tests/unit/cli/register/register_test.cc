// The register from its rows to its files, and what is wrong with it.
#include "services/cli/register/register_lint.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/cli/register/register_cells.h"
#include "services/cli/register/register_export.h"
#include "services/cli/register/register_rows.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kLei[] = "7LTWFZYICNSX8D621K86";
constexpr char kOtherLei[] = "HWUPKR0MPOU8FGXBT394";

// One bank, one contract with one vendor, one critical function; nothing is wrong with it.
class RegisterTest : public testing::Test {
 protected:
  RegisterTest() {
    inventory::LegalEntity& bank = source.entities["legalEntities/bank"];
    bank.set_name("legalEntities/bank");
    bank.set_legal_name("Bank AG");
    bank.set_lei(kLei);
    bank.set_country("DE");
    bank.set_type(inventory::LegalEntity::TYPE_CREDIT_INSTITUTION);
    bank.set_hierarchy(inventory::LegalEntity::HIERARCHY_NO_GROUP);
    bank.add_known_none("parent");
    bank.set_competent_authority("BaFin");
    bank.set_total_assets(1000);
    bank.set_currency("EUR");
    bank.set_integration_date("2025-01-17");
    bank.mutable_update_time()->set_seconds(1'764'500'000);
    inventory::Vendor& vendor = source.vendors["vendors/cloud"];
    vendor.set_name("vendors/cloud");
    vendor.set_legal_name("Cloud Ltd");
    vendor.set_person_type(inventory::Vendor::PERSON_TYPE_LEGAL_PERSON);
    vendor.set_country("IE");
    vendor.add_known_none("parent");
    AddIdentifier("LEI", kOtherLei);
    inventory::Host& host = source.hosts["hosts/h"];
    host.set_name("hosts/h");
    host.set_provider("vendors/cloud");
    host.set_country("IE");
    inventory::Deployment& deployment = source.deployments["deployments/d"];
    deployment.set_name("deployments/d");
    deployment.set_operator_("vendors/cloud");
    deployment.set_host("hosts/h");
    source.users["deployments/d"] = {"applications/a"};
    source.users["applications/a"] = {"businessServices/pay"};
    FillFunction();
    FillContract();
  }

  void AddIdentifier(const std::string& scheme, const std::string& value) {
    inventory::Vendor::Identifier& identifier = *source.vendors["vendors/cloud"].add_identifiers();
    identifier.set_scheme(scheme);
    identifier.set_value(value);
  }
  void FillFunction() {
    inventory::BusinessService& service = source.services["businessServices/pay"];
    service.set_name("businessServices/pay");
    service.set_display_name("Payments");
    service.set_critical_function(true);
    service.mutable_continuity()->mutable_recovery_time_objective()->set_seconds(5400);
    inventory::BusinessFunction& function = *service.mutable_function();
    function.set_entity("legalEntities/bank");
    function.set_identifier("F1");
    function.set_licensed_activity("Payment services");
    function.set_assessment_date("2026-03-02");
    function.mutable_recovery_point_objective()->set_seconds(60);
    function.set_discontinuation_impact(inventory::LEVEL_HIGH);
  }
  void FillContract() {
    inventory::Contract& contract = source.contracts["contracts/c"];
    contract.set_name("contracts/c");
    contract.set_vendor("vendors/cloud");
    contract.set_reference("C-1");
    contract.set_type(inventory::Contract::TYPE_STANDALONE);
    contract.add_signatories("legalEntities/bank");
    contract.add_users("legalEntities/bank");
    contract.mutable_start_time()->set_seconds(1'700'000'000);
    contract.add_known_none("end_time");
    contract.add_known_none("last_audit_time");
    contract.add_known_none("exit_plan");
    contract.mutable_notice_period()->set_seconds(90 * 86'400);
    contract.mutable_vendor_notice_period()->set_seconds(180 * 86'400);
    contract.set_governing_law("IE");
    contract.set_annual_cost(100);
    contract.set_currency("EUR");
    inventory::Contract::Service& service = *contract.add_services();
    service.set_type(inventory::Contract::SERVICE_TYPE_SAAS);
    service.add_deployments("deployments/d");
    service.set_stores_data(false);
    service.set_processes_data(false);
    service.set_reliance(inventory::Contract::RELIANCE_LOW);
    service.set_substitutability(inventory::Contract::SUBSTITUTABILITY_EASY);
    service.set_reintegration(inventory::Contract::REINTEGRATION_EASY);
    service.set_discontinuation_impact(inventory::LEVEL_LOW);
    service.set_alternatives_found(inventory::Contract::ALTERNATIVES_FOUND_NOT_ASSESSED);
  }
  inventory::Contract& contract() { return source.contracts["contracts/c"]; }

  std::vector<std::string> Errors() const {
    std::vector<std::string> errors;
    for (const RegisterIssue& issue : Lint(MakeRegister(source, "legalEntities/bank", "2026-11-30"))) {
      if (issue.kind == RegisterIssue::Kind::kError)
        errors.push_back(issue.resource + " " + issue.field + " " + issue.column + " " + issue.text);
    }
    return errors;
  }
  std::string Value(const char* table, const char* column, size_t row = 0) const {
    const Register made = MakeRegister(source, "legalEntities/bank", "2026-11-30");
    for (const RegisterTable& one : RegisterTables()) {
      if (std::string(one.id) == table) return made.rows.at(table)[row][one.Place(column)].value;
    }
    return "";
  }

  RegisterSource source;
};

TEST_F(RegisterTest, AWholeOneHasNoError) {
  EXPECT_THAT(Errors(), IsEmpty());
  EXPECT_EQ(Value("B_02.02", "0080"), "9999-12-31");
  EXPECT_EQ(Value("B_02.02", "0100"), "90");
  EXPECT_EQ(Value("B_02.02", "0130"), "IE");
  EXPECT_EQ(Value("B_06.01", "0090"), "2");  // An hour and a half.
  EXPECT_EQ(Value("B_06.01", "0100"), "1");  // A minute.
  EXPECT_EQ(Value("B_07.01", "0070"), "9999-12-31");
  EXPECT_EQ(Value("B_07.01", "0080"), "2");
  EXPECT_EQ(Value("B_07.01", "0110"), "7");
}

TEST_F(RegisterTest, EveryRowHasTheColumnsOfItsTable) {
  const Register made = MakeRegister(source, "legalEntities/bank", "2026-11-30");
  for (const RegisterTable& table : RegisterTables()) {
    if (!made.rows.contains(table.id)) continue;
    for (const RegisterRow& row : made.rows.at(table.id))
      EXPECT_EQ(row.size(), table.columns.size()) << table.id;
  }
}

// Takes away one fact at a time.
TEST_F(RegisterTest, NamesWhatIsMissing) {
  contract().clear_notice_period();
  contract().clear_known_none();
  contract().mutable_services(0)->clear_reliance();
  source.services["businessServices/pay"].mutable_function()->clear_identifier();
  source.entities["legalEntities/bank"].clear_legal_name();
  const std::vector<std::string> errors = Errors();
  for (const char* error :
       {"contracts/c noticePeriod B_02.02.0100 is missing", "contracts/c endTime B_02.02.0080 is missing",
        "contracts/c exitPlan B_07.01.0080 is missing", "contracts/c lastAuditTime B_07.01.0070 is missing",
        "contracts/c services[0].reliance B_02.02.0180 is missing",
        "businessServices/pay function.identifier B_02.02.0050 is missing",
        "legalEntities/bank legalName B_01.01.0020 is missing"})
    EXPECT_THAT(errors, Contains(error));
}

TEST_F(RegisterTest, WhatIsOnlyAskedOfCriticalFunctionsMayBeAbsentOfOthers) {
  source.services["businessServices/pay"].set_critical_function(false);
  contract().clear_notice_period();
  contract().clear_governing_law();
  contract().mutable_services(0)->clear_reliance();
  contract().mutable_services(0)->clear_substitutability();
  EXPECT_THAT(Errors(), IsEmpty());
}

TEST_F(RegisterTest, ChecksCodes) {
  source.vendors["vendors/cloud"].mutable_identifiers(0)->set_value("HWUPKR0MPOU8FGXBT395");
  EXPECT_THAT(Errors(),
              Contains(HasSubstr("vendors/cloud identifiers B_02.02.0030 `HWUPKR0MPOU8FGXBT395` is no LEI")));
}

TEST_F(RegisterTest, ALegalPersonOutsideTheUnionHasAnLei) {
  source.vendors["vendors/cloud"].clear_identifiers();
  AddIdentifier("EUID", "IECRO.123456");
  EXPECT_THAT(Errors(), IsEmpty());
  source.vendors["vendors/cloud"].set_country("US");
  EXPECT_THAT(Errors(), Contains(HasSubstr("outside the Union is identified by LEI only")));
  source.vendors["vendors/cloud"].clear_identifiers();
  AddIdentifier("DE_VAT", "DE1");
  EXPECT_THAT(Errors(), Contains(HasSubstr("LEI or EUID only")));
}

TEST_F(RegisterTest, FindsKeysThatStandTwice) {
  source.contracts["contracts/d"] = contract();
  source.contracts["contracts/d"].set_name("contracts/d");
  EXPECT_THAT(Errors(),
              Contains(HasSubstr("contracts/d reference B_02.01 `C-1` is the key of another row too")));
}

TEST_F(RegisterTest, AFunctionOfAnotherEntityNeedsItAmongTheUsers) {
  source.entities["legalEntities/arm"] = source.entities["legalEntities/bank"];
  source.entities["legalEntities/arm"].set_name("legalEntities/arm");
  source.entities["legalEntities/arm"].set_lei("5493001KJTIIGC8Y1R12");
  source.services["businessServices/pay"].mutable_function()->set_entity("legalEntities/arm");
  EXPECT_THAT(Errors(),
              Contains(HasSubstr("contracts/c users B_02.02.0020 does not name legalEntities/arm")));
}

TEST_F(RegisterTest, ContractsInTwoCurrenciesAreNotAddedUp) {
  source.contracts["contracts/d"] = contract();
  source.contracts["contracts/d"].set_name("contracts/d");
  source.contracts["contracts/d"].set_reference("C-2");
  source.contracts["contracts/d"].set_currency("USD");
  EXPECT_THAT(Errors(), Contains(HasSubstr("contracts/d currency B_05.01.0100")));
}

TEST_F(RegisterTest, RanksFollowTheWayToTheHost) {
  for (const char* name : {"vendors/router", "vendors/metal"}) {
    source.vendors[name] = source.vendors["vendors/cloud"];
    source.vendors[name].set_name(name);
  }
  source.deployments["deployments/d"].add_intermediaries("vendors/router");
  source.hosts["hosts/h"].set_provider("vendors/metal");
  const auto chain = [&](const char* vendor) {
    std::vector<std::string> text;
    for (const Subcontractor& one : ChainBehind(source, vendor, {"deployments/d"}).subcontractors)
      text.push_back(std::to_string(one.rank) + " " + one.vendor + " for " + one.recipient);
    return text;
  };
  EXPECT_THAT(chain("vendors/router"), testing::ElementsAre("2 vendors/cloud for vendors/router",
                                                            "3 vendors/metal for vendors/cloud"));
  EXPECT_THAT(chain("vendors/cloud"), testing::ElementsAre("2 vendors/metal for vendors/cloud"));
  EXPECT_THAT(chain("vendors/metal"), IsEmpty());
  source.deployments["deployments/d"].clear_operator_();
  const SupplyChain open = ChainBehind(source, "vendors/router", {"deployments/d"});
  EXPECT_THAT(open.subcontractors, IsEmpty());  // Who stands behind somebody unknown has no rank.
  EXPECT_TRUE(open.missing.contains({"deployments/d", "operator"}));
}

TEST_F(RegisterTest, NamesThatWouldBreakAFileDoNot) {
  source.services["businessServices/pay"].set_display_name("a \"b\", c\nd | e");
  RegisterReport report{
      MakeRegister(source, "legalEntities/bank", "2026-11-30"), {}, "legalEntities/bank", "now"};
  const std::string folder = testing::TempDir() + "/register";
  ASSERT_TRUE(WriteRegister(report, folder).ok());
  std::ifstream file(folder + "/B_06.01.csv");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(text, HasSubstr("\"a \"\"b\"\", c\nd | e\""));
}

}  // namespace
}  // namespace linchpin::cli
