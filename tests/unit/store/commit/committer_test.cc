#include "services/store/commit/committer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "services/store/open.h"
#include "services/store/port/store_error.h"
#include "tests/contract/store_fixture.h"
#include "tests/contract/store_history_check.h"
#include "tests/unit/store/faulty_store.h"

namespace linchpin::store {
namespace {

class CommitterTest : public testing::Test {
 protected:
  CommitterTest() : store_(*OpenStore("sqlite::memory:", "inventory", {})), head_(TargetsOf) {
    committer_ = *Committer::Create(store_, head_, {});
  }

  // Several writes that form one group: handed in while the committer decides another.
  std::vector<absl::StatusOr<WriteResult>> CommitTogether(std::vector<Write> writes) {
    absl::Notification inside, release;
    Write hold = MakeWrite({});
    hold.validate_only = true;
    hold.decide = [&](const StateReader&) {
      inside.Notify();
      release.WaitForNotification();
      return Decision();
    };
    committer_->Submit(hold, [](absl::StatusOr<WriteResult>) {});
    inside.WaitForNotification();
    std::vector<absl::StatusOr<WriteResult>> results(writes.size());
    std::vector<absl::Notification> done(writes.size());
    for (size_t i = 0; i < writes.size(); ++i) {
      committer_->Submit(std::move(writes[i]), [&, i](absl::StatusOr<WriteResult> result) {
        results[i] = std::move(result);
        done[i].Notify();
      });
    }
    release.Notify();
    for (absl::Notification& one : done) one.WaitForNotification();
    return results;
  }

  Write Put(std::string_view name) { return MakeWrite({MakeUpsert(name, "x")}); }

