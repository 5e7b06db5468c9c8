#include "services/store/commit/write_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "services/base/error.h"
#include "tests/support/reason_matchers.h"
#include "tests/support/status_matchers.h"

namespace linchpin::store {
namespace {

Pending Make(const std::string& target, int64_t bytes = 0) {
  Pending pending;
  pending.write.target = target;
  pending.write.bytes = bytes;
  pending.enqueued = std::chrono::steady_clock::now();
  return pending;
}

absl::Status Push(WriteQueue& queue, const std::string& target, int64_t bytes = 0) {
  Pending pending = Make(target, bytes);
  absl::Status status = queue.Push(pending);
  // What is refused is left whole: its caller is still to be told.
  if (!status.ok()) {
    EXPECT_EQ(pending.write.target, target);
  }
  return status;
}

TEST(WriteQueue, GivesTheOldestFirstAndKeepsTheBounds) {
  WriteQueue queue(10, 1000);
  for (const char* target : {"a", "b", "c", "d"}) ASSERT_THAT(Push(queue, target, 100), IsOk());
  std::vector<Pending> taken = queue.Take(3, 250);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].write.target, "a");
  EXPECT_EQ(queue.Take(1, 1000).size(), 1u);
  // One beyond the bound goes alone.
  EXPECT_EQ(queue.Take(5, 1).size(), 1u);
  EXPECT_TRUE(queue.Take(5, 1).empty());
}

TEST(WriteQueue, RefusesBeyondEitherBoundAndTakesAgainWhenThereIsRoom) {
  WriteQueue by_count(2, 1000);
  ASSERT_THAT(Push(by_count, "a"), IsOk());
  ASSERT_THAT(Push(by_count, "b"), IsOk());
  EXPECT_THAT(Push(by_count, "c"), HasReason("WRITE_QUEUE_FULL"));
  by_count.Take(1, 1000);
  EXPECT_THAT(Push(by_count, "c"), IsOk());

  WriteQueue by_bytes(100, 100);
  // A single one may be larger than the bound, else it could never be written.
  ASSERT_THAT(Push(by_bytes, "a", 500), IsOk());
  EXPECT_THAT(Push(by_bytes, "b", 1), HasReason("WRITE_QUEUE_FULL"));
  by_bytes.Take(1, 1000);
  EXPECT_THAT(Push(by_bytes, "b", 1), IsOk());
}

TEST(WriteQueue, TakesNothingOnceClosedAndKeepsWhatItHas) {
  WriteQueue queue(10, 1000);
  ASSERT_THAT(Push(queue, "a"), IsOk());
  queue.Close();
  EXPECT_THAT(Push(queue, "b"), HasReason("DRAINING"));
  WriteQueue::Work work = queue.Wait(absl::InfiniteDuration());
  EXPECT_TRUE(work.closed);
  EXPECT_TRUE(work.writes);
}

TEST(WriteQueue, RemembersTheGreatestRevisionOfWakesAndWhetherOneWasBlind) {
  WriteQueue queue(10, 1000);
  queue.Wake(5);
  queue.Wake(3);
  EXPECT_EQ(queue.Wait(absl::InfiniteDuration()).revision, 5);
  queue.Wake(5);
  queue.Wake(0);
  WriteQueue::Work work = queue.Wait(absl::InfiniteDuration());
  EXPECT_TRUE(work.woken);
  EXPECT_EQ(work.revision, 0);
  EXPECT_FALSE(queue.Wait(absl::ZeroDuration()).woken);
}

TEST(WriteQueue, TellsWhenItsOldestWriteHasWaited) {
  WriteQueue queue(10, 100);
  Pending pending = Make("a", 1);
  pending.enqueued = std::chrono::steady_clock::now() - std::chrono::seconds(2);
  ASSERT_THAT(queue.Push(pending), IsOk());
  EXPECT_TRUE(queue.WaitStale(absl::Seconds(1)));
  queue.Close();
  EXPECT_FALSE(queue.WaitStale(absl::Seconds(1)));
}

TEST(WriteQueue, AWaiterIsWokenByAWrite) {
  WriteQueue queue(10, 1000);
  std::thread writer([&queue] { EXPECT_THAT(Push(queue, "a"), IsOk()); });
  EXPECT_TRUE(queue.Wait(absl::InfiniteDuration()).writes);
  writer.join();
}

}  // namespace
}  // namespace linchpin::store
