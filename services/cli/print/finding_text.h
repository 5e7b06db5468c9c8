// Findings on the terminal; `finding`, `policy check` and `overview` share them.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_FINDING_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_FINDING_TEXT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "linchpin/policy/v1/certainty.pb.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "services/cli/context.h"
#include "services/cli/print/table.h"

namespace linchpin::cli {

// A figure of a rule as people read it: "41.7%" of SHARE, "2512" of HHI.
std::string MeasureText(const std::string& metric, double value);

// How a severity looks.
Table::Cell SeverityCell(linchpin::policy::v1::Severity severity);

// How a certainty looks: "proven", "likely", "open".
Table::Cell CertaintyCell(linchpin::policy::v1::Certainty certainty);

// One line for each: severity, certainty, short id, rule, and what was found, which names the subject.
Table FindingTable(const std::vector<linchpin::policy::v1::Finding>& findings, bool wide);

// The first digits of a finding's fingerprint, which `finding show` takes.
std::string ShortId(const linchpin::policy::v1::Finding& finding);

// All that is known of one: message, measure, facts, paths, near misses, what to do.
void PrintFinding(Context& context, const linchpin::policy::v1::Finding& finding);

// One line of what a watcher sees: when, the state it came to, and what it is.
void PrintWatchLine(Context& context, const linchpin::policy::v1::Finding& finding, bool snapshot);

// To the second, in UTC.
std::string InstantText(google::protobuf::Timestamp time);

// A flag's severity, such as "high".
absl::StatusOr<linchpin::policy::v1::Severity> SeverityOf(std::string_view flag, std::string_view word);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_FINDING_TEXT_H_
