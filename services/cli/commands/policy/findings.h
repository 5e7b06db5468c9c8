// Reading findings.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDINGS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// Findings in the order of the server, gravest first, at most `limit` (0: all), and how many there are.
struct FindingList {
  std::vector<linchpin::policy::v1::Finding> findings;
  int64_t total = 0;
  int64_t waived = 0;           // how many more the same request would find WAIVED
  std::string next_page_token;  // where to go on, if the limit cut it short
  linchpin::common::v1::Snapshot inventory;
  bool policies_behind = false;  // Policies have been changed that are not evaluated yet.
};
absl::StatusOr<FindingList> ReadFindings(Client& client, linchpin::policy::v1::ListFindingsRequest request,
                                         int64_t limit);

// The finding whose name or fingerprint begins with what was given, with its transitions. NOT_FOUND; an error
// of usage, if several do.
absl::StatusOr<linchpin::policy::v1::Finding> FindFinding(Client& client, std::string given);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_POLICY_FINDINGS_H_
