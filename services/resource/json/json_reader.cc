#include "services/resource/json/json_reader.h"

#include <unordered_set>
#include <utility>

#include "services/base/text.h"
#include "services/resource/kinds.h"

namespace linchpin::resource {
namespace {

void AppendUtf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The grammar of RFC 8259, section 6.
bool IsNumber(std::string_view text) {
  size_t i = 0;
  auto digits = [&] {
    const size_t begin = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i > begin;
  };
  if (i < text.size() && text[i] == '-') ++i;
  if (i < text.size() && text[i] == '0') {
    ++i;
  } else if (!digits()) {
    return false;
  }
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

// Also `resources`, of an answer that holds several kinds.
bool IsCollection(std::string_view word) {
  if (word == "resources") return true;
  for (const KindInfo* kind : Kinds()) {
    if (kind->collection == word) return true;
  }
  return false;
}

}  // namespace

JsonReader::JsonReader(std::string_view text, const ReadLimits& limits) : text_(text), limits_(limits) {
  if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
}

Position JsonReader::Here() const { return {line_, static_cast<int>(at_ - line_start_) + 1}; }

void JsonReader::Fail(std::string_view message) {
  if (!error_) error_ = TextError{Here(), base::Cat({"not valid JSON: ", message})};
}

void JsonReader::SkipSpace() {
  for (; !Ended(); Advance()) {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      line_start_ = at_ + 1;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      return;
    }
  }
}

bool JsonReader::Take(char c) {
  SkipSpace();
  if (Ended() || text_[at_] != c) return false;
  Advance();
  return true;
}

// Whether an object begins here whose first member is the list of a list answer; steps into that list if so.
bool JsonReader::EnterAnswer() {
  const size_t at = at_, line_start = line_start_;
  const int line = line_;
  if (Take('{')) {
    SkipSpace();
    std::optional<Node> key = !Ended() && text_[at_] == '"' ? Quoted() : std::nullopt;
    if (key && IsCollection(key->text) && Take(':') && Take('[')) return true;
  }
  at_ = at;
  line_start_ = line_start;
  line_ = line;
  error_.reset();
  return false;
}

// Passes over the rest of a list answer (page token, size).
void JsonReader::LeaveAnswer() {
  while (!error_ && !Take('}')) {
    SkipSpace();
    if (!Take(',')) return Fail("expected `,` or `}`");
    SkipSpace();
    if (Ended() || text_[at_] != '"' || !Quoted()) return Fail("expected a key in double quotes");
    if (!Take(':')) return Fail("expected `:`");
    Value(1);
  }
}

std::optional<Node> JsonReader::Next() {
  nodes_ = 0;
  while (!error_) {
    if (!in_list_) {
      SkipSpace();
      if (Ended()) return std::nullopt;
      in_answer_ = EnterAnswer();
      if (!in_answer_ && !Take('[')) return Value(0);
      in_list_ = true;
      after_item_ = false;
    }
    if (!Take(']')) {
      if (after_item_ && !Take(',')) break;
      after_item_ = true;
      return Value(0);
    }
    in_list_ = false;
    if (in_answer_) LeaveAnswer();
  }
  Fail("expected `,` or `]`");
  return std::nullopt;
}

std::optional<Node> JsonReader::Value(int depth) {
  SkipSpace();
  if (Ended()) {
    Fail("the text ends where a value is expected");
    return std::nullopt;
  }
  if (depth >= limits_.depth) {
    Fail("nested more than " + std::to_string(limits_.depth) + " deep");
    return std::nullopt;
  }
  if (++nodes_ > limits_.nodes) {
    Fail("more than " + std::to_string(limits_.nodes) + " values in one document; split it");
    return std::nullopt;
  }
  switch (text_[at_]) {
    case '{':
      return Map(depth);
    case '[':
      return List(depth);
    case '"':
      return Quoted();
    default:
      return Plain();
  }
}

std::optional<Node> JsonReader::Map(int depth) {
  Node node;
  node.type = Node::Type::kMap;
  node.at = Here();
  Advance();
  if (Take('}')) return node;
  std::unordered_set<std::string> keys;
  do {
    SkipSpace();
    if (Ended() || text_[at_] != '"') {
      Fail("expected a key in double quotes");
      return std::nullopt;
    }
    std::optional<Node> key = Quoted();
    if (!key) return std::nullopt;
    if (!keys.insert(key->text).second) {
      error_ = TextError{key->at, "duplicate key `" + key->text + "`; remove one"};
      return std::nullopt;
    }
    if (!Take(':')) {
      Fail("expected `:`");
      return std::nullopt;
    }
    std::optional<Node> value = Value(depth + 1);
    if (!value) return std::nullopt;
    node.entries.push_back({std::move(key->text), key->at, *std::move(value)});
  } while (Take(','));
  if (!Take('}')) {
    Fail("expected `,` or `}`");
    return std::nullopt;
  }
  return node;
}

std::optional<Node> JsonReader::List(int depth) {
  Node node;
  node.type = Node::Type::kList;
  node.at = Here();
  Advance();
  if (Take(']')) return node;
  do {
    std::optional<Node> item = Value(depth + 1);
    if (!item) return std::nullopt;
    node.items.push_back(*std::move(item));
  } while (Take(','));
  if (!Take(']')) {
    Fail("expected `,` or `]`");
    return std::nullopt;
  }
  return node;
}

std::optional<unsigned> JsonReader::Hex4() {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i, Advance()) {
    const char c = Ended() ? '\0' : text_[at_];
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + (c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + (lower - 'a' + 10);
    } else {
      Fail("expected four hexadecimal digits after \\u");
      return std::nullopt;
    }
  }
  return value;
}

