// Request ids, leases, the queue and the end of a committer.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "services/base/error.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

using testing::SizeIs;

Write WithRequest(std::string_view id, std::string_view digest, Write write) {
  write.request_id = std::string(id);
  write.request_digest = std::string(digest);
  return write;
}

TEST_P(StoreContract, ARepeatedRequestGetsTheSameReplyAndIsAppliedOnce) {
  Write write = WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "one")}));
  absl::StatusOr<WriteResult> first = Commit(write);
  ASSERT_THAT(first, IsOk());
  EXPECT_FALSE(first->repeated);
  ASSERT_THAT(Put("things/a", "two"), IsOk());
  if (GetParam().persistent) Restart();
  for (int i = 0; i < 3; ++i) {
    absl::StatusOr<WriteResult> again = Commit(write);
    ASSERT_THAT(again, IsOk());
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->reply, first->reply);
    EXPECT_EQ(again->revision, 1);
    EXPECT_EQ(again->time, first->time);
  }
  EXPECT_EQ(head().Find("things/a")->body, "two|");
  EXPECT_THAT(*store().ReadAudit(0, 10), SizeIs(2));
}

TEST_P(StoreContract, ARepeatInTheSameGroupIsAppliedOnce) {
  absl::Notification inside, release;
  Write first = MakeWrite({MakeUpsert("things/hold", "x")});
  first.decide = [decide = first.decide, &inside, &release](const StateReader& state) {
    if (!inside.HasBeenNotified()) inside.Notify();
    release.WaitForNotification();
    return decide(state);
  };
  committer().Submit(first, [](absl::StatusOr<WriteResult>) {});
  inside.WaitForNotification();
  std::vector<absl::StatusOr<WriteResult>> results(3);
  std::vector<absl::Notification> done(3);
  for (int i = 0; i < 3; ++i) {
    committer().Submit(WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "one")})),
                       [&, i](absl::StatusOr<WriteResult> result) {
                         results[i] = std::move(result);
                         done[i].Notify();
                       });
  }
  release.Notify();
  for (absl::Notification& one : done) one.WaitForNotification();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(results[i]->revision, 2);
    EXPECT_EQ(results[i]->repeated, i > 0);
  }
}

TEST_P(StoreContract, AnotherBodyUnderTheSameRequestIdIsRefused) {
  ASSERT_THAT(Commit(WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "one")}))), IsOk());
  EXPECT_THAT(Commit(WithRequest("r1", "e", MakeWrite({MakeUpsert("things/a", "two")}))),
              Fails(absl::StatusCode::kInvalidArgument, "REQUEST_ID_REUSED"));
  EXPECT_EQ(head().Find("things/a")->body, "one|");
}

TEST_P(StoreContract, ARequestIdIsOfOnePrincipalAndMethod) {
  Write write = WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "one")}));
  ASSERT_THAT(Commit(write), IsOk());
  write.principal = "another";
  EXPECT_FALSE(Commit(write)->repeated);
  write.method = "Other";
  EXPECT_FALSE(Commit(write)->repeated);
}

TEST_P(StoreContract, ARefusalIsRepeatedEvenWhenItWouldNowSucceed) {
  Write write = WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "x", {"things/t"})}));
  absl::StatusOr<WriteResult> first = Commit(write);
  EXPECT_THAT(first, Fails(absl::StatusCode::kFailedPrecondition, "REFERENCE_NOT_FOUND"));
  ASSERT_THAT(Put("things/t", "x"), IsOk());
  absl::StatusOr<WriteResult> again = Commit(write);
  EXPECT_EQ(again.status(), first.status());
  EXPECT_EQ(base::DetailsOf(again.status())->metadata, base::DetailsOf(first.status())->metadata);
}

TEST_P(StoreContract, AnExpiredRequestIdIsFreeAgain) {
  Write write = WithRequest("r1", "d", MakeWrite({MakeUpsert("things/a", "one")}));
  ASSERT_THAT(Commit(write), IsOk());
  EXPECT_EQ(*store().ExpireRequests(now_), 0);
  EXPECT_EQ(*store().ExpireRequests(now_ + absl::Microseconds(1)), 1);
  EXPECT_FALSE(Commit(write)->repeated);
}

