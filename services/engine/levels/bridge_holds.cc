#include "services/engine/levels/bridge_holds.h"

#include <algorithm>

namespace linchpin::engine {

void BridgeHolds::Clear() {
  hold_of_.clear();
  holds_.clear();
  evaluated_.clear();
}

int32_t BridgeHolds::Bridged(ConsumerIndex consumer, uint32_t group, uint32_t number, int32_t delivered) {
  const auto [found, is_new] = hold_of_.try_emplace(number, static_cast<uint32_t>(holds_.size()));
  if (is_new) {  // It has delivered the same all along.
    const int32_t before = baseline_.delivery[number];
    holds_.push_back({consumer,
                      group,
                      consumers_[consumer].group(group).terms().bridge_seconds,
                      before,
                      before,
                      false,
                      {}});
  }
  Hold& hold = holds_[found->second];
  hold.now = delivered;
  if (!hold.evaluated) {
    hold.evaluated = true;
    evaluated_.push_back(found->second);
  }
  const int32_t past = hold.past.empty() ? 0 : hold.past.front().first;
  return std::max({delivered, hold.before, past});
}

std::pair<ConsumerIndex, uint32_t> BridgeHolds::Expire(uint32_t index, int64_t t) {
  Hold& hold = holds_[index];
  while (!hold.past.empty() && hold.past.front().second <= t) hold.past.pop_front();
  return {hold.consumer, hold.group};
}

void BridgeHolds::Settle(int64_t t, std::vector<Expiry>& expiries) {
  for (const uint32_t index : evaluated_) {
    Hold& hold = holds_[index];
    hold.evaluated = false;
    if (hold.now < hold.before) {
      while (!hold.past.empty() && hold.past.back().first <= hold.before) hold.past.pop_back();
      hold.past.emplace_back(hold.before, t + hold.bridge_seconds);
      expiries.push_back({t + hold.bridge_seconds, index});
    }
    hold.before = hold.now;
  }
  evaluated_.clear();
}

}  // namespace linchpin::engine
