#include "services/policy/rpc/policy_answers.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/replica/publisher.h"
#include "tests/support/inventory_text.h"

namespace linchpin::policy {
namespace {

constexpr absl::Duration kDeadline = absl::Milliseconds(120);

// Answers over an inventory, policies and findings that the test sets.
class Answers : public ::testing::Test {
 protected:
  Answers() {
    inventory_.SetHistory("history");
    policies_.SetHistory("history");
    Publish(inventory_, 5);
    Publish(policies_, 3);
    Found(5, 3);
  }

  void Publish(replica::Publisher& source, int64_t revision) {
    replica::ViewChange change;
    change.view = testing_support::MakeView({}, revision);
    change.everything = true;
    source.Publish(std::move(change));
    source.ConfirmNewest(now_);
  }

  void Found(int64_t inventory_revision, int64_t policy_revision) {
    auto set = std::make_shared<FindingSet>();
    set->computed = {inventory_revision, policy_revision, now_};
    board_.Publish(std::move(set));
  }

  absl::Status List(const std::string& min_revision, v1::ListFindingsResponse* response) {
    kit::Call::Identity identity;
    identity.deadline = absl::Now() + kDeadline;
    kit::Call call(identity);
    v1::ListFindingsRequest request;
    request.set_min_revision(min_revision);
    return answers_.ListFindings(call, request, *response);
  }

  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  replica::Publisher inventory_{[this] { return now_; }};
  replica::Publisher policies_{[this] { return now_; }};
  FindingBoard board_;
  PolicyFeed feed_{policies_, [] {}};
  PolicyAnswers answers_{inventory_, feed_, board_, "", [this] { return now_; }};
};

TEST_F(Answers, SayWhichPoliciesTheyAreOf) {
  v1::ListFindingsResponse response;
  ASSERT_TRUE(List("5", &response).ok());
  EXPECT_EQ(response.policy_revision(), 3);
  EXPECT_FALSE(response.policies_behind());
}

TEST_F(Answers, FlagAnEditThatIsNotEvaluatedYet) {
  Publish(policies_, 4);
  v1::ListFindingsResponse response;
  ASSERT_TRUE(List("", &response).ok());
  EXPECT_EQ(response.policy_revision(), 3);
  EXPECT_TRUE(response.policies_behind());
}

TEST_F(Answers, RefuseToAnswerBehindWhereARevisionIsAskedFor) {
  Publish(policies_, 4);
  v1::ListFindingsResponse response;
  const absl::Status status = List("5", &response);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(base::ReasonOf(status), "REPLICA_BEHIND");
  Found(5, 4);
  ASSERT_TRUE(List("5", &response).ok());
  EXPECT_EQ(response.policy_revision(), 4);
}

TEST_F(Answers, AreAsOldAsTheInventoryTheyAreOf) {
  now_ += absl::Hours(1);
  inventory_.ConfirmNewest(now_ - absl::Seconds(2));
  v1::ListFindingsResponse response;
  ASSERT_TRUE(List("", &response).ok());
  EXPECT_EQ(response.inventory().age().seconds(), 2) << "nothing has changed since the evaluation";
  Publish(inventory_, 6);
  ASSERT_TRUE(List("", &response).ok());
  EXPECT_EQ(response.inventory().age().seconds(), 3600) << "overtaken";
}

}  // namespace
}  // namespace linchpin::policy
