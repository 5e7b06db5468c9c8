#include "services/cli/report/heat_map.h"

#include <algorithm>
#include <cmath>

#include "services/base/text.h"
#include "services/cli/report/html.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr double kSteps[] = {0.0005, 0.1, 0.35, 0.7};  // From where the next shade begins.

std::string ShadeOf(double ratio) {
  int shade = 0;
  for (const double step : kSteps) shade += ratio >= step;
  return Cat({"h", std::to_string(shade)});
}

// Whole percents, in which what is not 0 or 100 is never shown as if it were.
std::string PercentText(double ratio) {
  if (ratio <= 0) return "0";
  if (ratio < 0.01) return "<1";
  if (ratio >= 1) return "100";
  return std::to_string(std::min(99L, std::lround(ratio * 100)));
}

std::string CellText(const HeatCell& cell) {
  const std::string likely = PercentText(cell.ratio), most = PercentText(cell.at_most);
  const std::string bound = most == "<1" ? "1" : most;
  return Cat(
      {Escaped(likely), cell.marked ? "!" : "", most == likely ? "" : Cat({"<small>≤", bound, "</small>"})});
}

}  // namespace

std::string HeatMap(const std::string& corner, const std::vector<std::string>& columns,
                    const std::vector<HeatRow>& rows, std::string_view caption) {
  std::string html = Cat({"<table class=\"heat\" aria-label=\"", Escaped(caption),
                          "\"><thead><tr><th scope=\"col\">", Escaped(corner), "</th>"});
  for (size_t i = 0; i < columns.size(); ++i) {
    html += Cat({"<th scope=\"col\"><abbr title=\"", Escaped(columns[i]), "\">",
                 std::string(1, static_cast<char>('A' + i)), "</abbr></th>"});
  }
  html += "</tr></thead><tbody>\n";
  for (const HeatRow& row : rows) {
    html += Cat({"<tr><th scope=\"row\"><bdi>", Escaped(row.label), "</bdi></th>"});
    for (const HeatCell& cell : row.cells) {
      html += Cat({"<td class=\"", ShadeOf(cell.ratio), cell.marked ? " beyond" : "", "\">", CellText(cell),
                   "</td>"});
    }
    html += "</tr>\n";
  }
  html += "</tbody></table>\n<ol class=\"keys\">";
  for (const std::string& column : columns) html += Cat({"<li><bdi>", Escaped(column), "</bdi></li>"});
  return html + "</ol>\n";
}

}  // namespace linchpin::cli
