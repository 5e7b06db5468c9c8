#include <filesystem>
#include <fstream>
#include <set>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "linchpin/policy/v1/jurisdiction_set.pb.h"
#include "services/base/reasons.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kModel[] = "apiVersion: linchpin/v1\nkind: Model\nname: models/m\ndeveloper: vendors/a\n";
constexpr char kVendor[] = "apiVersion: linchpin/v1\nkind: Vendor\nname: vendors/a\ncountry: US\n";

std::string Both() { return std::string(kModel) + "---\n" + kVendor; }

// An inventory that keeps what batches write.
struct FakeInventory {
  FakeServices services;
  std::vector<std::vector<std::string>> batches;
  std::map<std::string, inventory::Resource> stored;

  FakeInventory() {
    services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
        "BatchWrite", [this](const auto& request, auto& response) {
          batches.emplace_back();
          for (const auto& operation : request.operations()) {
            auto& result = *response.add_results();
            const std::string name =
                operation.has_upsert() ? NameOf(operation.upsert()) : operation.delete_();
            batches.back().push_back(name);
            result.set_name(name);
            const auto found = stored.find(name);
            if (!operation.has_upsert()) {
              result.set_action(inventory::BatchWriteResponse::ACTION_DELETED);
            } else if (found == stored.end()) {
              result.set_action(inventory::BatchWriteResponse::ACTION_CREATED);
            } else {
              const bool same =
                  google::protobuf::util::MessageDifferencer::Equals(found->second, operation.upsert());
              result.set_action(same ? inventory::BatchWriteResponse::ACTION_UNCHANGED
                                     : inventory::BatchWriteResponse::ACTION_UPDATED);
            }
            if (operation.has_upsert() && !request.validate_only()) stored[name] = operation.upsert();
          }
          response.set_revision(7);
          return absl::OkStatus();
        });
    services.On<inventory::BatchGetRequest, inventory::BatchGetResponse>(
        "BatchGet", [this](const auto& request, auto& response) {
          for (const std::string& name : request.names()) {
            if (stored.count(name) > 0) *response.add_resources() = stored[name];
          }
          return absl::OkStatus();
        });
  }

  static std::string NameOf(const inventory::Resource& resource) {
    if (resource.has_vendor()) return resource.vendor().name();
    if (resource.has_model()) return resource.model().name();
    return resource.dependency().name();
  }
};

TEST(Apply, WritesOneBatchInOrderOfReferences) {
  FakeInventory fake;
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, Both());
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(result.out, "vendors/a created\nmodels/m created\n");
  EXPECT_THAT(result.err, HasSubstr("2 created; inventory at revision 7"));
  EXPECT_THAT(fake.batches, ElementsAre(ElementsAre("vendors/a", "models/m")));
  EXPECT_EQ(RunWith(fake.services, {"apply", "-"}, Both()).out, "vendors/a unchanged\nmodels/m unchanged\n");
  EXPECT_EQ(RunWith(fake.services, {"apply", "-", "-o", "name", "-q"}, Both()).err, "");
}

TEST(Apply, SendsNothingWhenAFileIsWrong) {
  FakeInventory fake;
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, Both() + "countri: US\n");
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err,
              HasSubstr("<stdin>:10:1: `countri` is not a field of Vendor; did you mean `country`?"));
  EXPECT_THAT(fake.services.calls, IsEmpty());
}

TEST(Apply, RefusesANameThatStandsTwice) {
  FakeInventory fake;
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, Both() + "---\n" + kVendor);
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("<stdin>:11:1: `vendors/a` is already at <stdin>:6"));
}

TEST(Apply, ChangesNothingInADryRun) {
  FakeInventory fake;
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-", "--dry-run"}, Both());
  EXPECT_THAT(result.err, HasSubstr("2 created (dry run: nothing was written)"));
  EXPECT_THAT(fake.stored, IsEmpty());
}

TEST(Apply, CutsLargeSetsIntoBatchesInOrderOfReferences) {
  FakeInventory fake;
  std::string text;
  for (int i = 0; i < 10'500; ++i) {
    text += "apiVersion: linchpin/v1\nkind: Model\nname: models/m" + std::to_string(i) +
            "\ndeveloper: vendors/a\n---\n";
  }
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, text + kVendor);
  EXPECT_EQ(result.code, 0) << result.err;
  ASSERT_EQ(fake.batches.size(), 2u);
  EXPECT_EQ(fake.batches[0].size(), 10'000u);
  EXPECT_EQ(fake.batches[0][0], "vendors/a");
  EXPECT_THAT(result.err, HasSubstr("2 batches, each all or nothing"));
}

