#include "services/policy/domain/binding/fault_paths.h"

#include "services/base/error.h"

namespace linchpin::policy {

absl::Status UnderPrefixes(const absl::Status& status, const std::string& assignment,
                           const std::string& policy) {
  return base::RenameFields(status, [&](const std::string& path) {
    const bool of_assignment = path.rfind(kAssignmentPath, 0) == 0;
    return of_assignment ? assignment + path.substr(sizeof(kAssignmentPath) - 1) : policy + path;
  });
}

}  // namespace linchpin::policy
