#include "services/resource/yaml_reader.h"

#include <istream>
#include <streambuf>
#include <unordered_set>
#include <utility>

#include "services/resource/text.h"
#include "yaml-cpp/eventhandler.h"
#include "yaml-cpp/exceptions.h"
#include "yaml-cpp/mark.h"
#include "yaml-cpp/parser.h"

namespace linchpin::resource {
namespace {

// Ends the reading of a part from within yaml-cpp's callbacks; never leaves this file.
struct Stop {
  TextError error;
};

// Builds the tree of one document.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(int line_offset, const ReadLimits& limits, std::vector<TextError>& errors)
      : line_offset_(line_offset), limits_(limits), errors_(errors) {}

  bool HasDocument() const { return done_; }
  Node Take() { return std::move(root_); }

  // Where the document began; yaml-cpp begins one again and again at a bracket that closes nothing.
  const Position& start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = At(mark); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, "?", anchor);
    Put(Node{Node::Type::kNull, At(mark), {}, {}, {}});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Stop{{At(mark), "aliases (`*name`) are not supported: write the value out"}};
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(mark, tag, anchor);
    // yaml-cpp reads the escapes \N and \_ as single bytes.
    if (!IsUtf8(value))
      throw Stop{{At(mark), "the escapes \\N and \\_ are not supported; write \\u0085 and \\u00A0"}};
    Put(Node{tag == "!" ? Node::Type::kQuoted : Node::Type::kPlain, At(mark), value, {}, {}});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Open(Node::Type::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Open(Node::Type::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Frame {
    Node node;
    bool has_key = false;
    bool keep = true;
    Node::Entry entry;
    std::unordered_set<std::string> keys;
  };

  Position At(const YAML::Mark& mark) const { return {mark.line + 1 + line_offset_, mark.column + 1}; }

  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor)
      throw Stop{{At(mark), "anchors (`&name`) are not supported: write the value out"}};
    if (!tag.empty() && tag != "?" && tag != "!") {
      throw Stop{{At(mark), "tags (`" + tag + "`) are not supported: the field decides the type"}};
    }
    if (++nodes_ > limits_.nodes) {
      throw Stop{
          {At(mark), "the document has more than " + std::to_string(limits_.nodes) + " values; split it"}};
    }
  }

  void Open(Node::Type type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Check(mark, tag, anchor);
    if (ExpectsKey()) throw Stop{{At(mark), "a key must be text, not a list or a map"}};
    if (static_cast<int>(stack_.size()) >= limits_.depth) {
      throw Stop{{At(mark), "nested more than " + std::to_string(limits_.depth) + " deep"}};
    }
    stack_.emplace_back();
    stack_.back().node.type = type;
    stack_.back().node.at = At(mark);
  }

  void Close() {
    Node node = std::move(stack_.back().node);
    stack_.pop_back();
    Put(std::move(node));
  }

  bool ExpectsKey() const {
    return !stack_.empty() && stack_.back().node.type == Node::Type::kMap && !stack_.back().has_key;
  }

  void Put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
      done_ = true;
      return;
    }
    Frame& frame = stack_.back();
    if (frame.node.type == Node::Type::kList) {
      frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
      PutKey(frame, std::move(node));
    } else {
      // The mark of an empty value is that of the token after it.
      if (node.type == Node::Type::kNull) node.at = frame.entry.at;
      frame.entry.value = std::move(node);
      if (frame.keep) frame.node.entries.push_back(std::move(frame.entry));
      frame.has_key = false;
    }
  }

  void PutKey(Frame& frame, Node node) {
    if (node.type == Node::Type::kNull)
      throw Stop{{node.at, "a key is missing or null; quote it if it is meant as text"}};
    frame.keep = frame.keys.insert(node.text).second;
    if (!frame.keep) errors_.push_back({node.at, "`" + node.text + "` stands here twice; remove one"});
    frame.entry = Node::Entry{std::move(node.text), node.at, {}};
    frame.has_key = true;
  }

  const int line_offset_;
  const ReadLimits& limits_;
  std::vector<TextError>& errors_;
  std::vector<Frame> stack_;
  Node root_;
  Position start_;
  bool done_ = false;
  int64_t nodes_ = 0;
};

// Reads from a view without copying it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // the get area is only read
    setg(begin, begin, begin + text.size());
  }
};

bool IsSeparator(std::string_view line) {
  return line.substr(0, 3) == "---" &&
         (line.size() == 3 || line[3] == ' ' || line[3] == '\t' || line[3] == '\r');
}

bool IsBlank(std::string_view line) {
  const size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#' || (first == 0 && line[0] == '%');
}

// The error of a line that is too long for the scanner, which holds a line's tokens at once.
std::optional<TextError> LongLine(std::string_view part, int line_offset, size_t line_bytes) {
  int line = line_offset + 1;
  for (size_t at = 0; at < part.size(); ++line) {
    const size_t end = std::min(part.find('\n', at), part.size());
    if (end - at > line_bytes) {
      return TextError{{line, 1},
                       "the line has more than " + std::to_string(line_bytes) + " bytes; break it"};
    }
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

std::vector<YamlPart> SplitYaml(std::string_view text) {
  std::vector<YamlPart> parts;
  YamlPart part;
  bool blank = true;
  size_t at = text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
  part.offset = at;
  auto finish = [&](size_t end) {
    part.size = end - part.offset;
    if (!blank) parts.push_back(part);
  };
  for (int line_number = 0; at < text.size(); ++line_number) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (IsSeparator(line)) {
      finish(at);
      part = YamlPart{at, 0, line_number};
      blank = IsBlank(line.substr(3));
    } else {
      blank = blank && IsBlank(line);
    }
    at = end + 1;
  }
  finish(text.size());
  return parts;
}

TreeResult ReadYaml(std::string_view part, int line_offset, const ReadLimits& limits) {
  TreeResult result;
  if (part.size() > limits.document_bytes) {
    result.errors.push_back({{line_offset + 1, 1},
                             "the document has more than " + std::to_string(limits.document_bytes) +
                                 " bytes; put a line `---` between resources"});
    return result;
  }
  if (auto error = LongLine(part, line_offset, limits.line_bytes)) {
    result.errors.push_back(*error);
    return result;
  }
  ViewBuffer buffer(part);
  std::istream in(&buffer);
  try {
    YAML::Parser parser(in);
    Position last{0, 0};
    while (true) {
      TreeBuilder builder(line_offset, limits, result.errors);
      if (!parser.HandleNextDocument(builder)) break;
      if (builder.start().line == last.line && builder.start().column == last.column) {
        throw Stop{{last, "not valid YAML: this closes or ends nothing that was begun"}};
      }
      last = builder.start();
      Node node = builder.Take();
      if (builder.HasDocument() && node.type != Node::Type::kNull)
        result.documents.push_back(std::move(node));
    }
  } catch (const Stop& stop) {
    result.errors.push_back(stop.error);
  } catch (const YAML::Exception& e) {
    result.errors.push_back(
        {{e.mark.line + 1 + line_offset, e.mark.column + 1},
         Cat({"not valid YAML: ", e.msg, " (check the indentation; quote text that holds `: ` or ` #`)"})});
  }
  return result;
}

}  // namespace linchpin::resource