TEST(Apply, PointsToTheLineThatTheServerRefuses) {
  FakeInventory fake;
  fake.services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [](const auto&, auto&) -> absl::Status {
        return WithRequestId(base::FieldError("operations[1].upsert.model.developer", "is wrong"), "r-1");
      });
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, Both());
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.err, HasSubstr("Error: <stdin>:4:1: models/m: `developer` is wrong (FIELD_INVALID)\n"));
  EXPECT_THAT(result.err, HasSubstr("Request: r-1\n"));
}

TEST(Apply, PointsToTheReferenceThatPointsAtNothing) {
  FakeInventory fake;
  fake.services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [](const auto&, auto&) -> absl::Status {
        return base::Error(base::reason::ReferenceNotFound{.name = "models/m", .target = "vendors/a"},
                           "models/m refers to vendors/a, which does not exist");
      });
  const RunResult result = RunWith(fake.services, {"apply", "-f", "-"}, kModel);
  EXPECT_EQ(result.code, 6);
  EXPECT_THAT(result.err, HasSubstr("  <stdin>:4:1: models/m\n"));
}

TEST(Apply, WritesPoliciesOneByOneAfterTheInventory) {
  FakeInventory fake;
  std::map<std::string, policy::JurisdictionSet> sets;
  fake.services.On<policy::GetJurisdictionSetRequest, policy::JurisdictionSet>(
      "GetJurisdictionSet", [&](const auto& request, auto& response) -> absl::Status {
        if (sets.count(request.name()) == 0) return absl::NotFoundError("x");
        response = sets[request.name()];
        return absl::OkStatus();
      });
  fake.services.On<policy::UpdateJurisdictionSetRequest, policy::JurisdictionSet>(
      "UpdateJurisdictionSet", [&](const auto& request, auto& response) {
        EXPECT_TRUE(request.allow_missing());
        EXPECT_THAT(request.update_mask().paths(), ElementsAre("*"));
        auto& set = sets[request.jurisdiction_set().name()];
        const int64_t revision = set.revision();
        auto wanted = request.jurisdiction_set();
        wanted.set_revision(revision);
        if (!google::protobuf::util::MessageDifferencer::Equals(wanted, set))
          wanted.set_revision(revision + 1);
        set = wanted;
        response = set;
        return absl::OkStatus();
      });
  const std::string text =
      "apiVersion: linchpin/v1\nkind: JurisdictionSet\nname: jurisdictionSets/eu\ncountries: [FR]\n---\n" +
      Both();
  EXPECT_EQ(RunWith(fake.services, {"apply", "-"}, text).out,
            "vendors/a created\nmodels/m created\njurisdictionSets/eu created\n");
  EXPECT_EQ(RunWith(fake.services, {"apply", "-"}, text).out,
            "vendors/a unchanged\nmodels/m unchanged\njurisdictionSets/eu unchanged\n");
}

TEST(Apply, NamesScoreRecordsAndLeavesThemOut) {
  FakeInventory fake;
  const RunResult result = RunWith(fake.services, {"apply", "-"},
                                   "apiVersion: linchpin/v1\nkind: ScoreRecord\nname: scoreRecords/s\n");
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("scoreRecords/s is written by the server alone"));
  EXPECT_THAT(fake.services.calls, IsEmpty());
}

// Refuses references to what is neither stored nor in the batch, as the server does.
void CheckReferences(FakeInventory& fake) {
  auto write = fake.services.handlers["BatchWrite"];
  fake.services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [&fake, write](const auto& request, auto& response) -> absl::Status {
        std::set<std::string> known;
        if (request.operations_size() > 10'000) return absl::ResourceExhaustedError("too many");
        for (const auto& operation : request.operations()) {
          known.insert(FakeInventory::NameOf(operation.upsert()));
          const std::string& target = operation.upsert().model().developer();
          if (!target.empty() && fake.stored.count(target) == 0 && known.count(target) == 0)
            return base::Error(base::reason::ReferenceNotFound{.name = "models/m", .target = target}, target);
        }
        return write(request, response);
      });
}

