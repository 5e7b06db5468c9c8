// Who wants to know that the newest revision has moved.
#ifndef LINCHPIN_SERVICES_STORE_PORT_SUBSCRIBERS_H_
#define LINCHPIN_SERVICES_STORE_PORT_SUBSCRIBERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/store/port/resource_store.h"

namespace linchpin::store {

// Thread safety: all functions from any thread; a subscription's end waits for its running call.
// Ownership: outlives its subscriptions.
class Subscribers {
 public:
  std::unique_ptr<Subscription> Add(std::function<void(int64_t)> wake);
  void Notify(int64_t revision);

 private:
  class Entry;

  absl::Mutex mutex_;
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<int64_t, std::function<void(int64_t)>> wakes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_SUBSCRIBERS_H_
