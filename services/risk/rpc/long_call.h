// What the answers that take long share: how many run at once, how often they tell, when they stop.
#ifndef LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_
#define LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_

#include <atomic>
#include <functional>

#include "absl/time/time.h"
#include "services/kit/rpc/call.h"

namespace linchpin::risk {

// At least this long between two messages of progress on one stream.
inline constexpr absl::Duration kProgressInterval = absl::Milliseconds(200);

// One of at most `max` that may be held at once, until it is destroyed. `count` must outlive it. Thread-safe:
// threads may take slots of one count side by side.
class Slot {
 public:
  Slot(std::atomic<int>& count, int max) : count_(count), taken_(count.fetch_add(1) < max) {}
  ~Slot() { count_.fetch_sub(1); }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  // False if all were held: the caller should refuse.
  bool taken() const { return taken_; }

 private:
  std::atomic<int>& count_;
  const bool taken_;
};

// Asks whether the caller has gone any more. Valid as long as `call` is.
inline std::function<bool()> Cancelled(kit::Call& call) {
  return [&call] { return call.Cancelled(); };
}

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_
