#include "services/cli/import/import_files.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "services/cli/client/errors.h"
#include "services/cli/files.h"
#include "services/cli/flags/arguments.h"
#include "services/inventory/importers/litellm/import_litellm.h"

namespace linchpin::cli {
namespace {

namespace fs = std::filesystem;
using importers::ImportFile;

constexpr size_t kFilesMax = 1000;  // with those that others include

bool Has(const std::vector<ImportFile>& files, const std::string& path) {
  return std::any_of(files.begin(), files.end(), [&](const ImportFile& file) {
    return fs::path(file.path).lexically_normal().string() == path;
  });
}

// Appends what a file includes and nobody has read.
absl::Status AddIncluded(size_t of, std::istream& in, std::vector<ImportFile>& files) {
  for (const std::string& path : importers::IncludedPaths(files[of])) {
    std::error_code error;
    if (Has(files, path) || !fs::is_regular_file(path, error) || files.size() == kFilesMax) continue;
    absl::StatusOr<FileText> file = ReadText(path, in, importers::kMaxLiteLlmBytes);
    if (!file.ok()) return file.status();
    files.push_back({file->name, std::move(file->text), "", /*included=*/true});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<ImportFile>> ReadImportFiles(const std::vector<std::string>& paths,
                                                        const std::vector<std::string>& gateways,
                                                        std::istream& in) {
  if (!gateways.empty() && gateways.size() != paths.size()) {
    return UsageError("give --gateway once for each file, in their order");
  }
  std::vector<ImportFile> files;
  for (size_t i = 0; i < paths.size(); ++i) {
    absl::StatusOr<FileText> file = ReadText(paths[i], in, importers::kMaxLiteLlmBytes);
    if (!file.ok()) return file.status();
    files.push_back({file->name, std::move(file->text), gateways.empty() ? "" : gateways[i]});
  }
  for (size_t i = 0; i < files.size(); ++i) {
    if (absl::Status status = AddIncluded(i, in, files); !status.ok()) return status;
  }
  return files;
}

}  // namespace linchpin::cli
