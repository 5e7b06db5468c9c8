// Tables for people and CSV for programs.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_TABLE_H_
#define LINCHPIN_SERVICES_CLI_PRINT_TABLE_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace linchpin::cli {

// How a cell looks on a terminal; never the only carrier of a meaning.
enum class Paint { kNone, kBold, kDim, kRed, kYellow, kGreen };

// `text` in that paint if `colour`.
std::string Painted(std::string_view text, Paint paint, bool colour);

// Columns of a UTF-8 text on a terminal: code points, wide ones (CJK, emoji) twice, combining ones not.
size_t WidthOf(std::string_view text);

// Control characters replaced, so that no name can drive the terminal.
std::string Clean(std::string_view text);

// Rows under heads, two spaces between columns.
class Table {
 public:
  struct Column {
    std::string head;
    bool right = false;    // figures
    bool elastic = false;  // fits the width: prose goes on in further lines, a name is cut; one at most
    int drop = 0;          // left out if the rows are too wide, the highest first; 0: never
  };
  struct Cell {
    Cell(std::string text, Paint paint = Paint::kNone) : text(std::move(text)), paint(paint) {}  // NOLINT
    Cell(const char* text) : text(text) {}                                                       // NOLINT
    std::string text;
    Paint paint = Paint::kNone;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  void Add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }

  // `width` 0: never cut. `indent` spaces before each line.
  void Print(std::ostream& out, bool headers, bool colour, size_t width = 0, size_t indent = 0) const;
  // RFC 4180, heads in lower case with `_`. Cells that a spreadsheet would run as a formula get a leading
  // quote.
  void PrintCsv(std::ostream& out, bool headers) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_TABLE_H_
