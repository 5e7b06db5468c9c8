// How long ago a moment was that another machine names by its wall clock.
#ifndef LINCHPIN_SERVICES_REPLICA_PEER_CLOCK_H_
#define LINCHPIN_SERVICES_REPLICA_PEER_CLOCK_H_

#include "absl/time/time.h"
#include "services/base/steady.h"

namespace linchpin::replica {

// Learns how far the peer's wall clock is from our steady one, from messages that are sent as soon as they
// are true: the one that came fastest tells best. So neither a step of our wall clock nor a backlog of old
// messages makes a moment seem younger than it is. A peer whose clock is set back makes moments seem older,
// for ten minutes at most.
//
// Thread safety: none.
class PeerClock {
 public:
  // What is known of a difference is forgotten after one to two of these, since clocks drift.
  static constexpr absl::Duration kMemory = absl::Minutes(5);

  // A message that the peer sent at `sent`, by its clock, has come now.
  void Learn(absl::Time sent, base::SteadyTime now);
  // The moment that was `at` by the peer's clock: never later than the wall clocks of both say, nor than what
  // has been learned.
  base::SteadyTime SteadyOf(absl::Time at, absl::Time wall_now, base::SteadyTime now) const;

 private:
  // Steady clock less peer's clock, transit included: the least there was.
  absl::Duration least_ = absl::InfiniteDuration();
  absl::Duration least_before_ = absl::InfiniteDuration();
  base::SteadyTime since_ = base::SteadyTime::InfinitePast();
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_PEER_CLOCK_H_
