#include "services/cli/print/table.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace linchpin::cli {
namespace {

constexpr size_t kElasticMin = 16;
constexpr size_t kElasticEnough = 60;  // no other column is left out to make it wider
constexpr size_t kProseMin = 30;       // narrower lines read worse than a text without its end

struct Rune {
  uint32_t code = 0;
  size_t bytes = 1;
};

Rune Decode(std::string_view text, size_t at) {
  const auto c = static_cast<unsigned char>(text[at]);
  const size_t bytes = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
  if (bytes == 1 || at + bytes > text.size()) return {c, 1};
  uint32_t code = c & (0xFF >> (bytes + 1));
  for (size_t i = 1; i < bytes; ++i) code = (code << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3F);
  return {code, bytes};
}

size_t RuneWidth(uint32_t code) {
  if ((code >= 0x300 && code <= 0x36F) || (code >= 0x200B && code <= 0x200F) || code == 0xFE0F) return 0;
  const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                    (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                    (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                    (code >= 0x1F300 && code <= 0x1FAFF) || (code >= 0x20000 && code <= 0x3FFFD);
  return wide ? 2 : 1;
}

// The first `width` columns of the text, with ".." at the end if it was cut.
std::string Cut(std::string_view text, size_t width) {
  if (WidthOf(text) <= width) return std::string(text);
  size_t used = 0, at = 0;
  while (at < text.size()) {
    const Rune rune = Decode(text, at);
    if (used + RuneWidth(rune.code) + 2 > width) break;
    used += RuneWidth(rune.code);
    at += rune.bytes;
  }
  return std::string(text.substr(0, at)) + "..";
}

// How many bytes of a word that is too long for a line go on it: up to a `/` where there is one.
size_t BreakOf(std::string_view word, size_t width) {
  size_t used = 0, at = 0, slash = 0;
  while (at < word.size()) {
    const Rune rune = Decode(word, at);
    if (used + RuneWidth(rune.code) > width) break;
    used += RuneWidth(rune.code);
    at += rune.bytes;
    if (word[at - 1] == '/') slash = at;
  }
  return slash > 0 ? slash : std::max<size_t>(at, 1);
}

// Prose in lines of at most `width`, nothing of it lost; one word alone, such as a name, is cut, and so is
// all in a very narrow column.
std::vector<std::string> Wrapped(std::string_view text, size_t width) {
  if (WidthOf(text) <= width || width < kProseMin || text.find(' ') == std::string_view::npos)
    return {Cut(text, width)};
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const size_t before = lines.back().empty() ? 0 : WidthOf(lines.back()) + 1;
    if (before > 0 && before + WidthOf(word) > width) {
      lines.emplace_back();
    } else if (before > 0) {
      lines.back() += ' ';
    }
    for (; WidthOf(word) > width; lines.emplace_back()) {
      const size_t part = BreakOf(word, width);
      lines.back() += word.substr(0, part);
      word.remove_prefix(part);
    }
    lines.back() += word;
  }
  return lines;
}

// Control characters as `\x1b`, so that no terminal obeys them; line ends and tabs stay, which a cell may
// hold.
std::string WithVisibleControls(std::string_view text) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Rune rune = Decode(text, at);
    const bool stays = rune.code == '\n' || rune.code == '\r' || rune.code == '\t';
    if (!stays && (rune.code < 0x20 || (rune.code >= 0x7F && rune.code < 0xA0))) {
      out.append("\\x").append({kHex[rune.code >> 4], kHex[rune.code & 15]});
    } else {
      out += text.substr(at, rune.bytes);
    }
    at += rune.bytes;
  }
  return out;
}

std::string CsvCell(const std::string& text) {
  std::string value = WithVisibleControls(text);
  if (!value.empty() && std::string_view("=+-@\t\r").find(value[0]) != std::string_view::npos && value != "-")
    value = "'" + value;
  if (value.find_first_of(",\"\n\r") == std::string::npos) return value;
  std::string out = "\"";
  for (char c : value) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string Painted(std::string_view text, Paint paint, bool colour) {
  static const char* const kCodes[] = {"", "1", "2", "31", "33", "32"};
  if (!colour || paint == Paint::kNone) return std::string(text);
  return std::string("\x1b[") + kCodes[static_cast<int>(paint)] + "m" + std::string(text) + "\x1b[0m";
}

size_t WidthOf(std::string_view text) {
  size_t width = 0;
  for (size_t at = 0; at < text.size();) {
    const Rune rune = Decode(text, at);
    width += RuneWidth(rune.code);
    at += rune.bytes;
  }
  return width;
}

std::string Clean(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const Rune rune = Decode(text, at);
    const bool control = rune.code < 0x20 || (rune.code >= 0x7F && rune.code < 0xA0);
    // Marks that turn the direction of writing could make one name look like another.
    const bool turns =
        (rune.code >= 0x202A && rune.code <= 0x202E) || (rune.code >= 0x2066 && rune.code <= 0x2069);
    if (control || turns) {
      out += ' ';
    } else {
      out += text.substr(at, rune.bytes);
    }
    at += rune.bytes;
  }
  return out;
}