bool JsonReader::Escape(std::string& out) {
  static constexpr std::string_view kNames = "\"\\/bfnrt";
  static constexpr std::string_view kValues = "\"\\/\b\f\n\r\t";
  const char c = Ended() ? '\0' : text_[at_];
  const size_t place = c == '\0' ? std::string_view::npos : kNames.find(c);
  if (place != std::string_view::npos) {
    Advance();
    out += kValues[place];
    return true;
  }
  if (c != 'u') {
    Fail("unknown escape; a backslash is written `\\\\`");
    return false;
  }
  Advance();
  std::optional<unsigned> code = Hex4();
  if (!code) return false;
  if (*code >= 0xD800 && *code <= 0xDFFF) {
    std::optional<unsigned> low;
    if (*code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      at_ += 2;
      low = Hex4();
    }
    if (!low || *low < 0xDC00 || *low > 0xDFFF) {
      Fail("half a surrogate pair");
      return false;
    }
    code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
  }
  AppendUtf8(*code, out);
  return true;
}

std::optional<Node> JsonReader::Quoted() {
  Node node;
  node.type = Node::Type::kQuoted;
  node.at = Here();
  Advance();
  while (true) {
    if (Ended() || text_[at_] == '\n' || text_[at_] == '\r') {
      Fail("a text is not closed");
      return std::nullopt;
    }
    const char c = text_[at_];
    Advance();
    if (c == '"') return node;
    if (c == '\t') {
      Fail("a tab in a text is written `\\t`");
      return std::nullopt;
    }
    if (c != '\\') {
      node.text += c;
    } else if (!Escape(node.text)) {
      return std::nullopt;
    }
  }
}

std::optional<Node> JsonReader::Plain() {
  const size_t begin = at_;
  Node node;
  node.at = Here();
  while (!Ended() && std::string_view(" \t\r\n,:{}[]\"").find(text_[at_]) == std::string_view::npos)
    Advance();
  node.text = std::string(text_.substr(begin, at_ - begin));
  if (node.text == "null") {
    node.text.clear();
    return node;
  }
  if (node.text != "true" && node.text != "false" && !IsNumber(node.text)) {
    at_ = begin;
    Fail(node.text.empty()
             ? "a value is missing"
             : "`" + node.text.substr(0, 40) + "` is not a JSON value; put text in double quotes");
    return std::nullopt;
  }
  node.type = Node::Type::kPlain;
  return node;
}

}  // namespace linchpin::resource
