// The past that rules of kind trend compare the present with.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_PAST_INVENTORY_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_PAST_INVENTORY_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "services/replica/view.h"

namespace linchpin::policy {

struct AssignedPolicy;
struct BoundRule;

// What was there at one instant, or why that cannot be said.
struct PastMoment {
  enum class Missing {
    kNone,
    kNoHistory,      // There is no past at hand, as in an evaluation without a store.
    kBeforeHistory,  // Nothing had been written yet; the inventory `begins` later.
    kCompacted,      // It is no longer kept.
    kFailed,         // It could not be read, because of `error`.
  };

  Missing missing = Missing::kNoHistory;
  std::shared_ptr<const replica::View> view = nullptr;  // Of kNone.
  absl::Time begins = absl::InfiniteFuture();
  std::string error = {};

  friend bool operator==(const PastMoment&, const PastMoment&) = default;
};

// The moments that one evaluation reads, of one history. It is part of what an evaluation is a function of:
// the same moments give the same result. Immutable.
class PastInventory {
 public:
  using Moments = std::map<absl::Time, PastMoment>;

  PastInventory(std::string history_id, Moments moments)
      : history_id_(std::move(history_id)), moments_(std::move(moments)) {}

  const std::string& history_id() const { return history_id_; }
  // Of an instant that nobody asked for: kNoHistory.
  const PastMoment& At(absl::Time instant) const;

 private:
  const std::string history_id_;
  const Moments moments_;
};

// Of no past at all: kNoHistory.
const PastMoment& MomentAt(const PastInventory* past, absl::Time instant);

// When a window that ends `now` begins: at a full hour (UTC), so that it moves once an hour and rules that
// look equally far back share a moment.
absl::Time BeginOfWindow(absl::Duration window, absl::Time now);
// From when on a window that now begins at `begin` begins later.
absl::Time EndOfBegin(absl::Duration window, absl::Time begin);
// The first instant at which a window begins at `instant` or later.
absl::Time WhenWindowBegins(absl::Duration window, absl::Time instant);

// The past as it is looked at from an instant.
struct LookBack {
  const PastInventory* past = nullptr;
  absl::Time now;
};
// Does the window of a rule of kind trend begin at one moment, with the same state, from either?
bool LooksToTheSame(const BoundRule& rule, const LookBack& a, const LookBack& b);

// The instants that rules of these policies look back to when they are evaluated `now`.
std::set<absl::Time> MomentsOf(const std::vector<AssignedPolicy>& policies, absl::Time now);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_PAST_INVENTORY_H_
