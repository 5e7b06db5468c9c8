#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/linchpin/import_merge.h"
#include "tests/unit/linchpin/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using linchpin::common::v1::Evidence;
using testing::HasSubstr;
using testing::IsEmpty;

inventory::Deployment Imported() {
  inventory::Deployment deployment;
  deployment.set_name("deployments/d");
  deployment.set_model("models/new");
  deployment.set_operator_("vendors/new");
  deployment.set_host("hosts/h");
  for (const char* field : {"model", "operator"}) {
    auto& evidence = *deployment.add_evidence();
    evidence.set_field_path(field);
    evidence.set_source(Evidence::SOURCE_IMPORTED);
  }
  return deployment;
}

inventory::Deployment Present() {
  inventory::Deployment deployment;
  deployment.set_name("deployments/d");
  deployment.set_model("models/old");
  deployment.set_operator_("vendors/declared");
  deployment.set_api_base("https://kept.example");
  deployment.add_known_none("intermediaries");
  deployment.set_etag("\"5\"");
  for (const auto& [field, source] :
       {std::pair{"operator", Evidence::SOURCE_DECLARED}, {"model", Evidence::SOURCE_IMPORTED}}) {
    auto& evidence = *deployment.add_evidence();
    evidence.set_field_path(field);
    evidence.set_source(source);
  }
  return deployment;
}

TEST(MergeImported, KeepsWhatPeopleDeclaredAndAdded) {
  auto present = Present();
  MergeImported(Imported(), /*overwrite=*/false, present);
  EXPECT_EQ(present.model(), "models/new");
  EXPECT_EQ(present.operator_(), "vendors/declared");
  EXPECT_EQ(present.host(), "hosts/h");
  EXPECT_EQ(present.api_base(), "https://kept.example");
  EXPECT_EQ(present.etag(), "\"5\"");
  ASSERT_EQ(present.evidence_size(), 2);
  EXPECT_EQ(present.evidence(0).source(), Evidence::SOURCE_DECLARED);
  EXPECT_EQ(present.evidence(1).field_path(), "model");
  auto again = present;
  MergeImported(Imported(), false, again);
  EXPECT_EQ(again.SerializeAsString(), present.SerializeAsString());
}

TEST(MergeImported, OverwritesWhenTold) {
  auto present = Present();
  MergeImported(Imported(), /*overwrite=*/true, present);
  EXPECT_EQ(present.operator_(), "vendors/new");
}

TEST(MergeImported, DropsAKnownNoneThatHasAValueNow) {
  auto present = Present();
  auto imported = Imported();
  imported.add_intermediaries("vendors/gateway");
  MergeImported(imported, false, present);
  EXPECT_THAT(present.known_none(), IsEmpty());
}

constexpr char kConfig[] =
    "model_list:\n  - model_name: chat\n    litellm_params: {model: openai/gpt-4o}\n  - model_name: chat\n   "
    " litellm_params: {model: openai/gpt-4o}\n"
    "  - model_name: odd\n    litellm_params: {model: openai/not-a-model-of-anybody}\n";

TEST(ImportLiteLlm, AccountsForEveryEntry) {
  FakeServices services;
  std::vector<std::string> written;
  services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [](const auto&, auto& response) {
        auto& vendor = *response.add_resources()->mutable_vendor();
        vendor.set_name("vendors/openai");
        vendor.set_display_name("ours");
        return absl::OkStatus();
      });
  services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [&](const auto& request, auto& response) {
        for (const auto& operation : request.operations()) {
          EXPECT_FALSE(operation.upsert().has_vendor() &&
                       operation.upsert().vendor().name() == "vendors/openai")
              << "somebody has it already";
          response.add_results()->set_action(inventory::BatchWriteResponse::ACTION_CREATED);
        }
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"import", "litellm", "-", "--gateway", "g"}, kConfig);
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("1 file: 3 entries = 2 deployments + 1 duplicate + 0 malformed; 2 routes\n"));
  EXPECT_THAT(result.out, HasSubstr("Imported with something unknown (1)\n  <stdin>:6: "));
  EXPECT_THAT(result.out, HasSubstr("1 of the catalogue there already"));
}

TEST(ImportLiteLlm, PrintsProposalsWithoutAServer) {
  FakeServices services;
  const RunResult result =
      RunWith(services, {"import", "litellm", "-", "--gateway", "g", "-o", "yaml"}, kConfig);
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("name: deployments/g-openai-gpt-4o\n"));
  EXPECT_THAT(services.calls, IsEmpty());
}

TEST(ImportLiteLlm, RefusesWhatIsNoConfiguration) {
  FakeServices services;
  const RunResult result = RunWith(services, {"import", "litellm", "-"}, "a: [\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("<stdin>:"));
  EXPECT_THAT(services.calls, IsEmpty());
}

}  // namespace
}  // namespace linchpin::cli
