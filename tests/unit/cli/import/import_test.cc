#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/base/reasons.h"
#include "services/inventory/catalogue/catalogue.h"
#include "services/inventory/importers/import_record.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/cli/fake_client.h"
#include "tests/unit/cli/imported_deployment.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kConfig[] =
    "model_list:\n  - model_name: chat\n    litellm_params: {model: openai/gpt-4o}\n  - model_name: chat\n   "
    " litellm_params: {model: openai/gpt-4o}\n"
    "  - model_name: odd\n    litellm_params: {model: openai/not-a-model-of-anybody}\n";

void AddEmptyLists(FakeServices& services) {
  services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
      "ListDeployments", [](const auto&, auto&) { return absl::OkStatus(); });
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [](const auto&, auto&) { return absl::OkStatus(); });
  services.On<inventory::ListRoutesRequest, inventory::ListRoutesResponse>(
      "ListRoutes", [](const auto&, auto&) { return absl::OkStatus(); });
  services.On<inventory::ListHostsRequest, inventory::ListHostsResponse>(
      "ListHosts", [](const auto&, auto&) { return absl::OkStatus(); });
}

TEST(ImportLiteLlm, AccountsForEveryEntry) {
  FakeServices services;
  AddEmptyLists(services);
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

// Answers as an empty inventory that takes all.
void AddEmptyInventory(FakeServices& services) {
  AddEmptyLists(services);
  services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
      "BatchGet", [](const auto&, auto&) { return absl::OkStatus(); });
  services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [](const auto& request, auto& response) {
        for (int i = 0; i < request.operations_size(); ++i)
          response.add_results()->set_action(inventory::BatchWriteResponse::ACTION_CREATED);
        return absl::OkStatus();
      });
}

// An inventory with deployments that the file does not name any more; deletes of what `referred` holds are
// refused.
struct WithGone {
  FakeServices services;
  std::vector<std::string> gone = {"deployments/a", "deployments/b"};
  std::map<std::string, std::string> referred;
  std::vector<std::string> deleted;  // of the last request
  int writes_before = 0;             // the upserts in it
  bool unavailable = false;          // for deletes

  WithGone() {
    AddEmptyInventory(services);
    services.On<inventory::ListDeploymentsRequest, inventory::ListDeploymentsResponse>(
        "ListDeployments", [this](const auto&, auto& response) {
          for (const std::string& name : gone) {
            auto deployment = Imported("models/m", "");
            deployment.set_name(name);
            *response.add_deployments() = deployment;
          }
          return absl::OkStatus();
        });
    services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
        "BatchWrite", [this](const auto& request, auto& response) -> absl::Status {
          deleted.clear();
          writes_before = 0;
          for (const auto& operation : request.operations()) {
            auto& result = *response.add_results();
            result.set_action(operation.has_upsert() ? inventory::BatchWriteResponse::ACTION_CREATED
                                                     : inventory::BatchWriteResponse::ACTION_DELETED);
            writes_before += operation.has_upsert();
            if (operation.has_upsert()) continue;
            if (unavailable) return absl::UnavailableError("gone away");
            deleted.push_back(operation.delete_());
            if (referred.count(deleted.back()) > 0) return Refused(deleted.back());
          }
          return absl::OkStatus();
        });
  }
  absl::Status Refused(const std::string& name) {
    return base::Error(base::reason::StillReferenced{.name = name, .referrers = referred[name], .count = 1},
                       name + " is still referred to by " + referred[name]);
  }
  RunResult Prune(bool dry_run) {
    std::vector<std::string> words = {"import", "litellm", "-", "--gateway", "g", "--prune"};
    if (dry_run) words.push_back("--dry-run");
    return RunWith(services, words, kConfig);
  }
};

