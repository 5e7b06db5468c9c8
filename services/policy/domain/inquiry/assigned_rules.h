// The rules of all assignments, one after another, with what becomes of their scopes' outcomes.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_ASSIGNED_RULES_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_ASSIGNED_RULES_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/finding.pb.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/findings/outcome_watch.h"
#include "services/policy/domain/inquiry/questions.h"
#include "services/policy/domain/inquiry/scope_outcome.h"

namespace linchpin::policy {

// The `place`th rule of a policy under its assignment. The policy must outlive it.
struct AssignedRule {
  const BoundPolicy* policy = nullptr;
  size_t place = 0;

  const BoundRule& rule() const { return policy->rules[place]; }
};

std::vector<const BoundRule*> BoundRulesOf(const std::vector<AssignedRule>& rules);

// By scope: the subjects that `watch` watches under some rule of it, ascending. `questions` are those of
// `rules`.
std::vector<std::vector<std::string_view>> WatchedBy(const Questions& questions,
                                                     const std::vector<AssignedRule>& rules,
                                                     const OutcomeWatch& watch);
// Notes how the rule has come out for those.
void NoteWatched(const AssignedRule& rule, const ScopeOutcome& outcome, OutcomeWatch& watch);

// What the rules have found, in their order; `outcomes` are those of their scopes, by rule.
std::vector<v1::Finding> FindingsOf(const std::vector<AssignedRule>& rules,
                                    const std::vector<const ScopeOutcome*>& outcomes, int threads);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_ASSIGNED_RULES_H_
