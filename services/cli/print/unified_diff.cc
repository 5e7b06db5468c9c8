#include "services/cli/print/unified_diff.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "services/base/text.h"

namespace linchpin::cli {
namespace {

using base::Cat;

constexpr size_t kCellsMax = 4'000'000;
constexpr size_t kContext = 3;

struct Line {
  char mark;  // ' ', '-', '+'
  std::string_view text;
};

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

// The script of a longest common subsequence.
std::vector<Line> Script(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  std::vector<Line> script;
  const size_t columns = b.size() + 1;
  const bool too_large = (a.size() + 1) * columns > kCellsMax;
  std::vector<uint32_t> common(too_large ? 0 : (a.size() + 1) * columns, 0);
  if (!too_large) {
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;) {
        common[i * columns + j] = a[i] == b[j]
                                      ? common[(i + 1) * columns + j + 1] + 1
                                      : std::max(common[(i + 1) * columns + j], common[i * columns + j + 1]);
      }
    }
  }
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (!too_large && i < a.size() && j < b.size() && a[i] == b[j]) {
      script.push_back({' ', a[i]});
      ++i, ++j;
    } else if (i < a.size() &&
               (too_large || j == b.size() || common[(i + 1) * columns + j] >= common[i * columns + j + 1])) {
      script.push_back({'-', a[i++]});
    } else {
      script.push_back({'+', b[j++]});
    }
  }
  return script;
}

std::string Range(size_t begin, size_t count) {
  const std::string first = std::to_string(count == 0 ? begin : begin + 1);
  return count == 1 ? first : Cat({first, ",", std::to_string(count)});
}

}  // namespace

std::string UnifiedDiff(std::string_view before_name, std::string_view before, std::string_view after_name,
                        std::string_view after) {
  if (before == after) return "";
  const std::vector<Line> script = Script(Lines(before), Lines(after));
  std::string out = Cat({"--- ", before_name, "\n+++ ", after_name, "\n"});
  size_t a = 0, b = 0;  // lines of the two texts before `at`
  for (size_t at = 0; at < script.size();) {
    size_t change = at;
    while (change < script.size() && script[change].mark == ' ') ++change;
    if (change == script.size()) break;
    const size_t begin = change - std::min(change - at, kContext);
    a += begin - at, b += begin - at;
    // The hunk ends where no change follows within twice the context.
    size_t end = change, last = change;
    while (end < script.size() && end - last <= 2 * kContext) {
      if (script[end].mark != ' ') last = end;
      ++end;
    }
    end = std::min(script.size(), last + 1 + kContext);
    std::string body;
    size_t a_count = 0, b_count = 0;
    for (size_t i = begin; i < end; ++i) {
      body += Cat({std::string_view(&script[i].mark, 1), script[i].text, "\n"});
      a_count += script[i].mark != '+', b_count += script[i].mark != '-';
    }
    out += Cat({"@@ -", Range(a, a_count), " +", Range(b, b_count), " @@\n", body});
    a += a_count, b += b_count;
    at = end;
  }
  return out;
}

}  // namespace linchpin::cli