TEST(ImportPrune, RehearsesTheRemovalAfterTheWrite) {
  WithGone inventory;
  const RunResult result = inventory.Prune(/*dry_run=*/true);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("(2); they would be removed\n  deployments/a\n  deployments/b\n"));
  EXPECT_THAT(result.out, HasSubstr("2 deleted, "));
  EXPECT_THAT(inventory.deleted, ElementsAre("deployments/a", "deployments/b"));
  EXPECT_EQ(inventory.writes_before, 13);
}

TEST(ImportPrune, NamesAllThatIsStillReferredTo) {
  WithGone inventory;
  inventory.referred = {{"deployments/a", "applications/x/dependencies/y,applications/z/dependencies/y"},
                        {"deployments/b", "applications/x/dependencies/y"}};
  const RunResult result = inventory.Prune(/*dry_run=*/true);
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(
      result.out,
      HasSubstr(
          "(2); the removal would be refused\n"
          "  deployments/a: referred to by applications/x/dependencies/y, applications/z/dependencies/y\n"
          "  deployments/b: referred to by applications/x/dependencies/y\n"));
  EXPECT_THAT(result.out, HasSubstr("13 created, 0 updated, 0 unchanged, 0 deleted, "));
  EXPECT_THAT(result.err, HasSubstr("deployments/a is still referred to by "));
}

TEST(ImportPrune, SaysThatTheRemovalFailed) {
  WithGone inventory;
  inventory.unavailable = true;
  const RunResult result = inventory.Prune(/*dry_run=*/false);
  EXPECT_EQ(result.code, 7);
  EXPECT_THAT(result.out, HasSubstr("(2); the removal failed\n  deployments/a\n"));
}

TEST(ImportPrune, SaysWhatIsTooManyToRehearse) {
  WithGone inventory;
  for (int i = 0; i < 10'000; ++i) inventory.gone.push_back("deployments/d" + std::to_string(i));
  const RunResult result = inventory.Prune(/*dry_run=*/true);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out,
              HasSubstr("(10002); removed unless something refers to them: too many to rehearse\n"));
  EXPECT_THAT(inventory.deleted, IsEmpty());
}

TEST(ImportPrune, TellsWhatWasWrittenWhereTheRemovalIsRefused) {
  WithGone inventory;
  inventory.referred = {{"deployments/b", "applications/x/dependencies/y"}};
  const RunResult result = inventory.Prune(/*dry_run=*/false);
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.out,
              HasSubstr("(2); the removal was refused\n  deployments/a\n  deployments/b: referred "));
  EXPECT_THAT(result.out, HasSubstr("13 created, 0 updated, 0 unchanged, 0 deleted, "));
  EXPECT_EQ(inventory.writes_before, 0);
}

TEST(ImportLiteLlm, AsksForWhatIsUnknownAtTheEnd) {
  FakeServices services;
  AddEmptyInventory(services);
  for (const bool dry_run : {false, true}) {
    std::vector<std::string> words = {"import", "litellm", "-", "--gateway", "g"};
    if (dry_run) words.push_back("--dry-run");
    const RunResult result = RunWith(services, words, kConfig);
    EXPECT_EQ(result.code, 0) << result.err;
    EXPECT_THAT(result.out, HasSubstr("\n\nWhat is left to find out (4)\n# Fill in what you know"));
    EXPECT_THAT(result.out, HasSubstr("name: models/not-a-model-of-anybody\n"
                                      "# 1 route rests on this: weights are unknown\n"
                                      "weights:  # OPEN or PROPRIETARY\n"));
  }
}

