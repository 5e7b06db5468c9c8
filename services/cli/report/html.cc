#include "services/cli/report/html.h"

#include <cstdio>

#include "absl/strings/str_replace.h"
#include "services/base/text.h"
#include "services/cli/report/style.h"

namespace linchpin::cli {
namespace {

using base::Cat;

// Defined once for all pictures of a page.
constexpr char kHatches[] =
    "<svg width=\"0\" height=\"0\" aria-hidden=\"true\" class=\"defs\"><defs>"
    "<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(45)\"><line class=\"h\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\"/></pattern>"
    "<pattern id=\"partly\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
    "patternTransform=\"rotate(-45)\"><line class=\"hi\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"5\"/></pattern>"
    "</defs></svg>\n";

std::string Sample(const std::string& mark) {
  if (mark.rfind("line", 0) == 0) {
    return Cat({"<svg class=\"sample\" width=\"28\" height=\"14\" aria-hidden=\"true\"><line class=\"", mark,
                "\" x1=\"0\" y1=\"7\" x2=\"28\" y2=\"7\"/></svg>"});
  }
  return Cat({"<svg class=\"sample\" width=\"14\" height=\"14\" aria-hidden=\"true\"><rect class=\"", mark,
              "\" x=\"1\" y=\"1\" width=\"12\" height=\"12\"/></svg>"});
}

}  // namespace

std::string Escaped(std::string_view text) {
  return absl::StrReplaceAll(absl::string_view(text.data(), text.size()), {{"&", "&amp;"},
                                                                           {"<", "&lt;"},
                                                                           {">", "&gt;"},
                                                                           {"\"", "&quot;"},
                                                                           {"'", "&#39;"},
                                                                           {"\u202a", ""},
                                                                           {"\u202b", ""},
                                                                           {"\u202c", ""},
                                                                           {"\u202d", ""},
                                                                           {"\u202e", ""},
                                                                           {"\u2066", ""},
                                                                           {"\u2067", ""},
                                                                           {"\u2068", ""},
                                                                           {"\u2069", ""}});
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", value);
  std::string number = text;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number == "-0" ? "0" : number;
}

std::string HtmlTable(const std::vector<std::string>& heads,
                      const std::vector<std::vector<std::string>>& rows) {
  std::string html = "<table class=\"data\"><thead><tr>";
  for (const std::string& head : heads) html += Cat({"<th scope=\"col\">", Escaped(head), "</th>"});
  html += "</tr></thead><tbody>\n";
  for (const auto& row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < row.size(); ++i) {
      // Where there is no room for columns the head stands before each cell.
      html += i == 0 ? Cat({"<th scope=\"row\">", Escaped(row[i]), "</th>"})
                     : Cat({"<td data-head=\"", Escaped(heads[i]), "\">", Escaped(row[i]), "</td>"});
    }
    html += "</tr>\n";
  }
  return html + "</tbody></table>\n";
}

std::string Figure(std::string_view title, const std::string& picture, const std::string& table,
                   std::string_view note) {
  const std::string data = picture.empty() || table.empty()
                               ? table
                               : Cat({"<details><summary>The figures</summary>", table, "</details>\n"});
  return Cat({"<figure><figcaption>", Escaped(title), "</figcaption>\n", picture,
              note.empty() ? "" : Paragraph(note, "soft small"), data, "</figure>\n"});
}

std::string Section(std::string_view title, const std::string& body) {
  return Cat({"<section>\n<h2>", Escaped(title), "</h2>\n", body, "</section>\n"});
}

std::string Paragraph(std::string_view text, std::string_view style) {
  return Cat({"<p", style.empty() ? "" : Cat({" class=\"", style, "\""}), ">", Escaped(text), "</p>\n"});
}

std::string Legend(const std::vector<LegendEntry>& entries) {
  std::string html = "<ul class=\"legend\">";
  for (const LegendEntry& entry : entries)
    html += Cat({"<li>", Sample(entry.mark), Escaped(entry.text), "</li>"});
  return html + "</ul>\n";
}

std::string Page(std::string_view title, const std::string& body) {
  return Cat(
      {"<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
       "'unsafe-inline'\">\n"
       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
       Escaped(title), "</title>\n<style>", StyleSheet(), "</style>\n</head>\n<body>\n", kHatches, "<main>\n",
       body, "</main>\n</body>\n</html>\n"});
}

}  // namespace linchpin::cli
