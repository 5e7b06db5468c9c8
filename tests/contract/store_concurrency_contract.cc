// Many writers at once: revisions without gaps, in commit order, consistent with real time.
#include <algorithm>
#include <atomic>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/contract/store_fixture.h"

namespace linchpin::store {
namespace {

constexpr int kThreads = 8;
constexpr int kWritesEach = 150;

// One acknowledged write: `before` and `after` are ticks of a common counter around the call.
struct Call {
  int64_t before = 0;
  int64_t after = 0;
  int64_t revision = 0;
};

std::vector<Call> WriteFromManyThreads(const std::vector<Committer*>& committers) {
  std::atomic<int64_t> tick{0};
  std::vector<std::vector<Call>> calls(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Committer& committer = *committers[t % committers.size()];
      for (int i = 0; i < kWritesEach; ++i) {
        std::string name = absl::StrCat("things/", i % 2 == 0 ? "hot" : absl::StrCat(t, "-", i));
        Call call;
        call.before = ++tick;
        absl::StatusOr<WriteResult> result =
            committer.Commit(MakeWrite({MakeUpsert(name, absl::StrCat(t, ".", i))}));
        call.after = ++tick;
        ASSERT_THAT(result, IsOk());
        call.revision = result->revision;
        calls[t].push_back(call);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::vector<Call> all;
  for (auto& some : calls) all.insert(all.end(), some.begin(), some.end());
  return all;
}

void ExpectGapFreeInRealTimeOrder(std::vector<Call> calls) {
  std::sort(calls.begin(), calls.end(), [](const Call& a, const Call& b) { return a.revision < b.revision; });
  int64_t latest_start = 0;
  for (size_t i = 0; i < calls.size(); ++i) {
    ASSERT_EQ(calls[i].revision, static_cast<int64_t>(i) + 1);
    // No call with a greater revision had ended before one with a smaller revision began.
    ASSERT_GT(calls[i].after, latest_start);
    latest_start = std::max(latest_start, calls[i].before);
  }
}

void ExpectEveryRevisionInTheLog(ResourceStore& store, int64_t newest) {
  std::set<int64_t> revisions;
  ChangeBatch batch = *store.ReadChanges(0, 1'000'000);
  for (const Change& change : batch.changes) revisions.insert(change.resource.revision);
  EXPECT_EQ(static_cast<int64_t>(revisions.size()), newest);
  EXPECT_EQ(*revisions.rbegin(), newest);
}

TEST_P(StoreContract, ManyThreadsGetGapFreeRevisionsInCommitOrder) {
  std::vector<Call> calls = WriteFromManyThreads({&committer()});
  ExpectGapFreeInRealTimeOrder(calls);
  ExpectEveryRevisionInTheLog(store(), kThreads * kWritesEach);
  EXPECT_LT(committer().Stats().groups, kThreads * kWritesEach);
  EXPECT_EQ(head().revision(), kThreads * kWritesEach);
  MapHead fresh(TargetsOf);
  ASSERT_THAT(fresh.Reload(store()), IsOk());
  int64_t revision = 0;
  EXPECT_EQ(fresh.List("", "", 10'000, &revision), head().List("", "", 10'000, &revision));
}

TEST_P(StoreContract, TwoCommittersOnOneDatabaseShareOneOrder) {
  if (!GetParam().shared) GTEST_SKIP() << "one process only";
  OpenOptions open;
  std::unique_ptr<ResourceStore> second_store = *place_->Open(open);
  MapHead second_head(TargetsOf);
  std::unique_ptr<Committer> second = *Committer::Create(*second_store, second_head, {});
  std::vector<Call> calls = WriteFromManyThreads({&committer(), second.get()});
  ExpectGapFreeInRealTimeOrder(calls);
  ExpectEveryRevisionInTheLog(store(), kThreads * kWritesEach);
  // Each follows the other without writing.
  const int64_t newest = kThreads * kWritesEach;
  EXPECT_TRUE(head().WaitFor(newest, base::SteadyNow() + absl::Seconds(30)));
  EXPECT_TRUE(second_head.WaitFor(newest, base::SteadyNow() + absl::Seconds(30)));
  int64_t revision = 0;
  EXPECT_EQ(second_head.List("", "", 10'000, &revision), head().List("", "", 10'000, &revision));
  // Checks hold across them, and so do request ids.
  ASSERT_THAT(Put("things/t", "x"), IsOk());
  ASSERT_THAT(second->Commit(MakeWrite({MakeUpsert("things/r", "x", {"things/t"})})), IsOk());
  EXPECT_THAT(Delete("things/t"), Fails(absl::StatusCode::kFailedPrecondition, "STILL_REFERENCED"));
  Write write = MakeWrite({MakeUpsert("things/once", "x")});
  write.request_id = "shared";
  EXPECT_FALSE(Commit(write)->repeated);
  EXPECT_TRUE(second->Commit(write)->repeated);
}

TEST_P(StoreContract, AWriterGoesOnAfterItHasFollowedAnother) {
  if (!GetParam().shared) GTEST_SKIP() << "one process only";
  std::unique_ptr<ResourceStore> second_store = *place_->Open({});
  MapHead second_head(TargetsOf);
  std::unique_ptr<Committer> second = *Committer::Create(*second_store, second_head, {});
  // Each writes in turn, and the other has followed before it does: neither knows more than its head.
  for (int i = 1; i <= 200; ++i) {
    Committer& writer = i % 2 == 0 ? committer() : *second;
    MapHead& other = i % 2 == 0 ? second_head : head();
    absl::StatusOr<WriteResult> result = writer.Commit(MakeWrite({MakeUpsert("things/a", absl::StrCat(i))}));
    ASSERT_THAT(result, IsOk()) << i;
    ASSERT_EQ(result->revision, i);
    ASSERT_TRUE(other.WaitFor(i, base::SteadyNow() + absl::Seconds(30)));
  }
}

TEST_P(StoreContract, SmallWritesWaitForTheLargeGroupsOfAnotherProcess) {
  if (!GetParam().shared) GTEST_SKIP() << "one process only";
  std::unique_ptr<ResourceStore> second_store = *place_->Open({});
  MapHead second_head(TargetsOf);
  std::unique_ptr<Committer> second = *Committer::Create(*second_store, second_head, {});
  constexpr int kBatches = 4, kBatch = 10'000;
  std::atomic<bool> finished{false};
  std::thread large([&] {
    for (int batch = 0; batch < kBatches; ++batch) {
      std::vector<Upsert> upserts;
      for (int i = 0; i < kBatch; ++i) {
        upserts.push_back(
            MakeUpsert(absl::StrCat("large/", batch, "-", i), "x", {absl::StrCat("large/", batch, "-0")}));
      }
      absl::StatusOr<WriteResult> result = second->Commit(MakeWrite(std::move(upserts)));
      EXPECT_THAT(result, IsOk());
    }
    finished = true;
  });
  int small = 0;
  for (; !finished; ++small) {
    absl::StatusOr<WriteResult> result = Put("small/one", absl::StrCat(small));
    ASSERT_THAT(result, IsOk());
  }
  large.join();
  EXPECT_GT(small, 0);
  EXPECT_EQ(store().Info()->revision, small + kBatches);
}

}  // namespace
}  // namespace linchpin::store