TEST(ImportLiteLlm, PrintsOneJsonDocumentWithTheAsks) {
  FakeServices services;
  const RunResult result =
      RunWith(services, {"import", "litellm", "-", "--gateway", "g", "-o", "json"}, kConfig);
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, testing::StartsWith("{\n\"resources\": [\n{\"apiVersion\":\"linchpin/v1\","));
  EXPECT_THAT(result.out,
              HasSubstr("\n]\n,\"asks\": [\n{\"name\":\"models/not-a-model-of-anybody\",\"field\":"
                        "\"weights\",\"count\":1,\"of\":\"routes\",\"why\":\"1 route rests on "
                        "this: weights of models/not-a-model-of-anybody are unknown\",\"answer\":\"OPEN or "
                        "PROPRIETARY\"}"));
  AddEmptyInventory(services);
  const RunResult applied = RunWith(services, {"apply", "-f", "-"}, result.out);
  EXPECT_EQ(applied.code, 0) << applied.err;
  const RunResult lines =
      RunWith(services, {"import", "litellm", "-", "--gateway", "g", "-o", "jsonl"}, kConfig);
  EXPECT_EQ(std::count(lines.out.begin(), lines.out.end(), '\n'),
            std::count(applied.out.begin(), applied.out.end(), '\n'));
}

TEST(ImportLiteLlm, PrintsProposalsWithoutAServer) {
  FakeServices services;
  const RunResult result =
      RunWith(services, {"import", "litellm", "-", "--gateway", "g", "-o", "yaml"}, kConfig);
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out, HasSubstr("name: deployments/g-openai-gpt-4o\n"));
  EXPECT_THAT(result.out, HasSubstr("\n# name: models/not-a-model-of-anybody\n# # 1 route rests on this: "));
  EXPECT_THAT(services.calls, IsEmpty());
}

// An application and its dependency as imports wrote them of a group.
struct OldGroup {
  inventory::Application application;
  inventory::Dependency route;

  explicit OldGroup(const std::string& id) {
    application.set_name("applications/g-" + id);
    (*application.mutable_labels())["linchpin.dev/gateway"] = "g";
    (*application.mutable_labels())["linchpin.dev/role"] = "gateway-group";
    importers::StoreRecord(importers::RecordOf(application), application);
    route.set_name(application.name() + "/dependencies/route");
    route.add_alternatives()->set_target("deployments/g-openai-gpt-4o");
    importers::StoreRecord(importers::RecordOf(route), route);
  }
};

TEST(ImportLiteLlm, MakesRoutesOfGroupsThatWereApplications) {
  FakeServices services;
  AddEmptyInventory(services);
  OldGroup chat("chat"), odd("odd");
  odd.application.set_tier(1);
  inventory::Dependency user;
  user.set_name("applications/claims/dependencies/chat");
  user.add_alternatives()->set_target("applications/g-chat");
  services.On<inventory::ListApplicationsRequest, inventory::ListApplicationsResponse>(
      "ListApplications", [&](const auto&, auto& response) {
        *response.add_applications() = chat.application;
        *response.add_applications() = odd.application;
        return absl::OkStatus();
      });
  services.On<inventory::ListDependenciesRequest, inventory::ListDependenciesResponse>(
      "ListDependencies", [&](const auto&, auto& response) {
        for (const auto& one : {chat.route, odd.route, user}) *response.add_dependencies() = one;
        return absl::OkStatus();
      });
  std::map<std::string, inventory::Dependency> dependencies;
  std::vector<std::string> deleted;
  services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [&](const auto& request, auto& response) {
        for (const auto& operation : request.operations()) {
          response.add_results()->set_action(inventory::BatchWriteResponse::ACTION_UPDATED);
          const auto& written = operation.upsert().dependency();
          if (operation.upsert().has_dependency()) dependencies[written.name()] = written;
          if (!operation.has_upsert()) deleted.push_back(operation.delete_());
          EXPECT_FALSE(operation.upsert().application().labels().contains("linchpin.dev/role"));
        }
        return absl::OkStatus();
      });
  const RunResult result = RunWith(services, {"import", "litellm", "-", "--gateway", "g"}, kConfig);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(deleted,
              testing::UnorderedElementsAre("applications/g-chat", "applications/g-chat/dependencies/route"));
  EXPECT_EQ(dependencies["applications/claims/dependencies/chat"].alternatives(0).target(), "routes/g-chat");
  EXPECT_EQ(dependencies["applications/g-odd/dependencies/route"].alternatives(0).target(), "routes/g-odd");
  EXPECT_THAT(result.out, HasSubstr("Model groups that were applications are routes now (2)"));
  EXPECT_THAT(result.out, HasSubstr("applications/g-chat gave way to its route\n"));
  EXPECT_THAT(result.out, HasSubstr("applications/g-odd was edited by hand: it stays"));
  EXPECT_THAT(result.out, HasSubstr("applications/claims/dependencies/chat leads to the route now\n"));
}

