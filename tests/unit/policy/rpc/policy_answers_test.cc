#include "services/policy/rpc/policy_answers.h"

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/replica/publisher.h"
#include "tests/support/inventory_text.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

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
    source.ConfirmNewest(steady_);
  }

  void Found(int64_t inventory_revision, int64_t policy_revision) {
    auto set = std::make_shared<FindingSet>();
    set->computed = {inventory_revision, policy_revision, now_};
    set->newest_at = steady_ - evaluated_from_age_;
    board_.Publish(std::move(set));
  }

  absl::Status List(const std::string& min_revision, v1::ListFindingsResponse* response) {
    kit::Call::Identity identity;
    identity.deadline = base::SteadyNow() + kDeadline;
    kit::Call call(identity);
    v1::ListFindingsRequest request;
    request.set_min_revision(min_revision);
    const kit::Wait wait = answers_.findings_wait();
    absl::Status status;
    if (wait.due(request)) {
      absl::Notification over;
      wait.start(call, request, [&](absl::Status ready) {
        status = std::move(ready);
        over.Notify();
      });
      over.WaitForNotification();
    }
    return status.ok() ? answers_.ListFindings(call, request, *response) : status;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  base::SteadyTime steady_ = base::SteadyTime::AfterStart(absl::Hours(10));
  absl::Duration evaluated_from_age_;
  replica::Publisher inventory_{[this] { return steady_; }};
  replica::Publisher policies_{[this] { return steady_; }};
  FindingBoard board_;
  PolicyFeed feed_{policies_, [](PolicyFeed::Part) {}};
  const serving::Snapshots policy_snapshots_{policies_};
  PolicyAnswers answers_{
      inventory_, policy_snapshots_, feed_, board_, "", [this] { return now_; }, [this] { return steady_; }};
};

TEST_F(Answers, SayWhichPoliciesTheyAreOf) {
  v1::ListFindingsResponse response;
  ASSERT_THAT(List("5", &response), IsOk());
  EXPECT_EQ(response.policy_revision(), 3);
  EXPECT_FALSE(response.policies_behind());
}

TEST_F(Answers, FlagAnEditThatIsNotEvaluatedYet) {
  Publish(policies_, 4);
  v1::ListFindingsResponse response;
  ASSERT_THAT(List("", &response), IsOk());
  EXPECT_EQ(response.policy_revision(), 3);
  EXPECT_TRUE(response.policies_behind());
}

TEST_F(Answers, RefuseToAnswerBehindWhereARevisionIsAskedFor) {
  Publish(policies_, 4);
  v1::ListFindingsResponse response;
  const absl::Status status = List("5", &response);
  EXPECT_THAT(status, Fails(absl::StatusCode::kUnavailable, "REPLICA_BEHIND"));
  Found(5, 4);
  ASSERT_THAT(List("5", &response), IsOk());
  EXPECT_EQ(response.policy_revision(), 4);
}

TEST_F(Answers, AreAsOldAsTheInventoryTheyAreOf) {
  steady_ += absl::Hours(1);
  inventory_.ConfirmNewest(steady_ - absl::Seconds(2));
  v1::ListFindingsResponse response;
  ASSERT_THAT(List("", &response), IsOk());
  EXPECT_EQ(response.inventory().age().seconds(), 2) << "nothing has changed since the evaluation";
  Publish(inventory_, 6);
  ASSERT_THAT(List("", &response), IsOk());
  EXPECT_EQ(response.inventory().age().seconds(), 3600) << "overtaken";
}

TEST_F(Answers, AreAsOldAsWhatTheyWereEvaluatedFromWhereItWasBehind) {
  // The evaluation is new, but the inventory it saw was the newest 5 s before.
  evaluated_from_age_ = absl::Seconds(5);
  Publish(inventory_, 6);
  Found(6, 3);
  Publish(inventory_, 7);
  steady_ += absl::Milliseconds(70);
  v1::ListFindingsResponse response;
  ASSERT_THAT(List("", &response), IsOk());
  EXPECT_EQ(response.inventory().revision(), 6);
  EXPECT_EQ(response.inventory().age().seconds(), 5);
}

TEST_F(Answers, WaitWithoutAThreadAndEndWithTheirCall) {
  v1::ListFindingsRequest request;
  request.set_min_revision("6");
  kit::Call call;
  std::vector<std::string> reasons;
  absl::Notification over;
  answers_.findings_wait().start(call, request, [&](const absl::Status& status) {
    reasons.push_back(base::ReasonOf(status));
    over.Notify();
  });
  EXPECT_TRUE(reasons.empty());
  call.Cancel(kit::Call::Stop::kCancelled);
  over.WaitForNotification();
  EXPECT_EQ(reasons.front(), "REPLICA_BEHIND");
}

}  // namespace
}  // namespace linchpin::policy
