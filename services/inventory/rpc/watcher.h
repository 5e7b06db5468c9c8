// Watch: a snapshot if asked for, then every revision in order, without gaps.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_WATCHER_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_WATCHER_H_

#include <atomic>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "linchpin/inventory/v1/inventory_service.pb.h"
#include "services/inventory/rpc/change_ring.h"
#include "services/kit/rpc/call.h"
#include "services/replica/source.h"
#include "services/store/port/resource_store.h"

namespace linchpin::inventory {

struct WatchOptions {
  // Between progress marks, when nothing else is sent.
  absl::Duration progress_interval = absl::Seconds(1);
  // Documents of about this many bytes share a message.
  int64_t message_bytes = 256 << 10;
  // Changes read from the store at a time.
  int64_t catch_up_changes = 1000;
  // How long a start above the newest revision may wait for it: this replica may be behind the one that gave
  // the token.
  absl::Duration future_start = absl::Seconds(5);
};

// Serves one stream per call of Watch, on the caller's thread. A watcher has no queue: only its place in the
// ring. One that starts behind the ring reads the store's change table until it has caught up; one that falls
// behind it later is too slow.
//
// Ownership: keeps references, which must outlive it.
// Thread safety: all members may run at once.
class Watcher {
 public:
  Watcher(replica::ViewSource& source, ChangeRing& ring, store::ResourceStore& store, WatchOptions options);

  // Returns when the call is over.
  // Errors: INVALID_ARGUMENT, FIELD_INVALID; OUT_OF_RANGE, REVISION_COMPACTED or HISTORY_CHANGED: start again
  //   from a snapshot; RESOURCE_EXHAUSTED, WATCHER_TOO_SLOW: resume with the last token; UNAVAILABLE,
  //   NOT_READY, REPLICA_BEHIND (a token of this history above what this replica has: resume with it),
  //   STORE_UNAVAILABLE.
  absl::Status Watch(kit::Call& call, const v1::WatchRequest& request,
                     kit::StreamWriter<v1::WatchResponse>& writer);

  int streams() const { return streams_.load(); }

 private:
  class Stream;

  replica::ViewSource& source_;
  ChangeRing& ring_;
  store::ResourceStore& store_;
  const WatchOptions options_;
  std::atomic<int> streams_{0};
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_WATCHER_H_
