// Horizontal bars in three readings.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_BARS_H_
#define LINCHPIN_SERVICES_CLI_REPORT_BARS_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// One bar: what is proven, what likely facts add, and what cannot be excluded, as shares of the axis, 0 to 1,
// each at least the one before.
struct Bar {
  std::string label;
  double proven = 0;
  double likely = 0;
  double not_excluded = 0;
  std::string value;  // As text beside the bar.
};

// Bars with a legend; labels and values are text of the page, so that only the bars stretch. Proven is
// filled, likely hatched, not excluded outlined. `summary` is what a screen reader says of the picture.
std::string BarChart(const std::vector<Bar>& bars, std::string_view summary);

// The same of shares in one reading, without a legend: `proven` is drawn.
std::string ShareBars(const std::vector<Bar>& bars, std::string_view summary);

// One bar of parts that add up to the whole: filled, hatched, outlined.
struct PartBar {
  std::string label;
  double filled = 0;
  double hatched = 0;
  double outlined = 0;
  std::string value;
};
std::string PartBars(const std::vector<PartBar>& bars, const std::string& filled, const std::string& hatched,
                     const std::string& outlined, std::string_view summary);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_BARS_H_
