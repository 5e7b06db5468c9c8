// The thread that takes care of a store.
#ifndef LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
#define LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_

#include <memory>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/base/steady.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/server/store_care.h"
#include "services/store/port/resource_store.h"

namespace linchpin::linchpind {

// Looks at a store every five seconds, tidies it every ten minutes, and exports what StoreCare does.
//
// Ownership: keeps references to store, log and metrics; the destructor stops its thread.
class Housekeeping {
 public:
  Housekeeping(std::string_view schema, store::ResourceStore& store, StoreCareOptions options, kit::Log& log,
               kit::Metrics& metrics);
  ~Housekeeping();

 private:
  void Run();
  // Waits until then, or until the destructor: then true.
  bool Stopped(base::SteadyTime until);

  StoreCare care_;
  absl::Mutex mutex_;
  base::SteadyCondition wake_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::unique_ptr<kit::CollectorHandle> collector_;
  std::thread thread_;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