namespace {

// The columns as they fit, and lines by them.
class TextTable {
 public:
  // Keeps references to both lists. `indent` spaces go before each line.
  TextTable(const std::vector<Table::Column>& columns, const std::vector<std::vector<Table::Cell>>& rows,
            bool headers, size_t indent)
      : columns_(columns), indent_(indent), shown_(columns.size(), true) {
    for (const Table::Column& column : columns) widths_.push_back(headers ? WidthOf(column.head) : 0);
    for (const auto& row : rows) {
      for (size_t i = 0; i < row.size(); ++i) widths_[i] = std::max(widths_[i], WidthOf(Clean(row[i].text)));
    }
  }

  // Drops columns, then narrows the elastic one, until a line is no longer than `width`.
  void Fit(size_t width) {
    size_t total = indent_ + 2 * (columns_.size() - 1);
    for (size_t i = 0; i < columns_.size(); ++i)
      total += columns_[i].elastic ? std::min(widths_[i], kElasticEnough) : widths_[i];
    while (total > width) {
      const std::optional<size_t> dropped = NextToDrop();
      if (!dropped.has_value()) break;
      shown_[*dropped] = false;
      total -= widths_[*dropped] + 2;
    }
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!columns_[i].elastic) continue;
      total += widths_[i] - std::min(widths_[i], kElasticEnough);
      if (total > width) widths_[i] = std::max(kElasticMin, widths_[i] - std::min(widths_[i], total - width));
    }
  }

  // `wraps`: the elastic column goes on in further lines, else it is cut.
  void Print(const std::vector<Table::Cell>& row, bool wraps, bool colour, std::ostream& out) const {
    std::string text(indent_, ' ');
    size_t pending = 0;  // spaces that are written only if something follows
    std::string more;    // further lines of the elastic column
    size_t left = indent_;
    for (size_t i = 0; i < row.size(); ++i) {
      if (!shown_[i]) continue;
      const std::vector<std::string> lines = LinesOf(row[i], i, wraps);
      const std::string& cell = lines[0];
      for (size_t k = 1; k < lines.size(); ++k)
        more += std::string(left, ' ') + Painted(lines[k], row[i].paint, colour) + "\n";
      left += widths_[i] + 2;
      const size_t space = widths_[i] - std::min(widths_[i], WidthOf(cell));
      const size_t before = pending + (columns_[i].right ? space : 0);
      if (!cell.empty()) text += std::string(before, ' ') + Painted(cell, row[i].paint, colour);
      pending = (cell.empty() ? before : 0) + (columns_[i].right ? 0 : space) + 2;
    }
    out << text << "\n" << more;
  }

 private:
  // The shown column that goes first where room is short; nothing if none may go.
  std::optional<size_t> NextToDrop() const {
    std::optional<size_t> next;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (!shown_[i] || columns_[i].drop == 0) continue;
      if (!next.has_value() || columns_[i].drop > columns_[*next].drop) next = i;
    }
    return next;
  }

  std::vector<std::string> LinesOf(const Table::Cell& cell, size_t column, bool wraps) const {
    const std::string text = Clean(cell.text);
    if (columns_[column].elastic && wraps) return Wrapped(text, widths_[column]);
    return {Cut(text, widths_[column])};
  }

  const std::vector<Table::Column>& columns_;
  const size_t indent_;
  std::vector<size_t> widths_;
  std::vector<bool> shown_;
};

}  // namespace

void Table::Print(std::ostream& out, bool headers, bool colour, size_t width, size_t indent) const {
  TextTable table(columns_, rows_, headers, indent);
  if (width > 0) table.Fit(width);
  if (headers) {
    std::vector<Cell> heads;
    for (const Column& column : columns_) heads.emplace_back(column.head, Paint::kBold);
    table.Print(heads, /*wraps=*/false, colour, out);
  }
  for (const auto& row : rows_) table.Print(row, /*wraps=*/true, colour, out);
}

void Table::PrintCsv(std::ostream& out, bool headers) const {
  if (headers) {
    std::string line;
    for (const Column& column : columns_) {
      if (!line.empty()) line += ',';
      std::string head = column.head;
      for (char& c : head) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' ? '_' : c;
      line += CsvCell(head);
    }
    out << line << "\r\n";
  }
  for (const auto& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += ',';
      line += CsvCell(row[i].text);
    }
    out << line << "\r\n";
  }
}

}  // namespace linchpin::cli
