#include "services/inventory/importers/litellm/template_text.h"

#include <algorithm>
#include <cstddef>

namespace linchpin::importers {
namespace {

constexpr size_t kMaxWords = 60;

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
}

// What is left of an action: its names, joined by dashes.
std::string Words(std::string_view action) {
  std::string out;
  for (const char c : action) {
    if (IsPlain(c)) {
      out += c;
    } else if (!out.empty() && out.back() != '-') {
      out += '-';
    }
    if (out.size() == kMaxWords) break;
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

// Replaces actions; lines are those of the text.
class Replacer {
 public:
  std::string Run(std::string_view text) {
    while (!text.empty()) {
      const size_t end = text.find('\n');
      Line(text.substr(0, end));
      if (end == std::string_view::npos) break;
      out_ += '\n';
      text.remove_prefix(end + 1);
    }
    return std::move(out_);
  }

 private:
  void Line(std::string_view line) {
    std::string rest, whole;
    while (!line.empty()) {
      const size_t mark = line.find(open_ ? "}}" : "{{");
      const std::string_view before = line.substr(0, mark);
      if (open_) {
        action_ += before;
      } else {
        rest += before;
        whole += before;
      }
      if (mark == std::string_view::npos) break;
      line.remove_prefix(mark + 2);
      open_ = !open_;
      if (open_) continue;
      whole += "$(" + Words(action_) + ")";
      action_.clear();
    }
    const bool only_actions = rest.find_first_not_of(" \t\r") == std::string::npos;
    if (!only_actions) out_ += whole;
  }

  std::string out_;
  std::string action_;
  bool open_ = false;
};

}  // namespace

bool HasActions(std::string_view text) { return text.find("{{") != std::string_view::npos; }

std::string WithoutActions(std::string_view text) { return Replacer().Run(text); }

}  // namespace linchpin::importers
