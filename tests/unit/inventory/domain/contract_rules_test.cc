#include "services/inventory/domain/contract_rules.h"

#include <string>
#include <string_view>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

template <typename Message>
std::vector<std::string> Fields(void (*check)(const Message&, std::string_view,
                                              std::vector<base::FieldViolation>&),
                                const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  std::vector<base::FieldViolation> violations;
  check(message, "contract.", violations);
  std::vector<std::string> fields;
  for (const base::FieldViolation& violation : violations) fields.push_back(violation.field);
  return fields;
}

std::vector<std::string> OfContract(const std::string& text) {
  return Fields<v1::Contract>(CheckContract, text);
}
std::vector<std::string> OfEntity(const std::string& text) {
  return Fields<v1::LegalEntity>(CheckLegalEntity, text);
}

TEST(ContractRules, TakeAWholeContract) {
  EXPECT_THAT(OfContract(R"(vendor: "vendors/a" type: TYPE_SUBSEQUENT overarching_contract: "contracts/m"
                            start_time { seconds: 10 } end_time { seconds: 10 } notice_period { seconds: 7776000 }
                            annual_cost: 0 currency: "EUR"
                            services { type: SERVICE_TYPE_SAAS stores_data: true storage_countries: "DE"
                                       alternatives_found: ALTERNATIVES_FOUND_YES alternatives: "vendors/b" })"),
              IsEmpty());
}

TEST(ContractRules, RefuseAnEndBeforeTheBeginning) {
  EXPECT_THAT(OfContract("start_time { seconds: 11 } end_time { seconds: 10 }"),
              ElementsAre("contract.end_time"));
}

TEST(ContractRules, NoticeIsWholeDays) {
  EXPECT_THAT(OfContract("notice_period { seconds: 86399 } vendor_notice_period { seconds: 86401 }"),
              ElementsAre("contract.notice_period", "contract.vendor_notice_period"));
  EXPECT_THAT(OfContract("notice_period { seconds: 0 }"), IsEmpty());
}

TEST(ContractRules, MoneyHasACurrencyOfTheList) {
  EXPECT_THAT(OfContract("annual_cost: 5"), ElementsAre("contract.annual_cost"));
  EXPECT_THAT(OfContract(R"(annual_cost: 5 currency: "EURO")"), ElementsAre("contract.currency"));
}

TEST(ContractRules, OnlySubsequentContractsHaveAnOverarchingOne) {
  EXPECT_THAT(OfContract(R"(overarching_contract: "contracts/m")"),
              ElementsAre("contract.overarching_contract"));
}

TEST(ContractRules, AServiceDoesNotContradictItself) {
  EXPECT_THAT(OfContract(R"(vendor: "vendors/a"
                            services { type: SERVICE_TYPE_SAAS stores_data: false storage_countries: "DE" }
                            services { type: SERVICE_TYPE_SAAS data_sensitivity: LEVEL_NOT_ASSESSED }
                            services { type: SERVICE_TYPE_PAAS alternatives: "vendors/a" })"),
              ElementsAre("contract.services[0].storage_countries", "contract.services[1].type",
                          "contract.services[1].data_sensitivity", "contract.services[2].alternatives",
                          "contract.services[2].alternatives"));
}

TEST(LegalEntityRules, RefuseWhatContradictsItself) {
  EXPECT_THAT(OfEntity(R"(lei: "7LTWFZYICNSX8D621K86" currency: "EUR" total_assets: 1)"), IsEmpty());
  EXPECT_THAT(OfEntity(R"(lei: "7LTWFZYICNSX8D621K87" total_assets: 1)"),
              ElementsAre("contract.lei", "contract.total_assets"));
  EXPECT_THAT(OfEntity(R"(branch_of: "legalEntities/b" parent: "legalEntities/b")"),
              ElementsAre("contract.parent"));
  EXPECT_THAT(OfEntity(R"(branch_code: "X")"), ElementsAre("contract.branch_code"));
  EXPECT_THAT(OfEntity(R"(integration_date: "2026-01-02" deletion_date: "2026-01-01")"),
              ElementsAre("contract.deletion_date"));
  EXPECT_THAT(OfEntity(R"(definitions { column: "B_02.01.0010" option: 1 definition: "x" }
                          definitions { column: "B_02.01.0020" option: 4 definition: "x" }
                          definitions { column: "B_02.01.0020" option: 4 definition: "y" })"),
              ElementsAre("contract.definitions[0].column", "contract.definitions[1].option",
                          "contract.definitions[2].option", "contract.definitions[2].option"));
}

TEST(BusinessFunctionRules, AnIdentifierIsFAndANumber) {
  for (const char* id : {"", "F1", "F120"})
    EXPECT_THAT(
        Fields<v1::BusinessFunction>(CheckBusinessFunction, std::string("identifier: \"") + id + "\""),
        IsEmpty());
  for (const char* id : {"F", "F0", "f1", "F01", "F1a", "1"})
    EXPECT_THAT(
        Fields<v1::BusinessFunction>(CheckBusinessFunction, std::string("identifier: \"") + id + "\""),
        ElementsAre("contract.identifier"))
        << id;
}

}  // namespace
}  // namespace linchpin::inventory
