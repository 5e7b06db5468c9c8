#include "services/base/steady.h"

#include <gtest/gtest.h>

#include <thread>

namespace linchpin::base {
namespace {

TEST(SteadyTime, HasDurationsBetweenInstants) {
  const SteadyTime begin = SteadyTime::AfterStart(absl::Seconds(5));
  EXPECT_EQ(begin + absl::Seconds(2) - begin, absl::Seconds(2));
  EXPECT_LT(begin, begin + absl::Nanoseconds(1));
  EXPECT_LT(SteadyTime::InfinitePast(), begin);
  EXPECT_EQ(begin - SteadyTime::InfinitePast(), absl::InfiniteDuration());
  const SteadyTime now = SteadyNow();
  EXPECT_LE(now, SteadyNow());
}

TEST(SteadyCondition, EndsAtItsDeadline) {
  absl::Mutex mutex;
  SteadyCondition condition;
  absl::MutexLock lock(&mutex);
  EXPECT_FALSE(condition.Await(mutex, SteadyNow() + absl::Milliseconds(5), [] { return false; }));
  EXPECT_FALSE(condition.Await(mutex, SteadyTime::InfinitePast(), [] { return false; }));
  EXPECT_TRUE(condition.Await(mutex, SteadyTime::InfinitePast(), [] { return true; }));
}

TEST(SteadyCondition, EndsWhenItIsTold) {
  absl::Mutex mutex;
  SteadyCondition condition;
  bool done = false;
  std::thread other([&] {
    {
      absl::MutexLock lock(&mutex);
      done = true;
    }
    condition.NotifyAll();
  });
  {
    absl::MutexLock lock(&mutex);
    EXPECT_TRUE(condition.Await(mutex, SteadyTime::InfiniteFuture(), [&] { return done; }));
  }
  other.join();
}

}  // namespace
}  // namespace linchpin::base
