// The hazards that hold now.
#ifndef LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_
#define LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/replica/source.h"
#include "services/replica/view.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// The table that holds where a request names none.
inline constexpr char kDefaultHazardTable[] = "hazardTables/default";

// Ownership: keeps a reference to the store's view, which must outlive it.
// Thread safety: all members may run at once.
class HazardFeed {
 public:
  // `store` is the view of the store of Risk; `home` are countries, as of MakeHazardSet.
  explicit HazardFeed(replica::ViewSource& store, std::vector<std::string> home = {},
                      std::function<absl::Time()> now = absl::Now)
      : store_(store), home_(std::move(home)), now_(std::move(now)) {}

  // The table of that name; empty: `hazardTables/default`, or the shipped one where there is none. With the
  // retirements that `inventory` states. Errors: NOT_FOUND, RESOURCE_NOT_FOUND; UNAVAILABLE, NOT_READY, while
  // the store has not been loaded. Cost: reads the models of each revision once.
  absl::StatusOr<HazardSet> At(const replica::View& inventory, const std::string& table = "");

  absl::Time Now() const { return now_(); }

 private:
  RetirementTimes Retirements(const replica::View& inventory);

  replica::ViewSource& store_;
  const std::vector<std::string> home_;
  const std::function<absl::Time()> now_;
  absl::Mutex mutex_;
  int64_t revision_ ABSL_GUARDED_BY(mutex_) = -1;
  RetirementTimes retirements_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_HAZARD_FEED_H_