TEST_P(StoreContract, ALeaseHasOneHolderAndATokenThatRises) {
  absl::StatusOr<Lease> mine = store().AcquireLease("evaluator", "me", absl::Hours(1));
  ASSERT_THAT(mine, IsOk());
  EXPECT_EQ(store().AcquireLease("evaluator", "me", absl::Hours(1))->token, mine->token);
  EXPECT_THAT(store().AcquireLease("evaluator", "you", absl::Hours(1)),
              Fails(absl::StatusCode::kAborted, "LEASE_HELD"));
  ASSERT_THAT(store().ReleaseLease(*mine), IsOk());
  absl::StatusOr<Lease> yours = store().AcquireLease("evaluator", "you", absl::Hours(1));
  ASSERT_THAT(yours, IsOk());
  EXPECT_GT(yours->token, mine->token);
  // Giving back what has passed on does nothing.
  ASSERT_THAT(store().ReleaseLease(*mine), IsOk());
  EXPECT_THAT(store().AcquireLease("evaluator", "me", absl::Hours(1)),
              Fails(absl::StatusCode::kAborted, "LEASE_HELD"));
}

TEST_P(StoreContract, AnExpiredLeasePassesOnAndItsWritesAreFenced) {
  Lease old = *store().AcquireLease("evaluator", "me", absl::ZeroDuration());
  Lease current = *store().AcquireLease("evaluator", "you", absl::Hours(1));
  EXPECT_GT(current.token, old.token);
  Write write = MakeWrite({MakeUpsert("things/a", "x")});
  write.fence = Fence{"evaluator", old.token};
  EXPECT_THAT(Commit(write), Fails(absl::StatusCode::kAborted, "LEASE_LOST"));
  write.fence = Fence{"evaluator", current.token};
  EXPECT_THAT(Commit(write), IsOk());
}

TEST_P(StoreContract, AFullQueueRefusesAtOnce) {
  Stop();
  CommitterOptions options;
  options.queue_writes_max = 2;
  Start(options);
  absl::Notification inside, release;
  Write hold = MakeWrite({MakeUpsert("things/hold", "x")});
  hold.decide = [&, decide = hold.decide](const StateReader& state) {
    if (!inside.HasBeenNotified()) inside.Notify();
    release.WaitForNotification();
    return decide(state);
  };
  committer().Submit(hold, [](absl::StatusOr<WriteResult>) {});
  inside.WaitForNotification();
  for (int i = 0; i < 2; ++i) {
    committer().Submit(MakeWrite({MakeUpsert(absl::StrCat("things/", i), "x")}),
                       [](absl::StatusOr<WriteResult> result) { EXPECT_THAT(result, IsOk()); });
  }
  absl::StatusOr<WriteResult> refused;
  committer().Submit(MakeWrite({}), [&](absl::StatusOr<WriteResult> result) { refused = std::move(result); });
  EXPECT_THAT(refused, Fails(absl::StatusCode::kResourceExhausted, "WRITE_QUEUE_FULL"));
  EXPECT_TRUE(base::DetailsOf(refused.status())->retry_after_ms.has_value());
  release.Notify();
  committer().Drain(absl::InfiniteFuture());
  EXPECT_EQ(head().revision(), 3);
}

TEST_P(StoreContract, DrainFinishesWhatWasTakenAndRefusesTheRest) {
  int finished = 0;
  for (int i = 0; i < 100; ++i) {
    committer().Submit(MakeWrite({MakeUpsert(absl::StrCat("things/", i), "x")}),
                       [&finished](absl::StatusOr<WriteResult> result) { finished += result.ok() ? 1 : 0; });
  }
  committer().Drain(absl::InfiniteFuture());
  EXPECT_EQ(finished, 100);
  EXPECT_THAT(Put("things/late", "x"), Fails(absl::StatusCode::kUnavailable, "DRAINING"));
  EXPECT_THAT(ContentsOf(store()), SizeIs(100));
}

}  // namespace
}  // namespace linchpin::store
