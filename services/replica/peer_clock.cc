#include "services/replica/peer_clock.h"

#include <algorithm>

namespace linchpin::replica {
namespace {

absl::Duration Offset(absl::Time peer, base::SteadyTime steady) {
  return steady.since_start() - (peer - absl::UnixEpoch());
}

}  // namespace

void PeerClock::Learn(absl::Time sent, base::SteadyTime now) {
  if (now - since_ >= kMemory) {
    least_before_ = least_;
    least_ = absl::InfiniteDuration();
    since_ = now;
  }
  least_ = std::min(least_, Offset(sent, now));
}

base::SteadyTime PeerClock::SteadyOf(absl::Time at, absl::Time wall_now, base::SteadyTime now) const {
  const absl::Duration learned = Offset(at, now) - std::min(least_, least_before_);
  return now - std::max({absl::ZeroDuration(), wall_now - at, learned});
}

}  // namespace linchpin::replica
