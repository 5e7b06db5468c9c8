#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "linchpin/risk/v1/remedy.pb.h"
#include "tests/unit/cli/fake_client.h"

namespace linchpin::cli {
namespace {

namespace inventory = linchpin::inventory::v1;
namespace policy = linchpin::policy::v1;
namespace risk = linchpin::risk::v1;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string kFinding = "findings/" + std::string(64, 'a');

// Three changes of three resources, of 3, 1 and 2 days. `clears` says which names, written together, put the
// finding right.
struct FakeFix {
  FakeServices services;
  risk::SuggestRemediesRequest asked;
  std::vector<std::vector<std::string>> checked;
  std::vector<std::string> clears;
  bool introduces = false;
  policy::Finding::Type type = policy::Finding::TYPE_VIOLATION;

  FakeFix() {
    services.On<policy::GetFindingRequest, policy::Finding>("GetFinding", [this](const auto&, auto& finding) {
      finding.set_name(kFinding);
      finding.set_assignment("assignments/all");
      finding.set_subject("applications/a/dependencies/chat");
      finding.set_state(policy::Finding::STATE_OPEN);
      finding.set_type(type);
      return absl::OkStatus();
    });
    services.On<risk::SuggestRemediesRequest, risk::SuggestRemediesResponse>(
        "SuggestRemedies", [this](const auto& request, auto& response) {
          asked = request;
          for (int i = 0; i < 3; ++i) {
            risk::Remedy& remedy = *response.mutable_result()->add_remedies();
            remedy.set_title("Change " + std::to_string(i));
            remedy.set_cost_days(i == 0 ? 3 : i);
            inventory::Deployment& deployment =
                *remedy.add_documents()->mutable_resource()->mutable_deployment();
            deployment.set_name("deployments/d" + std::to_string(i));
          }
          return absl::OkStatus();
        });
    services.On<policy::CheckChangeRequest, policy::CheckChangeResponse>(
        "CheckChange", [this](const auto& request, auto& response) {
          EXPECT_THAT(request.assignments(), ElementsAre("assignments/all"));
          std::vector<std::string> names;
          for (const auto& operation : request.proposed().operations())
            names.push_back(operation.upsert().deployment().name());
          checked.push_back(names);
          if (names == clears) response.add_resolved()->mutable_finding()->set_name(kFinding);
          response.mutable_totals()->set_introduced(introduces ? 1 : 0);
          return absl::OkStatus();
        });
  }
  RunResult Run(std::vector<std::string> more = {}) {
    std::vector<std::string> words = {"finding", "fix", kFinding, "--home", "US"};
    words.insert(words.end(), more.begin(), more.end());
    return RunWith(services, words);
  }
};

TEST(FindingFix, TakesTheCheapestChangeThatClearsIt) {
  FakeFix fake;
  fake.clears = {"deployments/d2"};
  const RunResult result = fake.Run();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("This change clears it, 2 days of work"));
  EXPECT_THAT(result.out, HasSubstr("Change 2"));
  EXPECT_EQ(fake.asked.consumers(0), "applications/a");
  EXPECT_TRUE(fake.asked.list_candidates());
  EXPECT_EQ(fake.checked.size(), 2u);  // The one of 1 day first.
}

TEST(FindingFix, TakesAPairWhereNoSingleChangeDoes) {
  FakeFix fake;
  fake.clears = {"deployments/d1", "deployments/d0"};
  const RunResult result = fake.Run();
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("These two changes clear it together, 4 days of work"));
}

TEST(FindingFix, DoesNotTakeWhatCausesAnotherFinding) {
  FakeFix fake;
  fake.clears = {"deployments/d1"};
  fake.introduces = true;
  const RunResult result = fake.Run();
  EXPECT_EQ(result.code, 3);
  EXPECT_THAT(result.out, HasSubstr("Nothing clears it: 6 changes and pairs of changes were tried"));
}

// What is not known is no fault of the supply.
TEST(FindingFix, DoesNotTryWhatIsOnlyAGapOfKnowledge) {
  FakeFix fake;
  fake.type = policy::Finding::TYPE_DATA_GAP;
  const RunResult result = fake.Run();
  EXPECT_EQ(result.code, 3);
  EXPECT_TRUE(fake.checked.empty());
  EXPECT_THAT(result.err, HasSubstr("finding show"));
}

TEST(FindingFix, WritesDocumentsToMerge) {
  FakeFix fake;
  fake.clears = {"deployments/d1"};
  const RunResult result = fake.Run({"-o", "yaml"});
  EXPECT_THAT(result.out, HasSubstr("kind: Deployment\nname: deployments/d1\n"));
}

}  // namespace
}  // namespace linchpin::cli
