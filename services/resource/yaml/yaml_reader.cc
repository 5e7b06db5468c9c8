#include "services/resource/yaml/yaml_reader.h"

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>
#include <unordered_set>
#include <utility>

#include "services/base/text.h"
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
  TreeBuilder(int line_offset, const ReadLimits& limits, TreeResult& result)
      : line_offset_(line_offset), limits_(limits), result_(result) {}

  bool HasDocument() const { return done_; }
  Node Take() { return std::move(root_); }

  // Where the document began; yaml-cpp begins one again and again at a bracket that closes nothing.
  const Position& start() const { return start_; }

  void OnDocumentStart(const YAML::Mark& mark) override { start_ = At(mark); }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Check(mark, "?", anchor);
    PutAnchored(Node{Node::Type::kNull, At(mark), {}, {}, {}}, anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (!limits_.aliases) throw Stop{{At(mark), "aliases (`*name`) are not supported: write the value out"}};
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) throw Stop{{At(mark), "this alias refers to a node that contains it"}};
    const Anchored& shared = found->second;
    nodes_ += shared.nodes;
    if (nodes_ > limits_.nodes) {
      throw Stop{{At(mark), "with what its aliases stand for, the document has more than " +
                                std::to_string(limits_.nodes) + " values; this alias is one too many"}};
    }
    const bool is_text = shared.node.type == Node::Type::kPlain || shared.node.type == Node::Type::kQuoted;
    if (ExpectsKey() && !is_text) throw Stop{{At(mark), "a key must be text, not a list or a map"}};
    if (static_cast<int>(stack_.size()) + shared.depth > limits_.depth) throw Stop{{At(mark), TooDeep()}};
    Node node = shared.node;
    node.at = At(mark);
    Put(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Check(mark, tag, anchor);
    // yaml-cpp reads the escapes \N and \_ as single bytes.
    if (!base::IsUtf8(value))
      throw Stop{{At(mark), "the escapes \\N and \\_ are not supported; write \\u0085 and \\u00A0"}};
    const bool quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    PutAnchored(Node{quoted ? Node::Type::kQuoted : Node::Type::kPlain, At(mark), value, {}, {}}, anchor, 1);
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
    bool merges = false;  // the entry is `<<`
    std::unordered_set<std::string> keys;
    std::vector<Node> merged;  // maps under `<<`, the first counts
    YAML::anchor_t anchor = YAML::NullAnchor;
    int64_t nodes_before = 0;
  };

  // What an anchor names.
  struct Anchored {
    Node node;
    int64_t nodes = 0;  // in it
    int depth = 0;      // levels of lists and maps
  };

  Position At(const YAML::Mark& mark) const { return {mark.line + 1 + line_offset_, mark.column + 1}; }

  void Check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor && !limits_.aliases)
      throw Stop{{At(mark), "anchors (`&name`) are not supported: write the value out"}};
    const bool core = limits_.core_tags && tag.rfind("tag:yaml.org,2002:", 0) == 0;
    if (!tag.empty() && tag != "?" && tag != "!" && !core) {
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
      throw Stop{{At(mark), TooDeep()}};
    }
    stack_.emplace_back();
    stack_.back().anchor = anchor;
    stack_.back().nodes_before = nodes_ - 1;
    stack_.back().node.type = type;
    stack_.back().node.at = At(mark);
  }

  void Close() {
    Frame& frame = stack_.back();
    for (Node& map : frame.merged) {
      for (Node::Entry& entry : map.entries) {
        if (frame.keys.insert(entry.key).second) frame.node.entries.push_back(std::move(entry));
      }
    }
    Node node = std::move(frame.node);
    const YAML::anchor_t anchor = frame.anchor;
    const int64_t nodes = nodes_ - frame.nodes_before;
    stack_.pop_back();
    PutAnchored(std::move(node), anchor, nodes);
  }

  std::string TooDeep() const { return "nested more than " + std::to_string(limits_.depth) + " deep"; }

  static int DepthOf(const Node& node) {
    int below = 0;
    for (const Node& item : node.items) below = std::max(below, DepthOf(item));
    for (const Node::Entry& entry : node.entries) below = std::max(below, DepthOf(entry.value));
    return node.type == Node::Type::kList || node.type == Node::Type::kMap ? below + 1 : 0;
  }

  // Puts a node, and keeps a copy under its anchor. The copies are bounded as the document is.
  void PutAnchored(Node node, YAML::anchor_t anchor, int64_t nodes) {
    if (anchor != YAML::NullAnchor) {
      anchored_nodes_ += nodes;
      if (anchored_nodes_ > limits_.nodes) {
        throw Stop{{node.at, "the anchors of the document name more than " + std::to_string(limits_.nodes) +
                                 " values; this one is too many"}};
      }
      anchored_[anchor] = {node, nodes, DepthOf(node)};
    }
    Put(std::move(node));
  }

  // Takes the value of `<<`: a map, or a list of maps.
  void Merge(Frame& frame, Node node) {
    std::vector<Node> maps;
    if (node.type == Node::Type::kMap) {
      maps.push_back(std::move(node));
    } else {
      maps = std::move(node.items);
    }
    const bool fits =
        std::all_of(maps.begin(), maps.end(), [](const Node& map) { return map.type == Node::Type::kMap; });
    if (maps.empty() || !fits) throw Stop{{frame.entry.at, "`<<` needs a map, or a list of maps"}};
    for (Node& map : maps) frame.merged.push_back(std::move(map));
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
      frame.has_key = false;
      if (frame.merges) return Merge(frame, std::move(node));
      frame.entry.value = std::move(node);
      if (frame.keep) frame.node.entries.push_back(std::move(frame.entry));
    }
  }

  // Makes room for the last value of a key that stands twice; false if that is an error.
  bool KeepsLast(Frame& frame, const Node& key) {
    if (!limits_.last_key_counts) return false;
    result_.repeated.push_back({key.at, "duplicate key `" + key.text + "`; the last one counts"});
    auto& entries = frame.node.entries;
    entries.erase(std::remove_if(entries.begin(), entries.end(),
                                 [&](const Node::Entry& entry) { return entry.key == key.text; }),
                  entries.end());
    return true;
  }

  void PutKey(Frame& frame, Node node) {
    if (node.type == Node::Type::kNull)
      throw Stop{{node.at, "a key is missing or null; quote it if it is meant as text"}};
    frame.keep = frame.keys.insert(node.text).second || KeepsLast(frame, node);
    if (!frame.keep) result_.errors.push_back({node.at, "duplicate key `" + node.text + "`; remove one"});
    frame.merges = limits_.aliases && node.type == Node::Type::kPlain && node.text == "<<";
    frame.entry = Node::Entry{std::move(node.text), node.at, {}};
    frame.has_key = true;
  }

  const int line_offset_;
  const ReadLimits& limits_;
  TreeResult& result_;
  std::vector<Frame> stack_;
  Node root_;
  Position start_;
  bool done_ = false;
  int64_t nodes_ = 0;
  std::map<YAML::anchor_t, Anchored> anchored_;
  int64_t anchored_nodes_ = 0;
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

