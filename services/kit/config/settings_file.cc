#include "services/kit/config/settings_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace linchpin::kit {
namespace {

constexpr size_t kFileMax = 256 * 1024;

absl::Status At(const std::string& path, int line, std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(path, ":", line, ": ", absl::string_view(what.data(), what.size())));
}

absl::StatusOr<FileEntry> EntryOf(const std::string& path, const std::string& key, const YAML::Node& node,
                                  int line) {
  FileEntry entry;
  entry.line = line;
  if (node.IsScalar()) {
    entry.value = node.Scalar();
    return entry;
  }
  if (!node.IsSequence()) return At(path, line, key + " needs a value or a list of values");
  entry.list = true;
  for (const YAML::Node& item : node) {
    if (!item.IsScalar()) return At(path, line, key + " needs a list of plain values");
    absl::StrAppend(&entry.value, entry.value.empty() ? "" : ",", item.Scalar());
  }
  return entry;
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t bytes_max) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read: ", std::strerror(errno)));
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return absl::InvalidArgumentError(absl::StrCat(path, ": cannot be read"));
  text.resize(file.gcount());
  if (text.size() > bytes_max)
    return absl::InvalidArgumentError(absl::StrCat(path, ": is larger than ", bytes_max, " bytes"));
  return text;
}

absl::StatusOr<std::map<std::string, FileEntry>> ReadSettingsFile(const std::string& path) {
  auto text = ReadSmallFile(path, kFileMax);
  if (!text.ok()) return text.status();
  std::map<std::string, FileEntry> entries;
  YAML::Node root;
  try {
    root = YAML::Load(*text);
  } catch (const YAML::Exception& error) {
    return At(path, error.mark.line + 1, error.msg);
  }
  if (root.IsNull()) return entries;
  if (!root.IsMap()) return At(path, root.Mark().line + 1, "expected lines of the form `key: value`");
  for (const auto& pair : root) {
    const int line = pair.first.Mark().line + 1;
    if (!pair.first.IsScalar()) return At(path, line, "a key must be a plain word");
    const std::string key = pair.first.Scalar();
    auto entry = EntryOf(path, key, pair.second, line);
    if (!entry.ok()) return entry.status();
    if (!entries.emplace(key, *std::move(entry)).second) return At(path, line, key + " is given twice");
  }
  return entries;
}

}  // namespace linchpin::kit
