// What became of findings since a time: new, worse, better, resolved.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDING_CHANGES_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDING_CHANGES_H_

#include <optional>
#include <string>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// How a finding stands against an earlier time.
enum class Movement { kNew, kWorse, kBetter, kResolved, kSame };

// One finding then and now. At least one of the two is there.
struct FindingChange {
  Movement movement = Movement::kSame;
  std::optional<linchpin::policy::v1::Finding> before;
  std::optional<linchpin::policy::v1::Finding> after;
  std::string why;  // "LOW to HIGH", "0.41 to 0.56"; empty: nothing to add.

  const linchpin::policy::v1::Finding& finding() const { return after ? *after : *before; }
};

// Compares open findings of two times; by movement, then gravest first. What is the same is left out. Worse
// is a higher severity, or at the same one a measure that lies further beyond its limit; better the reverse.
std::vector<FindingChange> CompareFindings(const std::vector<linchpin::policy::v1::Finding>& before,
                                           const std::vector<linchpin::policy::v1::Finding>& after);

// `finding list --since`: `request` says which findings.
absl::StatusOr<int> ListFindingChanges(Context& context,
                                       const linchpin::policy::v1::ListFindingsRequest& request);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDING_CHANGES_H_
