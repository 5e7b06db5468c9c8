// One service as the process sees it.
#ifndef LINCHPIN_SERVICES_SERVER_MODULE_H_
#define LINCHPIN_SERVICES_SERVER_MODULE_H_

#include "services/kit/config/settings.h"
#include "services/kit/listener/health.h"
#include "services/kit/listener/server.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/kit/rpc/pipeline.h"
#include "services/server/credentials.h"

namespace linchpin::linchpind {

// What the services of a process share.
struct Shared {
  const kit::Settings& settings;
  kit::Log& log;
  kit::Metrics& metrics;
  kit::Health& health;
  const Credentials& credentials;
  kit::PipelineOptions pipeline;
};

// A service with all that it needs: store, replica, pipeline, adaptor, gauges.
//
// Ownership: destroyed after the server that serves it, in reverse order of construction.
class Module {
 public:
  virtual ~Module() = default;

  virtual kit::Served served() = 0;

  // Called once the calls are finished: background work ends.
  virtual void Stop() = 0;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_MODULE_H_
