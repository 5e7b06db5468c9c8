// WatchFindings through the service.
#include <atomic>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/inventory_server.h"
#include "tests/support/inventory_text.h"
#include "tests/unit/policy/rpc/policy_server.h"

namespace linchpin::policy {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Finding;
using v1::WatchFindingsResponse;

class FindingWatchTest : public ::testing::Test {
 protected:
  FindingWatchTest() {
    const auto text = testing_support::ReadInventory(
        "kind: Policy\nname: policies/p\nrules: [{id: origin, lineage: {allowed: [FR]}}]\n---\n"
        "kind: Assignment\nname: assignments/a\npolicy: policies/p\n");
    v1::CreatePolicyRequest policy;
    policy.set_policy_id("p");
    *policy.mutable_policy() = text.All<v1::Policy>().at(0);
    v1::Policy policy_response;
    EXPECT_TRUE(server_.Call(&Stub::CreatePolicy, policy, &policy_response).ok());
    v1::CreateAssignmentRequest assignment;
    assignment.set_assignment_id("a");
    *assignment.mutable_assignment() = text.All<v1::Assignment>().at(0);
    v1::Assignment response;
    EXPECT_TRUE(server_.Call(&Stub::CreateAssignment, assignment, &response).ok());
  }

  void WriteModel(const std::string& origin) {
    const auto written = inventory_.Write(R"(
      operations { upsert { model { name: "models/m" origin_country: ")" +
                                          origin + R"(" known_none: "derivations" } } }
      operations { upsert { deployment { name: "deployments/d" model: "models/m" } } }
      operations { upsert { application { name: "applications/a" owner: "team-a" } } }
      operations { upsert { dependency { name: "applications/a/dependencies/d"
                                         alternatives { target: "deployments/d" } } } })");
    EXPECT_TRUE(written.ok()) << written.status();
  }

  // A stream that is ended with it.
  class Stream {
   public:
    Stream(PolicyServer& server, const v1::WatchFindingsRequest& request) {
      context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
      reader_ = server.stub().WatchFindings(&context_, request);
    }
    ~Stream() {
      if (ended_) return;
      context_.TryCancel();
      WatchFindingsResponse rest;
      while (reader_->Read(&rest)) continue;
      reader_->Finish();
    }

    // The next message with findings; what it passes by are marks.
    WatchFindingsResponse Next() {
      WatchFindingsResponse message;
      while (reader_->Read(&message)) {
        if (!message.resume_token().empty()) token_ = message.resume_token();
        if (message.findings_size() > 0 || message.snapshot()) return message;
      }
      ADD_FAILURE() << "the stream has ended";
      return message;
    }
    const std::string& token() const { return token_; }
    absl::Status End() {
      ended_ = true;
      WatchFindingsResponse rest;
      while (reader_->Read(&rest)) continue;
      return kit::FromGrpcStatus(reader_->Finish());
    }

   private:
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<WatchFindingsResponse>> reader_;
    std::string token_;
    bool ended_ = false;
  };

  testing::InventoryServer inventory_;
  std::unique_ptr<store::ResourceStore> store_ = OpenPolicyStore();
  PolicyServer server_{*store_, inventory_.source(), [] { return absl::FromUnixSeconds(1'770'000'000); }};
};

TEST_F(FindingWatchTest, SendsWhatHoldsThenWhatChanges) {
  Stream stream(server_, {});
  const auto snapshot = stream.Next();
  EXPECT_TRUE(snapshot.snapshot());
  EXPECT_TRUE(snapshot.end_of_revision());
  EXPECT_THAT(snapshot.findings(), IsEmpty());
  WriteModel("US");
  const auto opened = stream.Next();
  ASSERT_THAT(opened.findings(), SizeIs(1));
  EXPECT_FALSE(opened.snapshot());
  EXPECT_EQ(opened.findings(0).state(), Finding::STATE_OPEN);
  EXPECT_EQ(opened.findings(0).transitions_size(), 1);
  EXPECT_EQ(opened.findings(0).revision(), opened.revision());
  WriteModel("FR");
  const auto resolved = stream.Next();
  ASSERT_THAT(resolved.findings(), SizeIs(1));
  EXPECT_EQ(resolved.findings(0).state(), Finding::STATE_RESOLVED);
}

TEST_F(FindingWatchTest, GoesOnWhereItEnded) {
  std::string token;
  {
    Stream stream(server_, {});
    stream.Next();
    WriteModel("US");
    stream.Next();
    token = stream.token();
  }
  WriteModel("FR");
  v1::WatchFindingsRequest request;
  request.set_resume_token(token);
  Stream stream(server_, request);
  const auto next = stream.Next();
  EXPECT_FALSE(next.snapshot());
  ASSERT_THAT(next.findings(), SizeIs(1));
  EXPECT_EQ(next.findings(0).state(), Finding::STATE_RESOLVED);
}

TEST_F(FindingWatchTest, SendsOnlyWhatIsAskedFor) {
  WriteModel("US");
  v1::WatchFindingsRequest request;
  Stream all(server_, request);
  if (all.Next().findings_size() == 0) all.Next();  // Now it is stored.
  request.set_owner("team-b");
  Stream none(server_, request);
  EXPECT_THAT(none.Next().findings(), IsEmpty());
  request.set_owner("team-a");
  request.set_rule("origin");
  Stream one(server_, request);
  EXPECT_THAT(one.Next().findings(), SizeIs(1));
}

TEST_F(FindingWatchTest, RefusesATokenThatIsNone) {
  v1::WatchFindingsRequest request;
  request.set_resume_token("nonsense");
  Stream stream(server_, request);
  EXPECT_EQ(base::ReasonOf(stream.End()), "FIELD_INVALID");
}

}  // namespace
}  // namespace linchpin::policy
