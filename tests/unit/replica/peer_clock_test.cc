#include "services/replica/peer_clock.h"

#include <gtest/gtest.h>

namespace linchpin::replica {
namespace {

using base::SteadyTime;

SteadyTime At(absl::Duration since_start) { return SteadyTime::AfterStart(since_start); }
absl::Time Wall(double seconds) { return absl::UnixEpoch() + absl::Seconds(1'000'000 + seconds); }

// What was `at` by the peer's clock is this old.
absl::Duration AgeOf(const PeerClock& clock, absl::Time at, absl::Time wall_now, SteadyTime now) {
  return now - clock.SteadyOf(at, wall_now, now);
}

TEST(PeerClock, GoesByTheWallClocksWhileNothingIsLearned) {
  const PeerClock clock;
  EXPECT_EQ(AgeOf(clock, Wall(0), Wall(3), At(absl::Seconds(50))), absl::Seconds(3));
  EXPECT_EQ(AgeOf(clock, Wall(9), Wall(3), At(absl::Seconds(50))), absl::ZeroDuration());
}

TEST(PeerClock, OurWallClockSetBackMakesNothingYounger) {
  PeerClock clock;
  clock.Learn(Wall(0), At(absl::Seconds(50)));
  const absl::Time an_hour_back = Wall(8) - absl::Hours(1);
  EXPECT_EQ(AgeOf(clock, Wall(0), an_hour_back, At(absl::Seconds(58))), absl::Seconds(8));
}

TEST(PeerClock, ABacklogIsAsOldAsItIs) {
  PeerClock clock;
  clock.Learn(Wall(0), At(absl::Seconds(50)));
  // Read 8 s late, one after the other.
  clock.Learn(Wall(1), At(absl::Seconds(59)));
  EXPECT_EQ(AgeOf(clock, Wall(1), Wall(1), At(absl::Seconds(59))), absl::Seconds(8));
}

TEST(PeerClock, APeerThatIsSetBackIsBelievedAgainInTheEnd) {
  PeerClock clock;
  clock.Learn(Wall(0), At(absl::Seconds(50)));
  SteadyTime now = At(absl::Seconds(50));
  for (int minute = 1; minute <= 11; ++minute) {
    now += absl::Minutes(1);
    clock.Learn(Wall(60 * minute) - absl::Hours(1), now);
  }
  EXPECT_EQ(AgeOf(clock, Wall(660) - absl::Hours(1), Wall(660) - absl::Hours(1), now), absl::ZeroDuration());
}

}  // namespace
}  // namespace linchpin::replica
