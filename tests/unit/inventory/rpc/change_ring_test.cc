#include "services/inventory/rpc/change_ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace linchpin::inventory {
namespace {

using ::testing::ElementsAre;
using Outcome = ChangeRing::Outcome;

store::Change ChangeOf(int64_t revision, size_t bytes = 10) {
  store::Change change;
  change.resource.name = "vendors/a";
  change.resource.revision = revision;
  change.resource.body = std::string(bytes, 'x');
  return change;
}

std::vector<int64_t> ReadAll(const ChangeRing& ring, int64_t after, int limit = 100) {
  std::vector<ChangeRing::Revision> revisions;
  EXPECT_EQ(ring.Read(after, limit, base::SteadyTime::InfinitePast(), revisions), Outcome::kRevisions);
  std::vector<int64_t> numbers;
  for (const ChangeRing::Revision& revision : revisions) numbers.push_back(revision->revision());
  return numbers;
}

TEST(ChangeRing, HandsOutWhatFollows) {
  ChangeRing ring(1 << 20);
  ring.Reset(4);
  ring.Add({ChangeOf(5), ChangeOf(5), ChangeOf(6), ChangeOf(7)});
  EXPECT_THAT(ReadAll(ring, 4), ElementsAre(5, 6, 7));
  EXPECT_THAT(ReadAll(ring, 6), ElementsAre(7));
  EXPECT_THAT(ReadAll(ring, 4, 2), ElementsAre(5, 6));
  std::vector<ChangeRing::Revision> revisions;
  EXPECT_EQ(ring.Read(7, 10, base::SteadyTime::InfinitePast(), revisions), Outcome::kTimeout);
  EXPECT_EQ(ring.Read(3, 10, base::SteadyTime::InfinitePast(), revisions), Outcome::kBehind);
  EXPECT_EQ(ring.Read(4, 1, base::SteadyTime::InfinitePast(), revisions), Outcome::kRevisions);
  EXPECT_EQ(revisions[0]->changes().size(), 2u);
}

TEST(ChangeRing, ForgetsTheOldestBeyondItsBytesButNeverTheNewest) {
  ChangeRing ring(3000);
  ring.Reset(0);
  for (int64_t revision = 1; revision <= 10; ++revision) ring.Add({ChangeOf(revision, 1000)});
  std::vector<ChangeRing::Revision> revisions;
  EXPECT_EQ(ring.Read(0, 10, base::SteadyTime::InfinitePast(), revisions), Outcome::kBehind);
  EXPECT_THAT(ReadAll(ring, 8), ElementsAre(9, 10));
  ring.Add({ChangeOf(11, 100'000)});
  EXPECT_THAT(ReadAll(ring, 10), ElementsAre(11));
}

TEST(ChangeRing, AResetLeavesNothingToReadAndWakes) {
  ChangeRing ring(1 << 20);
  ring.Reset(1);
  std::thread waiter([&] {
    std::vector<ChangeRing::Revision> revisions;
    EXPECT_EQ(ring.Read(1, 10, base::SteadyTime::InfiniteFuture(), revisions), Outcome::kBehind);
  });
  ring.Reset(9);
  waiter.join();
  EXPECT_EQ(ring.last(), 9);
}

TEST(ChangeRing, WakeAllEndsAWait) {
  ChangeRing ring(1 << 20);
  ring.Reset(1);
  std::atomic<bool> ended{false};
  std::thread waiter([&] {
    std::vector<ChangeRing::Revision> revisions;
    EXPECT_EQ(ring.Read(1, 10, base::SteadyTime::InfiniteFuture(), revisions), Outcome::kTimeout);
    ended = true;
  });
  while (!ended) ring.WakeAll();
  waiter.join();
}

}  // namespace
}  // namespace linchpin::inventory
