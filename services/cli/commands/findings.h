// Reading findings page by page.
#ifndef LINCHPIN_SERVICES_CLI_COMMANDS_FINDINGS_H_
#define LINCHPIN_SERVICES_CLI_COMMANDS_FINDINGS_H_

#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// Findings in the order of the server, gravest first, at most `limit` (0: all), and how many there are.
struct FindingList {
  std::vector<linchpin::policy::v1::Finding> findings;
  int64_t total = 0;
  std::string next_page_token;  // where to go on, if the limit cut it short
  linchpin::common::v1::Snapshot inventory;
  bool policies_behind = false;  // Policies have been changed that are not evaluated yet.
};
absl::StatusOr<FindingList> ReadFindings(Client& client, linchpin::policy::v1::ListFindingsRequest request,
                                         int64_t limit);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_COMMANDS_FINDINGS_H_
