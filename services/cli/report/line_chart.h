// Curves in a plane with two axes.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_LINE_CHART_H_
#define LINCHPIN_SERVICES_CLI_REPORT_LINE_CHART_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linchpin::cli {

// A place on an axis, 0 to 1 from its beginning, and what stands there.
struct Tick {
  double at = 0;
  std::string text;
};

struct Curve {
  std::string style;                              // "lp", "lk" or "lo": solid, dashed, dotted.
  std::string name;                               // In the legend.
  std::vector<std::pair<double, double>> points;  // x and y, 0 to 1, y upwards; x ascending.
  bool steps = false;                             // Holds its value up to the next point.
};

struct LineChart {
  std::string x_title;  // With its unit.
  std::string y_title;
  std::vector<Tick> x_ticks;  // Ascending; the first and the last are set flush with the ends.
  std::vector<Tick> y_ticks;
  std::vector<Curve> curves;
};

// The chart with a legend. Text is text of the page. `summary` is what a screen reader says.
std::string Drawn(const LineChart& chart, std::string_view summary);

// Round values from 0 to `max` or the next one above it: 4 to 6 of them, the last the end of the axis.
std::vector<double> RoundSteps(double max);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_LINE_CHART_H_
