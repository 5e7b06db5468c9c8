// Pieces of a page that needs nothing but itself: no script, no outside reference, all text escaped.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_HTML_H_
#define LINCHPIN_SERVICES_CLI_REPORT_HTML_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// Text between tags and in attribute values.
std::string Escaped(std::string_view text);

// One bar of a chart: what is proven, what likely facts add, and what cannot be excluded, as shares of the
// axis, 0 to 1, each at least the one before.
struct Bar {
  std::string label;
  double proven = 0;
  double likely = 0;
  double not_excluded = 0;
  std::string value;  // As text beside the bar.
};

// Horizontal bars with a legend, as SVG. Proven is filled, likely hatched, not excluded outlined, so that no
// reading rests on colour alone. `summary` is what a screen reader says.
std::string BarChart(const std::vector<Bar>& bars, std::string_view summary);

// A table; the first cell of each row is its head.
std::string HtmlTable(const std::vector<std::string>& heads,
                      const std::vector<std::vector<std::string>>& rows);

// A figure: a title that states the finding, the picture (may be empty), and the table behind it.
std::string Figure(std::string_view title, const std::string& picture, const std::string& table);

// The whole page.
std::string Page(std::string_view title, const std::string& body);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_HTML_H_
