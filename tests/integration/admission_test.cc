// An inventory that enforces the check of changes, and Policy, in processes of their own: two changes that
// pass alone and break a limit together cannot both land.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "google/protobuf/text_format.h"
#include "linchpin/inventory/v1/inventory_service.grpc.pb.h"
#include "linchpin/policy/v1/policy_service.grpc.pb.h"
#include "services/base/error.h"
#include "services/kit/rpc/status.h"
#include "tests/support/linchpind_process.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::integration {
namespace {

namespace inv = ::linchpin::inventory::v1;
namespace policy = ::linchpin::policy::v1;

using ::testing::HasSubstr;
using testing_support::LinchpindProcess;
using testing_support::Scrape;
using testing_support::TempFolder;

const std::string kKey(40, 'k');
const std::string kOtherKey(40, 'o');

constexpr char kVendors[] = R"pb(
  operations { upsert { vendor { name: "vendors/acme" country: "US" } } }
  operations { upsert { vendor { name: "vendors/borealis" country: "FR" } } }
  operations { upsert { model { name: "models/one" developer: "vendors/acme" } } }
  operations {
    upsert { deployment { name: "deployments/acme" model: "models/one" operator: "vendors/acme" } }
  }
  operations {
    upsert { deployment { name: "deployments/borealis" model: "models/one" operator: "vendors/borealis" } }
  }
)pb";

// No operator may carry more than 62% of the applications: three of five may, four of six may not.
constexpr char kPolicy[] = R"pb(
  policy_id: "share"
  policy {
    rules {
      id: "operator"
      severity: SEVERITY_HIGH
      concentration {
        group_by: DIMENSION_OPERATOR
        basis: BASIS_APPLICATIONS
        metric: METRIC_SHARE
        limit { number_value: 0.62 }
        min_population: 1
      }
    }
  }
)pb";
constexpr char kAssignment[] = R"pb(
  assignment_id: "share"
  assignment { policy: "policies/share" mode: MODE_ENFORCE }
)pb";

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// An application that needs one deployment.
std::string Application(const std::string& name, const std::string& deployment) {
  return absl::StrCat("operations { upsert { application { name: 'applications/", name,
                      "' tier: 1 } } } operations { upsert { dependency { name: 'applications/", name,
                      "/dependencies/chat' alternatives { target: 'deployments/", deployment, "' } } } }");
}

class AdmissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    keys_ = folder_.Write("keys", kKey + "\n");
    inventory_process_ = Start({"--target=inventory", "--store=sqlite:" + (folder_ / "inventory"),
                                "--admission=enforce", "--admission-keys-file=" + keys_});
    inventory_ = inv::InventoryService::NewStub(Connect(*inventory_process_));
    StartPolicy(keys_);
  }

  std::unique_ptr<LinchpindProcess> Start(const std::vector<std::string>& arguments) {
    auto started = LinchpindProcess::Start(arguments);
    EXPECT_THAT(started, IsOk());
    return *std::move(started);
  }
  void StartPolicy(const std::string& keys, const std::string& more = "--check-token-seconds=600") {
    policy_process_ = nullptr;
    policy_process_ = Start({"--target=policy", "--store=sqlite:" + (folder_ / "policy"),
                             "--inventory-address=" + inventory_process_->address(),
                             "--admission-keys-file=" + keys, more});
    policy_ = policy::PolicyService::NewStub(Connect(*policy_process_));
  }
  static std::shared_ptr<grpc::Channel> Connect(const LinchpindProcess& process) {
    return grpc::CreateChannel(process.address(), grpc::InsecureChannelCredentials());
  }
  template <typename Stub, typename Request, typename Response>
  static absl::Status Call(Stub& stub,
                           grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                           const Request& request, Response* response, const std::string& token = "") {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    if (!token.empty()) context.AddMetadata("linchpin-check-token", token);
    return kit::FromGrpcStatus((stub.*method)(&context, request, response));
  }

  // The check of a change at the newest revision that this test wrote, or a later one.
  policy::CheckChangeResponse Check(const std::string& batch) {
    policy::CheckChangeRequest request;
    *request.mutable_proposed()->mutable_operations() = Parse<inv::BatchWriteRequest>(batch).operations();
    request.set_min_revision(absl::StrCat(revision_));
    policy::CheckChangeResponse response;
    EXPECT_THAT(Call(*policy_, &policy::PolicyService::Stub::CheckChange, request, &response), IsOk());
    return response;
  }
  absl::Status Write(const std::string& batch, const std::string& token) {
    inv::BatchWriteResponse response;
    const absl::Status status = Call(*inventory_, &inv::InventoryService::Stub::BatchWrite,
                                     Parse<inv::BatchWriteRequest>(batch), &response, token);
    if (status.ok()) revision_ = response.revision();
    return status;
  }
  // Half of the applications at each operator, and the policy.
  void Fill() {
    const std::string batch = absl::StrCat(kVendors, Application("a", "acme"), Application("b", "acme"),
                                           Application("c", "borealis"), Application("d", "borealis"));
    ASSERT_THAT(Write(batch, Check(batch).check_token()), IsOk());
    policy::Policy made;
    ASSERT_THAT(Call(*policy_, &policy::PolicyService::Stub::CreatePolicy,
                     Parse<policy::CreatePolicyRequest>(kPolicy), &made),
                IsOk());
    policy::Assignment assigned;
    ASSERT_THAT(Call(*policy_, &policy::PolicyService::Stub::CreateAssignment,
                     Parse<policy::CreateAssignmentRequest>(kAssignment), &assigned),
                IsOk());
  }
  bool Exists(const std::string& name) {
    inv::GetApplicationRequest request;
    request.set_name(name);
    inv::Application response;
    return Call(*inventory_, &inv::InventoryService::Stub::GetApplication, request, &response).ok();
  }
  std::string Admissions(const std::string& outcome, const std::string& made) {
    return absl::StrCat("linchpin_inventory_admissions_total{made=\"", made, "\",outcome=\"", outcome,
                        "\"} ");
  }

  TempFolder folder_;
  std::string keys_;
  int64_t revision_ = 0;
  std::unique_ptr<LinchpindProcess> inventory_process_, policy_process_;
  std::unique_ptr<inv::InventoryService::Stub> inventory_;
  std::unique_ptr<policy::PolicyService::Stub> policy_;
};

