// The hazards that hold now.
#ifndef LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_
#define LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_

#include <functional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/replica/view.h"
#include "services/risk/domain/hazard_set.h"

namespace linchpin::risk {

// Thread safety: all members may run at once.
class HazardFeed {
 public:
  explicit HazardFeed(std::function<absl::Time()> now = absl::Now) : now_(std::move(now)) {}

  // The table of hazards, with the retirements that `inventory` states. Cost: reads the models of each
  // revision once.
  HazardSet At(const replica::View& inventory);

 private:
  const std::function<absl::Time()> now_;
  absl::Mutex mutex_;
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = -1;
  RetirementTimes retirements_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_
