// Errors as people and scripts see them.
#ifndef LINCHPIN_SERVICES_CLI_CLIENT_ERRORS_H_
#define LINCHPIN_SERVICES_CLI_CLIENT_ERRORS_H_

#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/resource/document.h"

namespace linchpin::cli {

// Writes `Error: <what> (<REASON>)`, field violations one a line, `Hint: ...`, the request id.
void PrintError(const absl::Status& status, std::string_view command, std::ostream& err);

// The same error with other names of its wrong fields, such as those of flags.
absl::Status RenameFields(const absl::Status& status,
                          const std::function<std::string(const std::string&)>& rename);

// The exit code of an error.
int ExitCodeOf(const absl::Status& status);

// The error of files that cannot be read: one line each.
absl::Status FileProblems(const std::vector<resource::FileError>& errors);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_CLIENT_ERRORS_H_
