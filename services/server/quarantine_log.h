// Says in the log what the supply graph does not take.
#ifndef LINCHPIN_SERVICES_SERVER_QUARANTINE_LOG_H_
#define LINCHPIN_SERVICES_SERVER_QUARANTINE_LOG_H_

#include <memory>

#include "services/kit/logging/log.h"
#include "services/replica/source.h"

namespace linchpin::linchpind {

// Logs an error for each document that comes into quarantine while the subscription lives, and for those that
// are in it now; of one view at most ten, then how many more. `log` must outlive the subscription.
std::unique_ptr<replica::ViewSubscription> LogQuarantine(replica::ViewSource& source, kit::Log& log);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_QUARANTINE_LOG_H_
