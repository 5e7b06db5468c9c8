// The answer of GetImportance.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_IMPORTANCE_REPORT_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_IMPORTANCE_REPORT_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "linchpin/risk/v1/importance.pb.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// The chances of atoms for which a request gives none.
struct DefaultChances {
  std::string table;    // Name of the table of hazards; empty: there is none, and a request must give all.
  std::string version;  // Its version.
  // That the atom is lost within a year.
  std::function<double(engine::AtomClass, std::string_view key)> chance;
};

// By the rates of a table: 1 - exp(-rate); 1 for what happens on a date within the year, 0 for a later one.
DefaultChances DefaultsOf(HazardSet hazards);

// Fills all of `response` but `inventory`.
// Errors: INVALID_ARGUMENT, FIELD_INVALID; NOT_FOUND, TARGET_NOT_FOUND; RESOURCE_EXHAUSTED, LIMIT_REACHED,
//   where not even the levels with nothing lost can be found; CANCELLED once `cancelled` returns true (null:
//   never).
// Cost: that of FindImportance in each reading.
absl::Status ReportImportance(Analysis& analysis, const linchpin::risk::v1::GetImportanceRequest& request,
                              const DefaultChances& defaults, const std::function<bool()>& cancelled,
                              linchpin::risk::v1::GetImportanceResponse& response);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_IMPORTANCE_REPORT_H_
