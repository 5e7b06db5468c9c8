// The files of one import.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/inventory/importers/import.h"

namespace linchpin::cli {

// Reads the files at `paths`, each with its id of `gateways` (empty: made from the paths), and those beside
// them that they include. `-` is `in`. Errors: wrong usage where there are ids for some files only; those of
// ReadText.
absl::StatusOr<std::vector<importers::ImportFile>> ReadImportFiles(const std::vector<std::string>& paths,
                                                                   const std::vector<std::string>& gateways,
                                                                   std::istream& in);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_IMPORT_FILES_H_
