// Lanes over time: what stands how long.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_LANES_H_
#define LINCHPIN_SERVICES_CLI_REPORT_LANES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// A stretch of time, as shares of the axis.
struct Stretch {
  double from = 0;
  double to = 0;
  std::string style;  // "s" or "i".
};

struct Lane {
  std::string label;
  std::vector<Stretch> stretches;
};

// Lanes below each other over `horizon_seconds`, with days or hours along the axis. `summary` is what a
// screen reader says.
std::string Lanes(const std::vector<Lane>& lanes, int64_t horizon_seconds, std::string_view summary);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_LANES_H_
