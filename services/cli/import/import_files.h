// The files of one import.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_

#include <vector>

#include "absl/status/statusor.h"
#include "services/cli/context.h"
#include "services/inventory/importers/import.h"

namespace linchpin::cli {

// Reads the files that the command names, each with its `--gateway`, and those beside them that they include.
// Errors: wrong usage where there are gateways for some files only; those of ReadText.
absl::StatusOr<std::vector<importers::ImportFile>> ReadImportFiles(Context& context);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_
