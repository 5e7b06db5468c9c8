#include "services/base/repeater.h"

#include <atomic>
#include <memory>
#include <thread>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace linchpin::base {
namespace {

using Begin = Repeater::Begin;

TEST(Repeater, RunsAgainAndAgain) {
  std::atomic<int> runs{0};
  absl::Notification enough;
  const Repeater repeater(Begin::kWithRun, absl::ZeroDuration(), [&] {
    if (++runs == 3) enough.Notify();
  });
  enough.WaitForNotification();
}

TEST(Repeater, BeginsWithARestIfAsked) {
  bool ran = false;
  {
    const Repeater repeater(Begin::kWithRest, absl::InfiniteDuration(), [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

TEST(Repeater, TheDestructorEndsARest) {
  absl::Notification ran;
  auto repeater =
      std::make_unique<Repeater>(Begin::kWithRun, absl::InfiniteDuration(), [&] { ran.Notify(); });
  ran.WaitForNotification();
  repeater.reset();
}

TEST(Repeater, ALongRunLearnsThatItIsToStop) {
  absl::Notification begun;
  Repeater* self = nullptr;
  absl::Notification known;
  auto repeater = std::make_unique<Repeater>(Begin::kWithRun, absl::InfiniteDuration(), [&] {
    known.WaitForNotification();
    begun.Notify();
    while (!self->stopping()) std::this_thread::yield();
  });
  self = repeater.get();
  known.Notify();
  begun.WaitForNotification();
  repeater.reset();
}

TEST(Repeater, RestsAsTheLastRunSays) {
  absl::Notification told;
  absl::Duration took = -absl::InfiniteDuration();
  const Repeater repeater(
      Begin::kWithRun,
      [&](absl::Duration last) {
        took = last;
        told.Notify();
        return absl::InfiniteDuration();
      },
      [] {});
  told.WaitForNotification();
  EXPECT_GE(took, absl::ZeroDuration());
}

}  // namespace
}  // namespace linchpin::base
