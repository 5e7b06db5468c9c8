#include "services/inventory/importers/litellm/include.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/inventory/importers/litellm/document.h"
#include "services/inventory/importers/litellm/file_line.h"
#include "services/inventory/importers/litellm/import_litellm.h"

namespace linchpin::importers {
namespace {

using resource::Node;
namespace fs = std::filesystem;

// A file on its way to a gateway.
struct Parsed {
  absl::StatusOr<Node> root;
  std::vector<ImportNote> notes;
  bool is_part = false;  // of another
};

// The names under `include`, with their lines.
std::vector<const Node*> IncludesOf(const Node& root) {
  std::vector<const Node*> names;
  const Node* const include = resource::Find(root, "include");
  if (include == nullptr) return names;
  if (include->type == Node::Type::kPlain || include->type == Node::Type::kQuoted) names.push_back(include);
  for (const Node& item : include->items) {
    if (!item.text.empty()) names.push_back(&item);
  }
  return names;
}

std::string Normal(const fs::path& path) { return path.lexically_normal().string(); }

std::string Beside(const std::string& path, const std::string& name) {
  return Normal(fs::path(path).parent_path() / name);
}

// Brings files together.
class Joiner {
 public:
  Joiner(const std::vector<ImportFile>& files, std::vector<ImportNote>& notes)
      : files_(files), notes_(notes) {}

  absl::StatusOr<std::vector<GatewaySources>> Run() {
    for (const ImportFile& file : files_) parsed_.push_back(Parse(file));
    for (size_t i = 0; i < files_.size(); ++i) MarkParts(i);
    std::vector<GatewaySources> gateways;
    for (size_t i = 0; i < files_.size(); ++i) {
      if (parsed_[i].is_part) continue;
      if (!parsed_[i].root.ok()) return parsed_[i].root.status();
      std::set<size_t> taken;
      GatewaySources sources;
      if (absl::Status status = Take(i, taken, sources); !status.ok()) return status;
      gateways.push_back(std::move(sources));
    }
    return gateways;
  }

 private:
  static Parsed Parse(const ImportFile& file) {
    std::vector<ImportNote> notes;
    absl::StatusOr<Node> root = FindConfiguration(file, notes);
    return {std::move(root), std::move(notes), file.included};
  }

  void MarkParts(size_t i) {
    if (!parsed_[i].root.ok()) return;
    for (const Node* name : IncludesOf(*parsed_[i].root)) {
      const std::optional<size_t> part = Find(files_[i].path, name->text);
      if (part.has_value() && *part != i) parsed_[*part].is_part = true;
    }
  }

  // The file that an include means.
  std::optional<size_t> Find(const std::string& from, const std::string& name) const {
    const std::string beside = Beside(from, name);
    std::optional<size_t> of_name;
    bool several = false;
    for (size_t i = 0; i < files_.size(); ++i) {
      if (Normal(files_[i].path) == beside) return i;
      if (fs::path(files_[i].path).filename() != fs::path(name).filename()) continue;
      several = of_name.has_value();
      of_name = i;
    }
    return several ? std::nullopt : of_name;
  }

  // Appends a file and what it includes; each once.
  absl::Status Take(size_t i, std::set<size_t>& taken, GatewaySources& sources) {
    if (!taken.insert(i).second) return absl::OkStatus();
    if (!parsed_[i].root.ok() && parsed_[i].is_part) {
      ImportFile part = files_[i];
      part.included = true;
      parsed_[i] = Parse(part);
    }
    if (!parsed_[i].root.ok()) return parsed_[i].root.status();
    sources.push_back({&files_[i], *parsed_[i].root});
    for (ImportNote& note : parsed_[i].notes) notes_.push_back(std::move(note));
    parsed_[i].notes.clear();
    for (const Node* name : IncludesOf(*parsed_[i].root)) {
      const std::optional<size_t> part = Find(files_[i].path, name->text);
      if (!part.has_value()) {
        AddNote(ImportNote::Kind::kSkipped, {files_[i].path, name->at.line},
                absl::StrCat("`", name->text,
                             "` is included, but is not among the files and does not lie beside this one: "
                             "its models and settings are missing here"),
                notes_);
      } else if (absl::Status status = Take(*part, taken, sources); !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  const std::vector<ImportFile>& files_;
  std::vector<ImportNote>& notes_;
  std::vector<Parsed> parsed_;
};

}  // namespace

absl::StatusOr<std::vector<GatewaySources>> JoinIncludes(const std::vector<ImportFile>& files,
                                                         std::vector<ImportNote>& notes) {
  return Joiner(files, notes).Run();
}

std::vector<std::string> IncludedPaths(const ImportFile& file) {
  std::vector<ImportNote> notes;
  const absl::StatusOr<Node> root = FindConfiguration(file, notes);
  std::vector<std::string> paths;
  if (!root.ok()) return paths;
  for (const Node* name : IncludesOf(*root)) paths.push_back(Beside(file.path, name->text));
  return paths;
}

}  // namespace linchpin::importers
