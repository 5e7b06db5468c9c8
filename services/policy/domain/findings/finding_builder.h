// Makes findings out of what rules say.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/inquiry/scope_outcome.h"
#include "services/policy/domain/rules/subject_result.h"

namespace linchpin::policy {

// The finding of one violation, without revisions and times. One that is only likely is a step less grave.
v1::Finding ViolationFinding(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject,
                             Violation violation);

// All that a rule has found, with what went wrong.
std::vector<v1::Finding> FindingsOf(const BoundPolicy& policy, const BoundRule& rule,
                                    const ScopeOutcome& outcome);

// One for each rule: what went wrong, with up to 20 subjects. `count` is exact.
v1::Finding ErrorFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                         v1::Severity severity, std::string_view what,
                         const std::vector<std::string_view>& subjects, int64_t count);

// Says that a rule has more findings than are kept.
v1::Finding SummaryFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                           v1::Severity severity, int64_t kept, int64_t total);

// A finding without message, explanation, revisions and times; proven, unless said otherwise.
v1::Finding NewFinding(v1::Finding::Type type, v1::Severity severity, std::string_view assignment,
                       std::string_view policy, std::string_view rule, std::string_view subject,
                       const Discriminators& discriminators);

// Gravest first, then by name.
void SortGravestFirst(std::vector<v1::Finding>& findings);

// The severity of what a rule of this severity does not find for certain, only likely or not yet: one step
// less.
v1::Severity OneStepBelow(v1::Severity severity);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_BUILDER_H_
