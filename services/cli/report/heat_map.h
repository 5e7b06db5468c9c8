// A table whose cells are darker the more they hold; each holds its number too.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_HEAT_MAP_H_
#define LINCHPIN_SERVICES_CLI_REPORT_HEAT_MAP_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

struct HeatCell {
  double ratio = 0;    // 0 to 1, likely.
  double at_most = 0;  // Not excluded.
  bool marked = false;
};

struct HeatRow {
  std::string label;
  std::vector<HeatCell> cells;
};

// `corner` heads the labels; `columns` are told below the table, by the letters that head them. At most 26.
std::string HeatMap(const std::string& corner, const std::vector<std::string>& columns,
                    const std::vector<HeatRow>& rows, std::string_view caption);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_HEAT_MAP_H_
