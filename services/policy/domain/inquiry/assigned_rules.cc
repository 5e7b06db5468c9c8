#include "services/policy/domain/inquiry/assigned_rules.h"

#include <algorithm>
#include <iterator>

#include "services/policy/domain/findings/finding_builder.h"
#include "services/policy/domain/inquiry/in_parallel.h"

namespace linchpin::policy {

std::vector<const BoundRule*> BoundRulesOf(const std::vector<AssignedRule>& rules) {
  std::vector<const BoundRule*> bound;
  for (const AssignedRule& rule : rules) bound.push_back(&rule.rule());
  return bound;
}

std::vector<std::vector<std::string_view>> WatchedBy(const Questions& questions,
                                                     const std::vector<AssignedRule>& rules,
                                                     const OutcomeWatch& watch) {
  std::vector<std::vector<std::string_view>> watched;
  for (const Scope& scope : questions.scopes()) {
    std::vector<std::string_view>& subjects = watched.emplace_back();
    for (const size_t rule : scope.rules) {
      const auto more = watch.SubjectsOf(rules[rule].policy->assignment, rules[rule].rule().id);
      subjects.insert(subjects.end(), more.begin(), more.end());
    }
    std::sort(subjects.begin(), subjects.end());
    subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  }
  return watched;
}

void NoteWatched(const AssignedRule& rule, const ScopeOutcome& outcome, OutcomeWatch& watch) {
  watch.Begin(rule.policy->assignment, rule.rule().id);
  for (const ScopeOutcome::Noted& noted : outcome.noted)
    watch.Note(noted.subject, {noted.outcome, noted.open, noted.kept < noted.violations});
}

std::vector<v1::Finding> FindingsOf(const std::vector<AssignedRule>& rules,
                                    const std::vector<const ScopeOutcome*>& outcomes, int threads) {
  std::vector<std::vector<v1::Finding>> found(rules.size());
  InParallel(threads, rules.size(),
             [&](size_t i) { found[i] = FindingsOf(*rules[i].policy, rules[i].rule(), *outcomes[i]); });
  std::vector<v1::Finding> findings;
  for (std::vector<v1::Finding>& of_rule : found)
    std::move(of_rule.begin(), of_rule.end(), std::back_inserter(findings));
  return findings;
}

}  // namespace linchpin::policy
