// Pieces of a page that needs nothing but itself: no script, no outside reference, all text escaped.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_HTML_H_
#define LINCHPIN_SERVICES_CLI_REPORT_HTML_H_

#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// Text between tags and in attribute values. Marks that turn the direction of what follows are left out.
std::string Escaped(std::string_view text);

// A number of a coordinate: "12.5".
std::string Number(double value);

// Marks of how something fares, for the ear and the eye: colour never stands alone.
inline constexpr std::string_view kStopped = "✕", kImpaired = "◐", kRecovered = "✓";

// A table; the first cell of each row is its head.
std::string HtmlTable(const std::vector<std::string>& heads,
                      const std::vector<std::vector<std::string>>& rows);

// A figure: a title that states the finding, the picture (may be empty), and the table behind it, which a
// reader unfolds and print shows. `note` says what the picture leaves out; may be empty.
std::string Figure(std::string_view title, const std::string& picture, const std::string& table,
                   std::string_view note = "");

std::string Section(std::string_view title, const std::string& body);
// `style`: a class of the style sheet, or empty.
std::string Paragraph(std::string_view text, std::string_view style = "");

// What the marks of a picture mean: class of the mark, or a sign, and its meaning.
struct LegendEntry {
  std::string mark;  // A class of a filled rectangle ("p"), or of a line ("line lp").
  std::string text;
};
std::string Legend(const std::vector<LegendEntry>& entries);

// The whole page.
std::string Page(std::string_view title, const std::string& body);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_HTML_H_
