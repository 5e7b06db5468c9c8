#include "services/inventory/importers/litellm/document.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/inventory/importers/litellm/import_litellm.h"
#include "services/inventory/importers/litellm/template_text.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::importers {
namespace {

using resource::Node;
using resource::Position;
using resource::TextError;

constexpr size_t kMaxRepeatedNoted = 20;

resource::ReadLimits Limits() {
  resource::ReadLimits limits;
  limits.document_bytes = kMaxLiteLlmBytes;
  limits.aliases = limits.last_key_counts = limits.core_tags = true;
  return limits;
}

bool IsText(const Node& node) { return node.type == Node::Type::kPlain || node.type == Node::Type::kQuoted; }

bool IsConfiguration(const Node& node) {
  return node.type == Node::Type::kMap &&
         (resource::Find(node, "model_list") != nullptr || resource::Find(node, "include") != nullptr);
}

// Gives all nodes of a tree one line: what was written in one line has no lines of its own.
void Pin(const Position& at, Node& node) {
  node.at = at;
  for (Node& item : node.items) Pin(at, item);
  for (Node::Entry& entry : node.entries) {
    entry.at = at;
    Pin(at, entry.value);
  }
}

// Looks for configurations in one text.
class Finder {
 public:
  Finder(std::string_view text, bool included) : text_(text), included_(included) {}

  void Run() {
    const std::vector<resource::YamlPart> parts = resource::SplitYaml(text_);
    if (parts.empty()) return Fail({}, "the file is empty");
    for (const resource::YamlPart& part : parts) {
      resource::TreeResult tree =
          resource::ReadYaml(text_.substr(part.offset, part.size), part.line_offset, Limits());
      if (!tree.errors.empty()) faults.push_back(tree.errors[0]);
      for (TextError& key : tree.repeated) repeated.push_back(std::move(key));
      for (Node& document : tree.documents) Look(document, /*top=*/true);
    }
    if (found.empty()) Fail({}, "the file holds no document");
  }

  // Why nothing was found.
  const TextError& Reason() const { return faults.empty() ? reasons_[0] : faults[0]; }

  std::vector<Node> found;
  std::vector<TextError> faults;    // of the text
  std::vector<TextError> repeated;  // keys

 private:
  void Fail(const Position& at, std::string message) { reasons_.push_back({at, std::move(message)}); }

  // Nesting is bounded by the reader.
  void Look(Node& node, bool top) {
    const bool takes_all = top && included_ && node.type == Node::Type::kMap;
    if (takes_all || (top && IsConfiguration(node)) || resource::Find(node, "model_list") != nullptr) {
      found.push_back(std::move(node));
      return;
    }
    const size_t found_before = found.size();
    for (Node& item : node.items) Look(item, false);
    for (Node::Entry& entry : node.entries) Look(entry.value, false);
    if (IsText(node)) LookInside(node);
    if (!top || found.size() > found_before) return;
    Fail(node.at, node.type == Node::Type::kMap ? "there is no `model_list`: not a LiteLLM configuration"
                                                : "a map with `model_list` is expected here");
  }

  // A text that is a configuration, as a ConfigMap has it.
  void LookInside(const Node& text) {
    if (text.text.find("model_list") == std::string::npos || text.text.find('\n') == std::string::npos)
      return;
    const bool block = IsBlock(text.at);
    const int lines_before = block ? text.at.line : text.at.line - 1;
    resource::TreeResult tree = resource::ReadYaml(text.text, lines_before, Limits());
    if (!tree.errors.empty()) {
      faults.push_back({block ? tree.errors[0].at : text.at, tree.errors[0].message});
      return;
    }
    for (Node& document : tree.documents) {
      if (!IsConfiguration(document)) continue;
      if (!block) Pin(text.at, document);
      for (TextError& key : tree.repeated) repeated.push_back(std::move(key));
      found.push_back(std::move(document));
    }
  }

  // Whether a literal or folded text begins at a place; its lines are lines of the file.
  bool IsBlock(const Position& at) const {
    size_t begin = 0;
    for (int line = 1; line < at.line && begin < text_.size(); ++line)
      begin = std::min(text_.find('\n', begin), text_.size() - 1) + 1;
    const size_t mark = begin + static_cast<size_t>(at.column) - 1;
    return mark < text_.size() && (text_[mark] == '|' || text_[mark] == '>');
  }

  const std::string_view text_;
  const bool included_;
  std::vector<TextError> reasons_;
};

// Why the bytes are no text to read.
absl::Status CheckBytes(const ImportFile& file) {
  if (file.text.size() > kMaxLiteLlmBytes) {
    return FileFault(
        file, {},
        absl::StrCat("the file has ", file.text.size(), " bytes; at most ", kMaxLiteLlmBytes, " are read"));
  }
  const size_t bad = base::FirstBadByte(file.text);
  if (bad == std::string::npos) return absl::OkStatus();
  const auto end = file.text.begin() + static_cast<std::ptrdiff_t>(bad);
  const int line = 1 + static_cast<int>(std::count(file.text.begin(), end, '\n'));
  return FileFault(file, {line, 1}, "not UTF-8 text; save the file as UTF-8");
}

absl::StatusOr<Node> OnlyOne(const ImportFile& file, Finder finder, std::vector<ImportNote>& notes) {
  if (finder.found.empty()) return FileFault(file, finder.Reason().at, finder.Reason().message);
  if (finder.found.size() > 1) {
    return FileFault(file, finder.found[1].at,
                     absl::StrCat("a second configuration begins here, the first in line ",
                                  finder.found[0].at.line, "; import each from a file of its own"));
  }
  if (finder.repeated.size() > kMaxRepeatedNoted) finder.repeated.resize(kMaxRepeatedNoted);
  for (TextError& key : finder.repeated)
    notes.push_back({ImportNote::Kind::kInfo, file.path, key.at.line, std::move(key.message)});
  for (TextError& error : finder.faults)
    notes.push_back({ImportNote::Kind::kSkipped, file.path, error.at.line, std::move(error.message)});
  return std::move(finder.found[0]);
}

}  // namespace

absl::Status FileFault(const ImportFile& file, const Position& at, std::string_view what) {
  return base::Error(base::reason::FileInvalid{.file = file.path},
                     absl::StrCat(file.path, ":", at.line, ":", at.column, ": ", std::string(what)));
}

absl::StatusOr<Node> FindConfiguration(const ImportFile& file, std::vector<ImportNote>& notes) {
  if (absl::Status status = CheckBytes(file); !status.ok()) return status;
  Finder plain(file.text, file.included);
  plain.Run();
  if (plain.faults.empty() || !HasActions(file.text)) return OnlyOne(file, std::move(plain), notes);
  const std::string text = WithoutActions(file.text);
  Finder filled(text, file.included);
  filled.Run();
  if (filled.found.empty()) return OnlyOne(file, std::move(plain), notes);
  notes.push_back({ImportNote::Kind::kInfo, file.path, 1,
                   "the file is a template: what is inside `{{ }}` is not known here, and lines under a "
                   "condition are read as if it held"});
  return OnlyOne(file, std::move(filled), notes);
}

}  // namespace linchpin::importers
