// Faults of documents under the paths of the request that holds them.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FAULT_PATHS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FAULT_PATHS_H_

#include <string>

#include "absl/status/status.h"

namespace linchpin::policy {

// Begins the paths of an assignment's faults among those of its policy.
inline constexpr char kAssignmentPath[] = "assignment.";

// Of an error of BindPolicy: paths into the assignment and into its policy under different prefixes.
absl::Status UnderPrefixes(const absl::Status& status, const std::string& assignment,
                           const std::string& policy);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_FAULT_PATHS_H_
