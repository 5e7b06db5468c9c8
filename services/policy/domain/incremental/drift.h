// How what incremental evaluation has come to differs from an evaluation of everything.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DRIFT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DRIFT_H_

#include <string>
#include <vector>

#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/incremental/incremental_evaluation.h"

namespace linchpin::policy {

// What people see of policies at one moment. References must outlive the call.
struct EvaluatedState {
  const FindingMap& findings;
  const std::vector<RuleOutcome>& rules;
  const GapMap& gaps;
  const std::vector<absl::Time>& retirements;
};

// What differs between a state and `full`, an evaluation of everything at the same instant and of the same
// inventory and policies (`retirements` with it), in words that name findings and rules; at most 20. Empty:
// they say the same. Cost: linear in findings, rules and gaps.
std::vector<std::string> DriftFrom(const EvaluatedState& state, const Evaluation& full,
                                   const std::vector<absl::Time>& retirements);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_DRIFT_H_
