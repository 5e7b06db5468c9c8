// Bridged deliveries over time (S6).
#ifndef LINCHPIN_SERVICES_ENGINE_LEVELS_BRIDGE_HOLDS_H_
#define LINCHPIN_SERVICES_ENGINE_LEVELS_BRIDGE_HOLDS_H_

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/levels/solver.h"

namespace linchpin::engine {

// A value delivered on [s, e) counts until e + bridge; the largest that counts is read. Past values are kept
// in falling order, each only while no later one exceeds it.
class BridgeHolds : public Solver::Bridges {
 public:
  struct Expiry {
    int64_t at_seconds;
    uint32_t hold;
    friend bool operator>(const Expiry& a, const Expiry& b) { return a.at_seconds > b.at_seconds; }
  };

  // What every group delivered before time 0 is in `baseline`. Both must outlive this.
  BridgeHolds(const ConsumerTable& consumers, const State& baseline)
      : consumers_(consumers), baseline_(baseline) {}
  void Clear();
  int32_t Bridged(ConsumerIndex consumer, uint32_t group, uint32_t number, int32_t delivered) override;

  // Forgets what no longer counts at `t` for this hold, and names the group that must be evaluated again.
  std::pair<ConsumerIndex, uint32_t> Expire(uint32_t hold, int64_t t);
  // The instant `t` is settled: what fell at it begins to run out. Appends when.
  void Settle(int64_t t, std::vector<Expiry>& expiries);

 private:
  struct Hold {
    ConsumerIndex consumer;
    uint32_t group;
    int64_t bridge_seconds;
    int32_t before;  // Delivered up to the instant being solved.
    int32_t now;     // Delivered at it, so far.
    bool evaluated = false;
    std::deque<std::pair<int32_t, int64_t>> past;  // Value, counts until.
  };
  const ConsumerTable& consumers_;
  const State& baseline_;
  absl::flat_hash_map<uint32_t, uint32_t> hold_of_;  // By group number; of those evaluated so far.
  std::vector<Hold> holds_;
  std::vector<uint32_t> evaluated_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_LEVELS_BRIDGE_HOLDS_H_