TEST(Apply, RehearsesSeveralBatchesAsIfTheEarlierOnesWereWritten) {
  FakeInventory fake;
  CheckReferences(fake);
  std::string text;
  for (int i = 0; i < 6'000; ++i) {
    const std::string id = std::to_string(i);
    text += "---\napiVersion: linchpin/v1\nkind: Vendor\nname: vendors/v" + id + "\n";
    text += "---\napiVersion: linchpin/v1\nkind: Model\nname: models/m" + id + "\ndeveloper: vendors/v" + id +
            "\n";
  }
  const RunResult result = RunWith(fake.services, {"apply", "-", "--dry-run"}, text);
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 12'000);
  EXPECT_THAT(result.err, HasSubstr("12000 created (dry run"));
  EXPECT_THAT(fake.stored, IsEmpty());
  const RunResult wrong = RunWith(fake.services, {"apply", "-", "--dry-run"},
                                  text +
                                      "---\napiVersion: linchpin/v1\nkind: Model\nname: models/z\n"
                                      "developer: vendors/nobody\n");
  EXPECT_EQ(wrong.code, 6);
}

TEST(Apply, WritesJsonThatIsJson) {
  FakeInventory fake;
  EXPECT_EQ(RunWith(fake.services, {"apply", "-", "-o", "json"}, Both()).out,
            "{\"results\": [\n{\"name\":\"vendors/a\",\"action\":\"created\"},\n"
            "{\"name\":\"models/m\",\"action\":\"created\"}\n]}\n");
  EXPECT_EQ(RunWith(fake.services, {"apply", "-", "-o", "jsonl"}, Both()).out,
            "{\"name\":\"vendors/a\",\"action\":\"unchanged\"}\n"
            "{\"name\":\"models/m\",\"action\":\"unchanged\"}\n");
}

TEST(Diff, TellsByItsExitCode) {
  FakeInventory fake;
  RunWith(fake.services, {"apply", "-"}, Both());
  EXPECT_EQ(RunWith(fake.services, {"diff", "-"}, Both()).code, 0);
  const RunResult changed =
      RunWith(fake.services, {"diff", "-"}, std::string(kVendor) + "homepage: https://a.example\n");
  EXPECT_EQ(changed.code, 1);
  EXPECT_THAT(changed.out, HasSubstr("+homepage: https://a.example\n"));
  EXPECT_EQ(RunWith(fake.services, {"diff", "-"}, "nonsense").code, 2);
}

TEST(DeleteFiles, DeletesWhatTheFilesHold) {
  FakeInventory fake;
  EXPECT_EQ(RunWith(fake.services, {"delete", "-f", "-"}, Both()).out,
            "vendors/a deleted\nmodels/m deleted\n");
}

TEST(LoadFiles, ReadsFoldersByName) {
  FakeInventory fake;
  const auto folder = std::filesystem::path(testing::TempDir()) / "linchpin_load_files";
  std::filesystem::create_directories(folder / "sub");
  std::ofstream(folder / "b.yaml") << kModel;
  std::ofstream(folder / "sub" / "a.yml") << kVendor;
  std::ofstream(folder / "ignored.txt") << "nonsense";
  EXPECT_EQ(RunWith(fake.services, {"apply", "-f", folder.string()}).out,
            "vendors/a created\nmodels/m created\n");
  const RunResult missing = RunWith(fake.services, {"apply", "-f", (folder / "none.yaml").string()});
  EXPECT_EQ(missing.code, 4);
  EXPECT_THAT(missing.err, HasSubstr("none.yaml: No such file or directory"));
  std::filesystem::remove_all(folder);
}

TEST(Apply, WritesAtTheRevisionThatWasCheckedOrNotAtAll) {
  FakeInventory fake;
  std::vector<int64_t> expected;
  fake.services.On<inventory::BatchWriteRequest, inventory::BatchWriteResponse>(
      "BatchWrite", [&](const auto& request, auto& response) {
        expected.push_back(request.has_expected_revision() ? request.expected_revision() : -1);
        response.set_revision(42 + static_cast<int64_t>(expected.size()));
        return absl::OkStatus();
      });
  EXPECT_EQ(RunWith(fake.services, {"apply", "-f", "-", "--expected-revision", "41"}, Both()).code, 0);
  EXPECT_EQ(RunWith(fake.services, {"apply", "-f", "-"}, Both()).code, 0);
  EXPECT_THAT(expected, ElementsAre(41, -1));
  // A second batch expects what the first has made.
  expected.clear();
  std::string many;
  for (int i = 0; i < 10'001; ++i) {
    many += "---\napiVersion: linchpin/v1\nkind: Vendor\nname: vendors/v" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(RunWith(fake.services, {"apply", "-f", "-", "--expected-revision", "41"}, many).code, 0);
  EXPECT_THAT(expected, ElementsAre(41, 43));
  EXPECT_EQ(RunWith(fake.services, {"apply", "-f", "-", "--expected-revision", "x"}, Both()).code, 2);
}

}  // namespace
}  // namespace linchpin::cli
