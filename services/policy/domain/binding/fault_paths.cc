#include "services/policy/domain/binding/fault_paths.h"

#include <utility>

#include "services/base/error.h"

namespace linchpin::policy {

absl::Status WithPaths(const absl::Status& status, const std::function<std::string(std::string)>& path) {
  const auto details = base::DetailsOf(status);
  if (!details) return status;
  base::Error error(status.code(), details->reason, std::string(status.message()));
  for (const auto& [key, value] : details->metadata) error.With(key, value);
  for (const auto& violation : details->violations) error.Field(path(violation.field), violation.description);
  return error;
}

absl::Status UnderPrefixes(const absl::Status& status, const std::string& assignment,
                           const std::string& policy) {
  return WithPaths(status, [&](std::string field) {
    const bool of_assignment = field.rfind(kAssignmentPath, 0) == 0;
    return of_assignment ? assignment + field.substr(sizeof(kAssignmentPath) - 1) : policy + field;
  });
}

}  // namespace linchpin::policy
