#include "services/cli/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <unordered_map>

#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/base/text.h"
#include "services/cli/client/errors.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
using base::Cat;
using resource::Document;

constexpr size_t kFilesMax = 10'000;
constexpr std::string_view kTests = "_test.yaml";

absl::Status CannotRead(const std::string& path, const std::string& why) {
  std::error_code error;
  const bool there = path == "-" || fs::exists(path, error);
  const std::string message = Cat({path, ": ", why});
  if (!there) return base::Error(base::reason::FileNotFound{.file = path}, message);
  return base::Error(base::reason::FileInvalid{.file = path}, message);
}

// Why a file is refused; the size is that of the file system, and unknown of a stream.
std::string TooLarge(const std::string& path, size_t bytes_max) {
  std::error_code error;
  const auto size = path == "-" ? static_cast<std::uintmax_t>(-1) : fs::file_size(path, error);
  const bool known = !error && size != static_cast<std::uintmax_t>(-1) && size > bytes_max;
  return Cat({"has ", known ? std::to_string(size) : Cat({"more than ", std::to_string(bytes_max)}),
              " bytes; at most ", std::to_string(bytes_max), " are read: split it"});
}

// The resource files below a folder, by name.
absl::StatusOr<std::vector<std::string>> FilesBelow(const std::string& folder) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string extension = it->path().extension().string();
    const bool wanted =
        extension == ".yaml" || extension == ".yml" || extension == ".json" || extension == ".jsonl";
    // Tests of policies lie beside them and are no resources.
    const std::string path = it->path().string();
    const bool test =
        path.size() > kTests.size() && path.compare(path.size() - kTests.size(), kTests.size(), kTests) == 0;
    if (wanted && !test && it->is_regular_file(error)) paths.push_back(path);
    if (paths.size() > kFilesMax) return CannotRead(folder, "holds more than 10000 files");
  }
  if (error) return CannotRead(folder, error.message());
  std::sort(paths.begin(), paths.end());
  if (paths.empty()) return CannotRead(folder, "holds no .yaml, .yml, .json or .jsonl file");
  return paths;
}

absl::StatusOr<std::vector<std::string>> Expand(const std::vector<std::string>& given) {
  std::vector<std::string> paths;
  for (const std::string& path : given) {
    std::error_code error;
    if (path == "-" || !fs::is_directory(path, error)) {
      paths.push_back(path);
      continue;
    }
    absl::StatusOr<std::vector<std::string>> below = FilesBelow(path);
    if (!below.ok()) return below.status();
    paths.insert(paths.end(), below->begin(), below->end());
  }
  return paths;
}

}  // namespace

const std::string& Loaded::TextOf(const Document& document) const {
  static const std::string empty;
  for (const FileText& file : files) {
    if (file.name == document.file) return file.text;
  }
  return empty;
}

absl::StatusOr<FileText> ReadText(const std::string& path, std::istream& in, size_t bytes_max) {
  std::string text;
  std::ifstream file;
  std::istream* source = &in;
  if (path != "-") {
    std::error_code error;
    if (fs::is_directory(path, error)) return CannotRead(path, "is a folder");
    file.open(path, std::ios::binary);
    if (!file) return CannotRead(path, std::strerror(errno));
    source = &file;
  }
  std::string block(1 << 16, '\0');
  while (source->read(block.data(), static_cast<std::streamsize>(block.size())) || source->gcount() > 0) {
    text.append(block, 0, static_cast<size_t>(source->gcount()));
    if (text.size() > bytes_max) {
      return CannotRead(path, TooLarge(path, bytes_max));
    }
  }
  if (source->bad()) return CannotRead(path, "cannot be read completely");
  return FileText{path == "-" ? "<stdin>" : path, std::move(text)};
}

absl::StatusOr<Loaded> LoadFiles(const std::vector<std::string>& given, std::istream& in, bool partial) {
  absl::StatusOr<std::vector<std::string>> paths = Expand(given);
  if (!paths.ok()) return paths.status();
  Loaded loaded;
  std::vector<resource::FileError> errors;
  std::unordered_map<std::string, std::pair<std::string, int>> seen;
  resource::ReadLimits limits;
  limits.partial = partial;
  for (const std::string& path : *paths) {
    absl::StatusOr<FileText> file = ReadText(path, in, limits.file_bytes);
    if (!file.ok()) return file.status();
    std::vector<resource::FileError> found = resource::ReadDocuments(
        file->name, file->text,
        [&](Document document) {
          const auto [it, fresh] = seen.emplace(document.name(), std::pair(document.file, document.at.line));
          if (!fresh) {
            errors.push_back({document.file, document.at,
                              Cat({"`", document.name(), "` is already at ", it->second.first, ":",
                                   std::to_string(it->second.second), "; keep one of them"})});
          }
          loaded.documents.push_back(std::move(document));
        },
        limits);
    errors.insert(errors.end(), found.begin(), found.end());
    loaded.files.push_back(*std::move(file));
  }
  if (!errors.empty()) return FileProblems(errors);
  return loaded;
}

std::vector<size_t> ReferenceOrder(const std::vector<const Document*>& documents) {
  std::unordered_map<std::string, size_t> by_name;
  for (size_t i = 0; i < documents.size(); ++i) by_name.emplace(documents[i]->name(), i);
  // Kahn's walk over "waits for" edges inside the set.
  std::vector<std::vector<size_t>> followers(documents.size());
  std::vector<size_t> waits(documents.size(), 0);
  for (size_t i = 0; i < documents.size(); ++i) {
    for (const resource::Reference& reference : resource::References(*documents[i]->resource)) {
      const auto target = by_name.find(reference.target);
      if (target == by_name.end() || target->second == i) continue;
      followers[target->second].push_back(i);
      ++waits[i];
    }
  }
  std::map<std::pair<size_t, size_t>, size_t> ready;  // by place of the kind, then by place given
  auto place = [&](size_t i) {
    const auto& kinds = resource::Kinds();
    const auto at = std::find(kinds.begin(), kinds.end(), documents[i]->kind);
    return std::pair(static_cast<size_t>(at - kinds.begin()), i);
  };
  for (size_t i = 0; i < documents.size(); ++i) {
    if (waits[i] == 0) ready.emplace(place(i), i);
  }
  std::vector<size_t> order;
  std::vector<bool> done(documents.size(), false);
  while (!ready.empty()) {
    const size_t next = ready.begin()->second;
    ready.erase(ready.begin());
    order.push_back(next);
    done[next] = true;
    for (size_t follower : followers[next]) {
      if (--waits[follower] == 0) ready.emplace(place(follower), follower);
    }
  }
  // What is left waits for itself in a circle; the server says so.
  for (size_t i = 0; i < documents.size(); ++i) {
    if (!done[i]) order.push_back(i);
  }
  return order;
}

std::string PlaceOf(const Loaded& loaded, const Document& document, const std::string& path) {
  const resource::Position at = resource::Locate(loaded.TextOf(document), document, path);
  return Cat({document.file, ":", std::to_string(at.line), ":", std::to_string(at.column)});
}

}  // namespace linchpin::cli
