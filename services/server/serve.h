// The life of a serving process.
#ifndef LINCHPIN_SERVICES_SERVER_SERVE_H_
#define LINCHPIN_SERVICES_SERVER_SERVE_H_

#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"

namespace linchpin::linchpind {

// Serves until SIGTERM or SIGINT, then drains; the exit code of the process. Health and metrics are there
// from the start, the API once the stores are open.
int Serve(const kit::Settings& settings, kit::Log& log);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_SERVE_H_
