// Whether the listener still answers, found out by asking it.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_LIVENESS_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_LIVENESS_H_

#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"

namespace prometheus {
class Counter;
}

namespace linchpin::kit {

class Health;
class Log;
class Metrics;
class Server;

// Has a server call itself every `interval`, and says "not alive" to probes after two calls in a row without
// an answer within `timeout`: within 15 seconds by the defaults. One that is answered again is alive again.
//
// Ownership: keeps references to all it is given; the destructor ends the thread and waits for a call that
// runs. To be destroyed before the server drains: a listener that was closed on purpose is not broken.
class Liveness {
 public:
  struct Options {
    absl::Duration interval = absl::Seconds(2);
    absl::Duration timeout = absl::Seconds(5);
  };

  Liveness(Server& server, Health& health, Log& log, Metrics& metrics);
  Liveness(Server& server, Health& health, Log& log, Metrics& metrics, const Options& options);
  ~Liveness();

 private:
  void Run();
  // Waits; whether it is to end.
  bool Stopped(base::SteadyTime until);
  void Note(bool answered);

  Server& server_;
  Health& health_;
  Log& log_;
  const Options options_;
  prometheus::Counter& answered_;
  prometheus::Counter& failed_;
  int failures_ = 0;  // In a row.
  absl::Mutex mutex_;
  base::SteadyCondition wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_LIVENESS_H_
