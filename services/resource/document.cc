#include "services/resource/document.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "services/base/text.h"
#include "services/resource/document_reader.h"
#include "services/resource/json/json_reader.h"
#include "services/resource/yaml/yaml_reader.h"

namespace linchpin::resource {
namespace {

// One reading of one file.
class FileReader {
 public:
  FileReader(std::string_view file, std::string_view text, const std::function<void(Document)>& sink,
             const ReadLimits& limits)
      : file_(file), text_(text), sink_(sink), limits_(limits) {}

  std::vector<FileError> Take() { return std::move(errors_); }

  void ReadYamlText() {
    for (const YamlPart& part : SplitYaml(text_)) {
      if (Full()) return;
      TreeResult trees = ReadYaml(text_.substr(part.offset, part.size), part.line_offset, limits_);
      const bool whole = trees.errors.empty();
      for (TextError& error : trees.errors) Add(std::move(error));
      int place = 0;
      for (const Node& root : trees.documents) {
        MessageReader reader(/*json=*/false, limits_.partial);
        std::optional<Document> document = reader.ReadDocument(root);
        for (const TextError& error : reader.errors()) Add(error);
        if (document && whole) Give(*std::move(document), part, place);
        ++place;
      }
    }
  }

  void ReadJsonText() {
    JsonReader reader(text_, limits_);
    const YamlPart all{0, text_.size(), 0};
    for (int place = 0; !Full(); ++place) {
      std::optional<Node> root = reader.Next();
      if (!root) break;
      MessageReader messages(/*json=*/true, limits_.partial);
      std::optional<Document> document = messages.ReadDocument(*root);
      for (const TextError& error : messages.errors()) Add(error);
      if (document) Give(*std::move(document), all, place);
    }
    if (reader.error()) Add(*reader.error());
  }

  void Add(TextError error) {
    if (Full()) return;
    if (errors_.size() == limits_.errors) error.message = "more errors follow; correct these first";
    errors_.push_back({std::string(file_), error.at, std::move(error.message)});
  }

 private:
  bool Full() const { return errors_.size() > limits_.errors; }

  void Give(Document document, const YamlPart& part, int place) {
    document.file = std::string(file_);
    document.offset = part.offset;
    document.size = part.size;
    document.line_offset = part.line_offset;
    document.place = place;
    sink_(std::move(document));
  }

  const std::string_view file_;
  const std::string_view text_;
  const std::function<void(Document)>& sink_;
  const ReadLimits& limits_;
  std::vector<FileError> errors_;
};

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool IsJson(std::string_view file, std::string_view text, FileFormat format) {
  if (format != FileFormat::kByName) return format == FileFormat::kJson;
  if (EndsWith(file, ".json") || EndsWith(file, ".jsonl")) return true;
  if (EndsWith(file, ".yaml") || EndsWith(file, ".yml")) return false;
  const size_t first = text.find_first_not_of(" \t\r\n", text.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0);
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Position PositionAt(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const size_t line_start = before.rfind('\n');
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(line_start == std::string_view::npos ? offset : offset - line_start - 1) + 1};
}

// Why the text cannot be read at all.
std::optional<TextError> Unreadable(std::string_view text, const ReadLimits& limits) {
  if (text.size() > limits.file_bytes) {
    return TextError{{},
                     "has " + std::to_string(text.size()) + " bytes; at most " +
                         std::to_string(limits.file_bytes) + " are read. Split the file"};
  }
  const std::string_view mark = text.substr(0, 2);
  if (mark == "\xFF\xFE" || mark == "\xFE\xFF") return TextError{{}, "is UTF-16; save it as UTF-8"};
  const size_t bad = base::FirstBadByte(text);
  if (bad == std::string_view::npos) return std::nullopt;
  const bool control = static_cast<unsigned char>(text[bad]) < 0x20;
  return TextError{PositionAt(text, bad),
                   control ? "a control character; text files hold none but tab and line ends"
                           : "not UTF-8; save the file as UTF-8"};
}

}  // namespace

std::string FileError::Text() const {
  return base::Cat({file, ":", std::to_string(at.line), ":", std::to_string(at.column), ": ", message});
}

std::vector<FileError> ReadDocuments(std::string_view file, std::string_view text,
                                     const std::function<void(Document)>& sink, const ReadLimits& limits,
                                     FileFormat format) {
  FileReader reader(file, text, sink, limits);
  if (auto error = Unreadable(text, limits)) {
    reader.Add(*error);
  } else if (IsJson(file, text, format)) {
    reader.ReadJsonText();
  } else {
    reader.ReadYamlText();
  }
  return reader.Take();
}

ReadResult ReadAll(std::string_view file, std::string_view text, const ReadLimits& limits) {
  ReadResult result;
  result.errors = ReadDocuments(
      file, text, [&](Document document) { result.documents.push_back(std::move(document)); }, limits);
  return result;
}

Position Locate(std::string_view text, const Document& document, std::string_view path) {
  if (document.offset + document.size > text.size()) return document.at;
  const std::string_view part = text.substr(document.offset, document.size);
  const ReadLimits limits;
  if (!IsJson(document.file, text, FileFormat::kByName)) {
    const TreeResult trees = ReadYaml(part, document.line_offset, limits);
    if (static_cast<size_t>(document.place) >= trees.documents.size()) return document.at;
    return PositionOf(trees.documents[document.place], path);
  }
  JsonReader reader(part, limits);
  for (int place = 0;; ++place) {
    std::optional<Node> root = reader.Next();
    if (!root) return document.at;
    if (place == document.place) return PositionOf(*root, path);
  }
}

}  // namespace linchpin::resource
