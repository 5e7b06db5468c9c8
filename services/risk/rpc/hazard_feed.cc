#include "services/risk/rpc/hazard_feed.h"

#include <optional>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/risk/domain/scores/hazard_defaults.h"

namespace linchpin::risk {

absl::StatusOr<HazardSet> HazardFeed::At(const replica::View& inventory, const std::string& table) {
  const RetirementTimes retirements = Retirements(inventory);
  if (table == kShippedHazardTable) return MakeHazardSet(nullptr, retirements, now_(), home_);
  const auto view = store_.Current();
  if (view == nullptr) {
    return base::Error(base::reason::NotReady{}, "the tables of hazards have not been loaded yet; try again")
        .RetryAfterMs(200);
  }
  const auto stored = view->Parse<v1::HazardTable>(table.empty() ? kDefaultHazardTable : table);
  if (!stored.has_value() && !table.empty()) {
    return base::Error(base::reason::ResourceNotFound{.name = table},
                       "`" + table + "` does not exist; check the name");
  }
  return MakeHazardSet(stored.has_value() ? &*stored : nullptr, retirements, now_(), home_);
}

RetirementTimes HazardFeed::Retirements(const replica::View& inventory) {
  if (inventory.hypothetical()) return RetirementTimesOf(inventory);
  const absl::MutexLock lock(&mutex_);
  if (revision_ != inventory.revision()) {
    retirements_ = RetirementTimesOf(inventory);
    revision_ = inventory.revision();
  }
  return retirements_;
}

}  // namespace linchpin::risk
