#include "services/replica/waiters.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/synchronization/notification.h"

namespace linchpin::replica {
namespace {

using base::SteadyTime;

TEST(Waiters, AreAskedAgainWhenSomethingHasChanged) {
  Waiters waiters;
  std::atomic<bool> come = false;
  absl::Notification answered;
  waiters.Add([&] { return come.load(); }, SteadyTime::InfiniteFuture(), [&] { answered.Notify(); });
  waiters.Look();
  EXPECT_FALSE(answered.HasBeenNotified());
  come = true;
  waiters.Look();
  answered.WaitForNotification();
}

TEST(Waiters, AreAnsweredAtTheirDeadlineByASteadyClock) {
  Waiters waiters;
  absl::Notification answered;
  waiters.Add([] { return false; }, base::SteadyNow() + absl::Milliseconds(10), [&] { answered.Notify(); });
  answered.WaitForNotification();
}

TEST(Waiters, MayAddOthersWhenTheyAreAnswered) {
  Waiters waiters;
  absl::Notification answered;
  waiters.Add(
      [] { return true; }, SteadyTime::InfiniteFuture(),
      [&] { waiters.Add([] { return true; }, SteadyTime::InfiniteFuture(), [&] { answered.Notify(); }); });
  answered.WaitForNotification();
}

TEST(Waiters, AreAllAnsweredInTheEnd) {
  int answered = 0;
  {
    Waiters waiters;
    for (int i = 0; i < 3; ++i)
      waiters.Add([] { return false; }, SteadyTime::InfiniteFuture(), [&] { ++answered; });
  }
  EXPECT_EQ(answered, 3);
}

}  // namespace
}  // namespace linchpin::replica