// What to look at, for an error at a line (from 0) of a part.
std::string Hint(std::string_view part, int line) {
  size_t at = 0;
  for (int i = 0; i < line && at < part.size(); ++i) at = std::min(part.find('\n', at), part.size()) + 1;
  const std::string_view rest = part.substr(std::min(at, part.size()));
  const std::string_view indent = rest.substr(0, rest.find_first_not_of(" \t"));
  return indent.find('\t') != std::string_view::npos
             ? " (the line is indented by a tab; YAML takes spaces only)"
             : " (check the indentation; quote text that holds `: ` or ` #`)";
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
      TreeBuilder builder(line_offset, limits, result);
      if (!parser.HandleNextDocument(builder)) break;
      if (builder.start().line == last.line && builder.start().column == last.column) {
        throw Stop{{last, "not valid YAML: this closes something that was never opened"}};
      }
      last = builder.start();
      Node node = builder.Take();
      if (builder.HasDocument() && node.type != Node::Type::kNull)
        result.documents.push_back(std::move(node));
    }
  } catch (const Stop& stop) {
    result.errors.push_back(stop.error);
  } catch (const YAML::Exception& e) {
    result.errors.push_back({{e.mark.line + 1 + line_offset, e.mark.column + 1},
                             base::Cat({"not valid YAML: ", e.msg, Hint(part, e.mark.line)})});
  }
  return result;
}

}  // namespace linchpin::resource
