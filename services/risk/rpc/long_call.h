// What the answers that take long share: how many run at once, how often they tell, when they stop.
#ifndef LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_
#define LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_

#include <atomic>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/steady.h"
#include "services/kit/rpc/call.h"
#include "services/kit/rpc/service.h"

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
  // The refusal. `what`: of what there are too many, such as "estimates".
  static absl::Status Refused(const char* what) {
    return base::Error(base::reason::Overloaded{},
                       std::string("too many ") + what + " are running; try again")
        .RetryAfterMs(1000);
  }

 private:
  std::atomic<int>& count_;
  const bool taken_;
};

// Asks whether the caller has gone any more. Valid as long as `call` is.
inline std::function<bool()> Cancelled(kit::Call& call) {
  return [&call] { return call.Cancelled(); };
}

// Messages of progress on a stream, no more often than kProgressInterval.
// Thread safety: Tell by one thread at a time, Gone by any. The call and the writer must outlive it.
template <typename Response>
class ProgressStream {
 public:
  ProgressStream(kit::Call& call, kit::StreamWriter<Response>& writer) : call_(call), writer_(writer) {}

  // Writes what `fill(message)` fills in, unless it is too early for it.
  template <typename Fill>
  void Tell(const Fill& fill) {
    const base::SteadyTime now = base::SteadyNow();
    if (gone_ || now - shown_ < kProgressInterval) return;
    shown_ = now;
    Response message;
    fill(message);
    gone_ = !writer_.Write(message);
  }
  // Whether nobody waits any more.
  bool Gone() const { return gone_ || call_.Cancelled(); }
  // Writes the last message.
  absl::Status End(const Response& last) {
    return writer_.Write(last) ? absl::OkStatus() : absl::CancelledError("the caller has gone");
  }

 private:
  kit::Call& call_;
  kit::StreamWriter<Response>& writer_;
  base::SteadyTime shown_ = base::SteadyTime::InfinitePast();
  std::atomic<bool> gone_ = false;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_RPC_LONG_CALL_H_
