// The settings file: a flat YAML mapping.
#ifndef LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_FILE_H_
#define LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_FILE_H_

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace linchpin::kit {

struct FileEntry {
  std::string value;  // Elements of a list are joined by commas.
  bool list = false;
  int line = 0;
};

// Keys are not checked against a table here. Errors: INVALID_ARGUMENT, naming file and line.
absl::StatusOr<std::map<std::string, FileEntry>> ReadSettingsFile(const std::string& path);

// All of a small file. Errors: INVALID_ARGUMENT, naming it, if it cannot be read or is larger than
// `bytes_max`.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path, size_t bytes_max);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_CONFIG_SETTINGS_FILE_H_