TEST(ImportPrune, AsksBeforeItRemovesAWholeGateway) {
  WithGone inventory;
  const std::vector<std::string> words = {"import", "litellm", "-", "--gateway", "g", "--prune"};
  const RunResult refused = RunWith(inventory.services, words, "model_list: []\n");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err,
              HasSubstr("names no deployment of gateway g, so --prune would remove all 2 resources"));
  EXPECT_THAT(refused.err, HasSubstr("--prune-all"));
  EXPECT_THAT(inventory.deleted, IsEmpty());
  const RunResult removed = RunWith(
      inventory.services, {"import", "litellm", "-", "--gateway", "g", "--prune-all"}, "model_list: []\n");
  EXPECT_EQ(removed.code, 0) << removed.err;
  EXPECT_THAT(inventory.deleted, ElementsAre("deployments/a", "deployments/b"));
}

TEST(ImportLiteLlm, NamesModelsThatAreRetiredOrSoonWillBe) {
  FakeServices services;
  AddEmptyInventory(services);
  const auto catalogue = catalogue::Catalogue::Shipped();
  ASSERT_THAT(catalogue, IsOk());
  const auto* const model = catalogue->FindModel("models/grok-3");
  ASSERT_TRUE(model != nullptr && model->has_retirement_time()) << "choose another model";
  const absl::Time retirement = absl::FromUnixSeconds(model->retirement_time().seconds());
  const auto at = [&](absl::Time now) {
    return RunWith(services, {"import", "litellm", "-", "--gateway", "g"},
                   "model_list:\n  - {model_name: a, litellm_params: {model: xai/grok-3}}\n", {}, false, now)
        .out;
  };
  const std::string day = absl::FormatTime("%Y-%m-%d", retirement, absl::UTCTimeZone());
  EXPECT_THAT(at(retirement),
              HasSubstr("models/grok-3 was retired on " + day + ": deployments/g-xai-grok-3"));
  EXPECT_THAT(
      at(retirement - absl::Hours(24) * 179),
      HasSubstr("Models that are retired, or within 180 days (1)\n  models/grok-3 will be retired on " +
                day));
  EXPECT_THAT(at(retirement - absl::Hours(24) * 180), testing::Not(HasSubstr("retired")));
}

TEST(ImportLiteLlm, ReadsIncludedFilesThatLieBeside) {
  const std::string folder = testing::TempDir() + "/gateway-with-parts";
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/config.yaml") << "include: [models.yaml]\n";
  std::ofstream(folder + "/models.yaml")
      << "model_list:\n  - {model_name: a, litellm_params: {model: openai/gpt-4o}}\n";
  FakeServices services;
  const RunResult result = RunWith(services, {"import", "litellm", folder + "/config.yaml", "-o", "yaml"});
  std::filesystem::remove_all(folder);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("name: deployments/gateway-with-parts-openai-gpt-4o\n"));
}

TEST(ImportLiteLlm, SaysHowLargeAFileIs) {
  const std::string path = testing::TempDir() + "/large.yaml";
  std::ofstream(path) << std::string(5'000'000, ' ');
  FakeServices services;
  const RunResult result = RunWith(services, {"import", "litellm", path});
  std::remove(path.c_str());
  EXPECT_NE(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("has 5000000 bytes; at most 4194304 are read"));
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
