// The thread that takes care of a store.
#ifndef LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
#define LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_

#include <memory>
#include <string_view>

#include "services/base/repeater.h"
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

 private:
  void Look();

  StoreCare care_;
  base::SteadyTime tidied_ = base::SteadyNow();  // Only the thread's own, once it runs.
  std::unique_ptr<kit::CollectorHandle> collector_;
  base::Repeater repeater_;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
