#include "services/risk/rpc/hazard_feed.h"

namespace linchpin::risk {

HazardSet HazardFeed::At(const replica::View& inventory) {
  const absl::MutexLock lock(&mutex_);
  if (revision_ != inventory.revision()) {
    retirements_ = RetirementTimesOf(inventory);
    revision_ = inventory.revision();
  }
  return ShippedHazardSet(retirements_, now_());
}

}  // namespace linchpin::risk
