#include "services/cli/report/html.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_replace.h"
#include "services/base/text.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr int kLabelWidth = 250, kBarsWidth = 330, kValueWidth = 130, kRow = 26, kLegend = 26;

// Dark blue and orange of Okabe and Ito, which people who do not tell red from green tell apart.
constexpr char kStyle[] = R"css(
:root{--ink:#1b1b1b;--soft:#595959;--line:#c9c9c9;--paper:#fff;--proven:#0072b2;--likely:#e69f00;--open:#767676}
@media (prefers-color-scheme:dark){:root{--ink:#eee;--soft:#b5b5b5;--line:#555;--paper:#16181c;--proven:#56b4e9;--likely:#e69f00;--open:#a0a0a0}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:52rem;padding:1.5rem;color:var(--ink);background:var(--paper);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .3rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
.lead{font-size:1.15rem;margin:1rem 0}.soft{color:var(--soft)}
.score{display:flex;flex-wrap:wrap;gap:.5rem 2rem;align-items:baseline;margin:1rem 0}
.score b{font-size:2.6rem;line-height:1}
figure{margin:0 0 1.5rem;break-inside:avoid}figcaption{font-weight:600;margin-bottom:.4rem}
.picture,.data{overflow-x:auto}.picture svg{display:block;min-width:32rem;max-width:100%;height:auto}
svg text{font:13px system-ui,sans-serif;fill:var(--ink)}
.p{fill:var(--proven)}.l{fill:url(#hatch)}.o{fill:none;stroke:var(--open);stroke-dasharray:4 3}.h{stroke:var(--likely);stroke-width:3}
details{margin-top:.4rem}summary{cursor:pointer;color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600}tbody th{font-weight:400}
ol{padding-left:1.3rem}li{margin:.4rem 0}
@media print{.picture svg{min-width:0}body{max-width:none;padding:0;font-size:11pt}@page{size:A4;margin:16mm}details>*{display:block}}
)css";

// Defined once for all charts of a page.
constexpr char kHatch[] =
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" style=\"position:absolute\"><defs><pattern "
    "id=\"hatch\" width=\"6\" "
    "height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><line class=\"h\" x1=\"0\" "
    "y1=\"0\" "
    "x2=\"0\" y2=\"6\"/></pattern></defs></svg>\n";

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string Rectangle(const char* style, double x, double y, double width, double height) {
  if (width <= 0) return "";
  return Cat({"<rect class=\"", style, "\" x=\"", Number(x), "\" y=\"", Number(y), "\" width=\"",
              Number(width), "\" height=\"", Number(height), "\"/>\n"});
}

// A label that has room: the end of a long name tells more than its beginning.
std::string Fitted(const std::string& label) {
  constexpr size_t kLetters = 34;
  if (label.size() <= kLetters) return label;
  size_t from = label.size() - kLetters + 1;
  while (from < label.size() && (static_cast<unsigned char>(label[from]) & 0xC0) == 0x80) ++from;
  return Cat({"…", label.substr(from)});
}

std::string LegendItem(const char* style, int x, const char* text) {
  return Cat({Rectangle(style, x, 5, 14, 14), "<text x=\"", std::to_string(x + 20), "\" y=\"17\">", text,
              "</text>\n"});
}

std::string Row(const Bar& bar, int index) {
  const double y = kLegend + index * kRow;
  const double proven = bar.proven * kBarsWidth, likely = bar.likely * kBarsWidth,
               open = bar.not_excluded * kBarsWidth;
  return Cat({"<text x=\"0\" y=\"", Number(y + 17), "\">", Escaped(Fitted(bar.label)), "</text>\n",
              Rectangle("p", kLabelWidth, y + 4, proven, 16),
              Rectangle("l", kLabelWidth + proven, y + 4, likely - proven, 16),
              Rectangle("o", kLabelWidth + likely, y + 4, open - likely, 16), "<text x=\"",
              Number(kLabelWidth + std::max({proven, likely, open}) + 8), "\" y=\"", Number(y + 17), "\">",
              Escaped(bar.value), "</text>\n"});
}

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(
      absl::string_view(text.data(), text.size()),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string BarChart(const std::vector<Bar>& bars, std::string_view summary) {
  const int width = kLabelWidth + kBarsWidth + kValueWidth;
  const int height = kLegend + static_cast<int>(bars.size()) * kRow + 4;
  std::string svg =
      Cat({"<div class=\"picture\"><svg role=\"img\" aria-label=\"", Escaped(summary), "\" viewBox=\"0 0 ",
           std::to_string(width), " ", std::to_string(height), "\" width=\"", std::to_string(width),
           "\" height=\"", std::to_string(height), "\">\n", LegendItem("p", 0, "proven"),
           LegendItem("l", 100, "likely"), LegendItem("o", 190, "not excluded")});
  for (size_t i = 0; i < bars.size(); ++i) svg += Row(bars[i], static_cast<int>(i));
  return svg + "</svg></div>\n";
}

std::string HtmlTable(const std::vector<std::string>& heads,
                      const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<div class=\"data\"><table><thead><tr>";
  for (const std::string& head : heads) html += Cat({"<th scope=\"col\">", Escaped(head), "</th>"});
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i)
      html += Cat({i == 0 ? "<th scope=\"row\">" : "<td>", Escaped(row[i]), i == 0 ? "</th>" : "</td>"});
    html += "</tr>\n";
  }
  return html + "</tbody></table></div>\n";
}

std::string Figure(std::string_view title, const std::string& picture, const std::string& table) {
  const std::string data = picture.empty() || table.empty()
                               ? table
                               : Cat({"<details><summary>The figures</summary>", table, "</details>\n"});
  return Cat({"<figure><figcaption>", Escaped(title), "</figcaption>\n", picture, data, "</figure>\n"});
}

std::string Page(std::string_view title, const std::string& body) {
  return Cat(
      {"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
       "'unsafe-inline'\">\n"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
       Escaped(title), "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n", kHatch, "<main>\n", body,
       "</main>\n</body>\n</html>\n"});
}

}  // namespace linchpin::cli
