#include "services/policy/domain/trends/past_inventory.h"

#include <variant>

#include "services/policy/domain/rules/evaluation.h"

namespace linchpin::policy {
namespace {

constexpr absl::Duration kStep = absl::Hours(1);

absl::Time FullHour(absl::Time time) {
  return absl::UnixEpoch() + absl::Floor(time - absl::UnixEpoch(), kStep);
}

const PastMoment& NoMoment() {
  static const auto* const none = new PastMoment;
  return *none;
}

}  // namespace

const PastMoment& PastInventory::At(absl::Time instant) const {
  const auto found = moments_.find(instant);
  return found == moments_.end() ? NoMoment() : found->second;
}

const PastMoment& MomentAt(const PastInventory* past, absl::Time instant) {
  return past == nullptr ? NoMoment() : past->At(instant);
}

absl::Time BeginOfWindow(absl::Duration window, absl::Time now) { return FullHour(now - window); }

absl::Time EndOfBegin(absl::Duration window, absl::Time begin) { return begin + kStep + window; }

absl::Time WhenWindowBegins(absl::Duration window, absl::Time instant) {
  const absl::Time hour = FullHour(instant);
  return (hour == instant ? hour : hour + kStep) + window;
}

bool LooksToTheSame(const BoundRule& rule, const LookBack& a, const LookBack& b) {
  const absl::Duration window = std::get<TrendSpec>(rule.spec).window;
  const absl::Time begin = BeginOfWindow(window, a.now);
  return begin == BeginOfWindow(window, b.now) && MomentAt(a.past, begin) == MomentAt(b.past, begin);
}

std::set<absl::Time> MomentsOf(const std::vector<AssignedPolicy>& policies, absl::Time now) {
  std::set<absl::Time> moments;
  for (const AssignedPolicy& policy : policies) {
    if (!policy.bound.ok()) continue;
    for (const BoundRule& rule : policy.bound->rules) {
      if (const auto* trend = std::get_if<TrendSpec>(&rule.spec))
        moments.insert(BeginOfWindow(trend->window, now));
    }
  }
  return moments;
}

}  // namespace linchpin::policy
