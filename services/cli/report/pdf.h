// A page printed to PDF by a browser.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_PDF_H_
#define LINCHPIN_SERVICES_CLI_REPORT_PDF_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace linchpin::cli {

// The first program of these names in a list of folders as PATH holds; nothing if there is none.
std::optional<std::string> FindProgram(const std::vector<std::string>& names, const std::string& path);

// The page as PDF, on A4 as its style sheet says. Runs Chromium, found in `path` (as PATH), without a window
// and in a folder of its own, which is removed.
// Errors: FAILED_PRECONDITION, NO_BROWSER, where there is none; FILE_NOT_WRITABLE, where it fails or takes
//   longer than `patience`.
absl::StatusOr<std::string> PrintToPdf(const std::string& page, const std::string& path,
                                       absl::Duration patience = absl::Minutes(2));

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_PDF_H_
