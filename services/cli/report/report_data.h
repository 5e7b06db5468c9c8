// What a report tells, gathered from the services.
#ifndef LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_
#define LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/risk/v1/concentration.pb.h"
#include "linchpin/risk/v1/score.pb.h"
#include "linchpin/risk/v1/simulation.pb.h"
#include "linchpin/risk/v1/sweep.pb.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// One thing that would lower a score.
struct Decision {
  std::string application;
  double score = 0;  // Of the application, now.
  risk::v1::Weakness weakness;
};

struct ReportData {
  std::string date;  // YYYY-MM-DD, UTC.
  risk::v1::GetConcentrationResponse concentration;
  risk::v1::ListScoresResponse scores;
  risk::v1::SweepResult sweep;  // Without what only the home countries could do.
  // The atom of the sweep that certainly loses most, simulated for a week. Absent if nothing is certainly
  // lost.
  std::optional<risk::v1::SimulateCutoffResponse> worst;
  std::vector<Decision> decisions;            // Those that lower a score most, most first, at most three.
  std::vector<policy::v1::Finding> findings;  // The gravest five.
  int64_t finding_count = 0;
  bool has_policies = true;  // False if the server evaluates none.
};

// Asks Risk and Policy, all at the revision of the first answer or later. `home`: countries, may be empty.
// Errors: those of the services; FAILED_PRECONDITION if the inventory holds no application.
absl::StatusOr<ReportData> ReadReport(Client& client, const std::vector<std::string>& home,
                                      const std::string& date);

// The cutoff that loses the atom of that key, "vendor:openai"; nothing for a key of another form.
std::optional<risk::v1::Cutoff> CutoffOfAtom(const std::string& key);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_REPORT_REPORT_DATA_H_
