// The clock of the server, carried on between two looks at it by the steady clock of this machine.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_SERVER_CLOCK_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_SERVER_CLOCK_H_

#include <chrono>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace linchpin::store {

// Thread safety: all functions from any thread.
class ServerClock {
 public:
  // The server said so just now; it is late by the way of the answer, usually less than a millisecond.
  void Set(absl::Time server) {
    absl::MutexLock lock(&mutex_);
    server_ = server;
    at_ = std::chrono::steady_clock::now();
  }

  // The epoch before the first Set.
  absl::Time Now() const {
    absl::MutexLock lock(&mutex_);
    return server_ + absl::FromChrono(std::chrono::steady_clock::now() - at_);
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time server_ ABSL_GUARDED_BY(mutex_) = absl::UnixEpoch();
  std::chrono::steady_clock::time_point at_ ABSL_GUARDED_BY(mutex_) = std::chrono::steady_clock::now();
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_SERVER_CLOCK_H_
