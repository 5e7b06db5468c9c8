// The text format of Prometheus, version 0.0.4.
#ifndef LINCHPIN_SERVICES_KIT_METRICS_EXPOSITION_H_
#define LINCHPIN_SERVICES_KIT_METRICS_EXPOSITION_H_

#include <string>
#include <vector>

namespace prometheus {
struct MetricFamily;
}

namespace linchpin::kit {

// prometheus-cpp has a serializer of its own, through a stream; this one writes into a string and takes a
// fifth of the time. Families without series are left out.
std::string Exposition(const std::vector<prometheus::MetricFamily>& families);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_METRICS_EXPOSITION_H_