  FaultyStore store_;
  MapHead head_;
  std::unique_ptr<Committer> committer_;
};

TEST_F(CommitterTest, AnUnconfirmedCommitThatHappenedIsAcknowledged) {
  store_.commit_faults.push_back({absl::UnknownError("cut"), true});
  absl::StatusOr<WriteResult> result = committer_->Commit(Put("things/a"));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->revision, 1);
  EXPECT_TRUE(head_.Contains("things/a"));
  EXPECT_EQ(ExpectSound(store_)["things/a"].size(), 1u);
}

TEST_F(CommitterTest, AnUnconfirmedCommitThatDidNotHappenIsRepeated) {
  store_.commit_faults.push_back({absl::UnknownError("cut"), false});
  ASSERT_THAT(committer_->Commit(Put("things/a")), IsOk());
  EXPECT_EQ(ExpectSound(store_)["things/a"].size(), 1u);
}

TEST_F(CommitterTest, AnOutcomeThatCannotBeLookedUpIsSaidToBeUnknown) {
  store_.commit_faults.push_back({absl::UnknownError("cut"), true});
  absl::Notification decided;
  Write write = Put("things/a");
  write.decide = [this, decide = write.decide](const StateReader& state) {
    // From now on the database is away for longer than the committer looks.
    for (int i = 0; i < 40; ++i) store_.begin_faults.push_back(absl::UnavailableError("away"));
    return decide(state);
  };
  absl::StatusOr<WriteResult> result = committer_->Commit(write);
  EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_THAT(std::string(result.status().message()), testing::HasSubstr("unknown"));
}

TEST_F(CommitterTest, ALostCommitIsRepeatedBeforeTheCounterIsLetGo) {
  store_.commit_faults.push_back({absl::UnknownError("cut"), false});
  ASSERT_THAT(committer_->Commit(Put("things/a")), IsOk());
  // The group's own transaction, and the one that looked for it and wrote it again.
  EXPECT_EQ(store_.begun, 2);
}

TEST_F(CommitterTest, AFailureAfterALostCommitDoesNotSayThatNothingWasWritten) {
  for (const absl::Status& later :
       {absl::UnavailableError("away"), absl::FailedPreconditionError("constraint"),
        absl::ResourceExhaustedError("disk"), absl::AbortedError("overtaken"), absl::UnknownError("cut")}) {
    store_.commit_faults.push_back({absl::UnknownError("cut"), false});
    for (int i = 0; i < 3; ++i) store_.commit_faults.push_back({later, false});
    absl::StatusOr<WriteResult> result = committer_->Commit(Put("things/a"));
    EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE")) << later;
    EXPECT_THAT(std::string(result.status().message()), testing::HasSubstr("unknown")) << later;
    store_.commit_faults.clear();
  }
}

TEST_F(CommitterTest, WritesBehindACommitThatADatabaseDoesNotAnswerAreRefused) {
  absl::Notification committing, release;
  store_.before_commit = [&] {
    if (committing.HasBeenNotified()) return;
    committing.Notify();
    release.WaitForNotification();
  };
  absl::Notification held;
  committer_->Submit(Put("things/held"), [&](absl::StatusOr<WriteResult> result) {
    EXPECT_THAT(result, IsOk());
    held.Notify();
  });
  committing.WaitForNotification();
  std::atomic<bool> silent = true;
  store_.ping = [&] { return silent ? absl::UnavailableError("silent") : absl::OkStatus(); };
  absl::StatusOr<WriteResult> behind = committer_->Commit(Put("things/behind"));
  EXPECT_THAT(behind, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_THAT(std::string(behind.status().message()), testing::HasSubstr("nothing was written"));
  EXPECT_FALSE(committer_->Stats().available);
  silent = false;
  release.Notify();
  held.WaitForNotification();
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  while (!committer_->Stats().available && absl::Now() < give_up) std::this_thread::yield();
  EXPECT_THAT(committer_->Commit(Put("things/behind")), IsOk());
  committer_.reset();
}

TEST_F(CommitterTest, WritesBehindALongCommitOfADatabaseThatAnswersWait) {
  absl::Notification committing, release;
  std::atomic<int> pings = 0;
  store_.before_commit = [&] {
    if (committing.HasBeenNotified()) return;
    committing.Notify();
    release.WaitForNotification();
  };
  store_.ping = [&] {
    if (++pings == 2) release.Notify();
    return absl::OkStatus();
  };
  committer_->Submit(Put("things/held"), [](absl::StatusOr<WriteResult>) {});
  committing.WaitForNotification();
  EXPECT_THAT(committer_->Commit(Put("things/behind")), IsOk());
  EXPECT_GE(pings, 2);
  committer_.reset();
}

TEST_F(CommitterTest, ARefusedGroupIsRepeatedOneByOne) {
  store_.commit_faults.push_back({absl::FailedPreconditionError("constraint"), false, 3});
  auto results = CommitTogether({Put("things/a"), Put("things/b"), Put("things/c")});
  for (const auto& result : results) EXPECT_THAT(result, IsOk());
  EXPECT_EQ(store_.Info()->revision, 3);
  ExpectSound(store_);
}

TEST_F(CommitterTest, AWriteThatTheDatabaseRefusesFailsAloneAndTellsNothingOfTheDatabase) {
  store_.commit_faults.push_back({absl::FailedPreconditionError("constraint"), false, 3});
  store_.commit_faults.push_back({absl::FailedPreconditionError("secret text"), false, 1});
  auto results = CommitTogether({Put("things/a"), Put("things/b"), Put("things/c")});
  EXPECT_THAT(results[0], Fails(absl::StatusCode::kInternal, "INTERNAL"));
  EXPECT_THAT(std::string(results[0].status().message()), testing::Not(testing::HasSubstr("secret")));
  EXPECT_THAT(results[1], IsOk());
  EXPECT_THAT(results[2], IsOk());
  EXPECT_FALSE(head_.Contains("things/a"));
  ExpectSound(store_);
}

TEST_F(CommitterTest, AFullDiskRefusesAndHeals) {
  // Each write is tried once: nothing is gained by trying it again at once.
  for (int i = 0; i < 3; ++i) store_.commit_faults.push_back({StoreUnavailable(StoreCause::kFull), false});
  for (int i = 0; i < 3; ++i) {
    absl::StatusOr<WriteResult> result = committer_->Commit(Put("things/a"));
    EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
    EXPECT_EQ(CauseIn(result.status()), StoreCause::kFull);
    EXPECT_THAT(std::string(result.status().message()), testing::HasSubstr("nothing was written"));
  }
  EXPECT_THAT(committer_->Commit(Put("things/a")), IsOk());
  ExpectSound(store_);
}

TEST_F(CommitterTest, ARefusalFromElsewhereLeavesARowInTheAudit) {
  committer_->RecordRefusal("mallory", "CreateThing", absl::PermissionDeniedError("role"));
  ASSERT_THAT(committer_->Commit(Put("things/a")), IsOk());
  const std::vector<AuditRow> rows = *store_.ReadAudit(0, 10);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].principal, "mallory");
  EXPECT_EQ(rows[0].method, "CreateThing");
  EXPECT_EQ(rows[0].code, static_cast<int>(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(rows[0].revision, 0);
}

TEST_F(CommitterTest, TheClockOfTheDatabaseStampsAWrite) {
  store_.clock = absl::FromUnixSeconds(1'900'000'000);
  absl::StatusOr<WriteResult> result = committer_->Commit(Put("things/a"));
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->time, *store_.clock);
}

TEST_F(CommitterTest, AWriteInFlightIsGivenUpWhenTheDatabaseFallsSilent) {
  // A commit that waits until it is abandoned, and then knows nothing.
  absl::Notification abandoned;
  store_.abandon = [&] {
    if (!abandoned.HasBeenNotified()) abandoned.Notify();
  };
  store_.before_commit = [&] { abandoned.WaitForNotification(); };
  store_.commit_faults.push_back({absl::UnknownError("abandoned"), true});
  store_.ping = [] { return StoreUnavailable(); };
  absl::StatusOr<WriteResult> result = committer_->Commit(Put("things/a"));
  EXPECT_THAT(result, Fails(absl::StatusCode::kUnavailable, "STORE_UNAVAILABLE"));
  EXPECT_THAT(std::string(result.status().message()), testing::HasSubstr("unknown"));
  // Nobody was asked what became of it.
  EXPECT_EQ(store_.begun, 1);
  committer_.reset();
}

TEST_F(CommitterTest, AWriterWhoWasOvertakenTriesAgain) {
  for (int i = 0; i < 3; ++i) store_.commit_faults.push_back({absl::AbortedError("overtaken"), false});
  EXPECT_THAT(committer_->Commit(Put("things/a")), IsOk());
}

TEST_F(CommitterTest, AWriteWaitsForADatabaseThatIsAwayForAMoment) {
  for (int i = 0; i < 2; ++i) store_.begin_faults.push_back(absl::UnavailableError("away"));
  EXPECT_THAT(committer_->Commit(Put("things/a")), IsOk());
  // The write is answered before the return is counted.
  committer_->Drain(absl::InfiniteFuture());
  EXPECT_GE(committer_->Stats().reconnects, 1);
}

TEST_F(CommitterTest, FollowsAnotherWriterThoughItsOwnGroupAsksTheDatabaseNothing) {
  MapHead other_head(TargetsOf);
  auto other = *Committer::Create(store_, other_head, {});
  store_.trusting = true;
  committer_ = *Committer::Create(store_, head_, {});
  store_.trusting = false;
  const absl::StatusOr<WriteResult> result = other->Commit(Put("things/of-other"));
  ASSERT_THAT(result, IsOk());
  store_.trusting = true;
  // The wake and a write that is only tried arrive while another is decided.
  Write tried = Put("things/tried");
  tried.validate_only = true;
  Write hold = tried;
  absl::Notification done;
  hold.decide = [&](const StateReader&) {
    store_.wake(result->revision);
    committer_->Submit(tried, [&](const absl::StatusOr<WriteResult>&) { done.Notify(); });
    return Decision();
  };
  committer_->Submit(hold, [](const absl::StatusOr<WriteResult>&) {});
  done.WaitForNotification();
  committer_.reset();
  EXPECT_TRUE(head_.Contains("things/of-other"));
}

TEST_F(CommitterTest, RequestIdsAreLookedUpOnlyAfterOneWasFoundTaken) {
  Write write = Put("things/a");
  write.request_id = "r";
  ASSERT_THAT(committer_->Commit(write), IsOk());
  EXPECT_EQ(store_.looked_up, 0);
  EXPECT_TRUE(committer_->Commit(write)->repeated);
  EXPECT_GE(store_.looked_up, 1);
}

TEST_F(CommitterTest, CountsWhatBecameOfWrites) {
  Write write = Put("things/a");
  write.request_id = "r";
  ASSERT_THAT(committer_->Commit(write), IsOk());
  ASSERT_THAT(committer_->Commit(write), IsOk());
  ASSERT_THAT(committer_->Commit(Put("things/a")), IsOk());
  ASSERT_THAT(committer_->Commit(MakeWrite({MakeUpsert("things/b", "x", {"things/none"})})),
              ::testing::Not(IsOk()));
  CommitterStats stats = committer_->Stats();
  EXPECT_EQ(stats.committed, 1);
  EXPECT_EQ(stats.repeated, 1);
  EXPECT_EQ(stats.unchanged, 1);
  EXPECT_EQ(stats.refused, 1);
  EXPECT_EQ(stats.queued, 0);
}

}  // namespace
}  // namespace linchpin::store