TEST_F(AdmissionTest, TwoChangesThatPassAloneCannotBothLand) {
  Fill();
  const std::string e = Application("e", "acme"), f = Application("f", "acme");
  const policy::CheckChangeResponse first = Check(e), second = Check(f);
  EXPECT_EQ(first.verdict(), policy::VERDICT_PASS);
  EXPECT_EQ(second.verdict(), policy::VERDICT_PASS);
  ASSERT_EQ(first.inventory().revision(), second.inventory().revision());
  EXPECT_EQ(first.policy_set_digest(), second.policy_set_digest());

  EXPECT_THAT(Write(f, first.check_token()), HasReason("CHECK_OF_ANOTHER_CHANGE"));
  ASSERT_THAT(Write(e, first.check_token()), IsOk());
  EXPECT_THAT(Write(f, second.check_token()), HasReason("REVISION_MISMATCH"));

  const policy::CheckChangeResponse again = Check(f);  // Beside the first.
  EXPECT_EQ(again.verdict(), policy::VERDICT_DENY);
  EXPECT_THAT(Write(f, again.check_token()), HasReason("CHECK_DENIED"));
  EXPECT_TRUE(Exists("applications/e"));
  EXPECT_FALSE(Exists("applications/f"));
  const std::string scrape = Scrape(inventory_process_->metrics_port());
  EXPECT_THAT(scrape, HasSubstr(Admissions("admitted", "true") + "2"));
  EXPECT_THAT(scrape, HasSubstr(Admissions("moved", "false") + "1"));
  EXPECT_THAT(scrape, HasSubstr(Admissions("denied", "false") + "1"));
}

TEST_F(AdmissionTest, WithoutPolicyNothingNewLandsAndATokenHoldsOn) {
  Fill();
  const std::string e = Application("e", "borealis");
  const std::string token = Check(e).check_token();
  policy_process_->Signal(SIGKILL);
  policy_process_->Wait();
  EXPECT_THAT(Write(e, ""), HasReason("CHECK_REQUIRED"));
  EXPECT_FALSE(Exists("applications/e"));
  EXPECT_THAT(Write(Application("a", "acme"), ""), IsOk()) << "it stands already";
  EXPECT_THAT(Write(e, token), IsOk());
}

TEST_F(AdmissionTest, KeysAreChangedWithoutAGap) {
  Fill();
  StartPolicy(folder_.Write("other-keys", kOtherKey + "\n"));
  const std::string e = Application("e", "borealis");
  const std::string token = Check(e).check_token();
  EXPECT_THAT(Write(e, token), HasReason("CHECK_TOKEN_INVALID"));
  std::string bit = token;
  bit[40] = static_cast<char>(bit[40] == 'A' ? 'B' : 'A');
  folder_.Write("keys", kKey + "\n" + kOtherKey + "\n");
  ASSERT_TRUE(inventory_process_->WaitForLog("admission keys reloaded"));
  EXPECT_THAT(Write(e, bit), HasReason("CHECK_TOKEN_INVALID"));
  EXPECT_THAT(Write(e, token), IsOk());
}

TEST_F(AdmissionTest, ASettingThatCannotHoldIsRefusedAtTheStart) {
  const auto started = LinchpindProcess::Start(
      {"--target=inventory", "--store=sqlite:" + (folder_ / "other"), "--admission=enforce"});
  ASSERT_FALSE(started.ok());
  EXPECT_THAT(std::string(started.status().message()), HasSubstr("needs --admission-keys-file"));
}

}  // namespace
}  // namespace linchpin::integration
