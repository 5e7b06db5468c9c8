// What the operating system knows of this process.
#ifndef LINCHPIN_SERVICES_KIT_METRICS_PROCESS_METRICS_H_
#define LINCHPIN_SERVICES_KIT_METRICS_PROCESS_METRICS_H_

namespace linchpin::kit {

class GaugeSink;

// The process_* metrics that Prometheus clients usually have, read from /proc. What cannot be read is left
// out.
void CollectProcess(GaugeSink& sink);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_METRICS_PROCESS_METRICS_H_
