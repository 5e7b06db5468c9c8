// What a report tells, gathered from the services.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_
#define LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/risk/v1/report.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

struct ReportData {
  linchpin::risk::v1::Report risk;
  std::vector<linchpin::policy::v1::Finding> findings;  // The gravest five.
  int64_t finding_count = 0;
  int64_t accepted_count = 0;  // Waived besides.
  bool has_policies = true;    // False if the server evaluates none.
};

// Asks Risk for all of it at one revision, and Policy for findings of that revision or a later one.
// `progress` is told which part is computed; may be null.
// Errors: those of the services; FAILED_PRECONDITION, EMPTY, if the inventory holds no application.
absl::StatusOr<ReportData> ReadReport(Client& client, const linchpin::risk::v1::GetReportRequest& request,
                                      const std::function<void(std::string_view part)>& progress);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_
