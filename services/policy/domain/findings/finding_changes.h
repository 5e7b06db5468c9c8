// How the findings of two evaluations differ: before a proposed change and after it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_CHANGES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_CHANGES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/replica/view.h"

namespace linchpin::policy {

// A finding that differs.
struct ChangedFinding {
  v1::Finding finding;  // After; of one that is gone or obscured, before.
  // Of one that is there on both sides.
  v1::Severity severity_before = v1::SEVERITY_UNSPECIFIED;
  std::optional<v1::Explanation::Measure> measure_before;
};

// Each list gravest first, then by name.
struct FindingChanges {
  std::vector<ChangedFinding> introduced;
  std::vector<ChangedFinding> worsened;
  std::vector<ChangedFinding> improved;
  std::vector<ChangedFinding> resolved;  // Each with its resolved_reason.
  // No longer found, and nobody can say that they are gone: facts that decide are unknown, the rule ends in
  // an error, or it has more findings than are kept. Those of the first and the last sort have that reason.
  std::vector<ChangedFinding> obscured;
  int64_t unchanged = 0;
};

// The findings of an evaluation as open records, for EvaluationOptions::watch.
FindingMap RecordsOf(const Evaluation& evaluation);

// Compares by name, which is the fingerprint. `previous` are the records of `before`, and `after` has watched
// them. `policies` are those of `after`, `policies_before` those of `before`; `view` is what `after` is of.
//
// A finding is worse if its severity is higher, or at equal severity if its measure lies further beyond its
// limit; a SUMMARY also if it stands for more violations, a data gap if more resources lack the fact.
FindingChanges CompareFindings(const Evaluation& before, const FindingMap& previous, Evaluation after,
                               const PolicySet& policies_before, const PolicySet& policies,
                               const replica::View& view);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_CHANGES_H_
