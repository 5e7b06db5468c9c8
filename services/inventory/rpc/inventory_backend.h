// The inventory as one piece: what a main needs to serve it and to let the other services of its process read
// it.
#ifndef LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_BACKEND_H_
#define LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_BACKEND_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/inventory/rpc/watcher.h"
#include "services/replica/past_views.h"
#include "services/replica/source.h"
#include "services/serving/admission.h"
#include "services/store/commit/committer.h"
#include "services/store/port/log.h"
#include "services/store/port/resource_store.h"

namespace grpc {
class Service;
}

namespace linchpin::kit {
class Pipeline;
}

namespace linchpin::inventory {

struct InventoryOptions {
  // Keeps JSON beside each document, for people who query PostgreSQL.
  bool with_json = false;
  // The same on all replicas of an installation; see PageTokens.
  std::string page_token_secret;
  // Bytes of the newest changes kept for watchers.
  int64_t ring_bytes_max = int64_t{32} << 20;
  // Between looks at the store's newest revision, by which the replica knows its age.
  absl::Duration freshness_interval = absl::Milliseconds(500);
  WatchOptions watch;
  replica::PastOptions past;
  // Whether changes need the token of a check. Its log is that of the committer.
  serving::AdmissionOptions admission;
  store::CommitterOptions committer;
};

// InventoryService over one store.
//
// Ownership: keeps references to store and pipeline, which must outlive it; it must outlive the server that
//   serves it and whoever reads its source.
// Thread safety: all members may run at once.
class InventoryBackend {
 public:
  // Loads the replica and starts the committer. UNAVAILABLE, STORE_UNAVAILABLE, if the database is not there:
  // try again.
  static absl::StatusOr<std::unique_ptr<InventoryBackend>> Create(store::ResourceStore& store,
                                                                  kit::Pipeline& pipeline,
                                                                  InventoryOptions options);
  virtual ~InventoryBackend() = default;

  // To be registered with a server.
  virtual grpc::Service* service() = 0;
  // The replica that the services of this process share.
  virtual replica::ViewSource& source() = 0;
  // For metrics.
  virtual store::CommitterStats CommitterStats() const = 0;
  virtual int Watchers() const = 0;
  virtual const serving::Admission& admission() const = 0;
  // Its views of the past; for metrics.
  virtual const replica::PastViews& past_views() const = 0;
  // Stored documents that cannot be read and are left out; see replica::ViewHolder.
  virtual int64_t Quarantined() const = 0;
  // Refuses new writes and finishes those taken until `deadline`. Streams end with the pipeline's drain.
  virtual void Drain(absl::Time deadline) = 0;
};

}  // namespace linchpin::inventory

#endif  // LINCHPIN_SERVICES_INVENTORY_RPC_INVENTORY_BACKEND_H_
