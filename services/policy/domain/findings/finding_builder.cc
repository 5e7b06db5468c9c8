#include "services/policy/domain/findings/finding_builder.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"

namespace linchpin::policy {
namespace {

std::string Plural(int64_t count, const char* word) {
  return absl::StrCat(count, " ", word, count == 1 ? "" : "s");
}

// What decides the order of nearly all findings without a look at them, which lie apart in memory.
struct SortKey {
  int severity = 0;  // Gravest first.
  uint64_t name_start = 0;
  size_t place = 0;
};

// The first bytes of the fingerprint in a name, as a number of the same order. Every name begins with
// `findings/`.
uint64_t NameStart(std::string_view name) {
  constexpr size_t kPrefix = std::string_view("findings/").size();
  uint64_t start = 0;
  for (size_t i = kPrefix; i < kPrefix + sizeof(start); ++i)
    start = start << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0);
  return start;
}

}  // namespace

v1::Finding NewFinding(v1::Finding::Type type, v1::Severity severity, std::string_view assignment,
                       std::string_view policy, std::string_view rule, std::string_view subject,
                       const Discriminators& discriminators) {
  v1::Finding finding;
  finding.set_name("findings/" + Fingerprint(assignment, policy, rule, subject, discriminators));
  finding.set_assignment(std::string(assignment));
  finding.set_policy(std::string(policy));
  finding.set_rule(std::string(rule));
  finding.set_type(type);
  finding.set_severity(severity);
  finding.set_certainty(v1::CERTAINTY_PROVEN);
  finding.set_subject(std::string(subject));
  for (const auto& [key, value] : discriminators) (*finding.mutable_discriminators())[key] = value;
  return finding;
}

v1::Severity OneStepBelow(v1::Severity severity) {
  return severity <= v1::SEVERITY_INFO ? v1::SEVERITY_INFO : static_cast<v1::Severity>(severity - 1);
}

v1::Finding ViolationFinding(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject,
                             Violation violation) {
  const v1::Severity severity = violation.likely ? OneStepBelow(rule.severity) : rule.severity;
  v1::Finding finding = NewFinding(v1::Finding::TYPE_VIOLATION, severity, policy.assignment, policy.policy,
                                   rule.id, subject, violation.discriminators);
  if (violation.likely) finding.set_certainty(v1::CERTAINTY_LIKELY);
  for (std::string& related : violation.related) finding.add_related(std::move(related));
  auto& texts = violation.evidence.texts;
  texts["subject"] = std::string(subject);
  texts["rule"] = rule.id;
  texts["policy"] = policy.policy;
  texts["assignment"] = policy.assignment;
  finding.set_message(rule.message.Render(violation.evidence, policy.parameters));
  if (violation.likely) finding.set_message(CutText("probably: " + finding.message(), kMessageBytesMax));
  *finding.mutable_explanation() = std::move(violation.explanation);
  finding.set_remediation(rule.remediation);
  return finding;
}

v1::Finding ErrorFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                         v1::Severity severity, std::string_view what,
                         const std::vector<std::string_view>& subjects, int64_t count) {
  v1::Finding finding =
      NewFinding(v1::Finding::TYPE_EVALUATION_ERROR, severity, assignment, policy, rule, policy, {});
  std::string message = "rule " + std::string(rule) + " could not be evaluated";
  if (count > 0) message += " for " + Plural(count, "subject");
  finding.set_message(CutText(message + ": " + std::string(what), kMessageBytesMax));
  for (const std::string_view subject : subjects) finding.add_related(std::string(subject));
  return finding;
}

std::vector<v1::Finding> FindingsOf(const BoundPolicy& policy, const BoundRule& rule,
                                    const ScopeOutcome& outcome) {
  std::vector<v1::Finding> findings;
  findings.reserve(static_cast<size_t>(outcome.kept_count) + 1);
  for (const ScopeOutcome::Kept& kept : outcome.kept) {
    for (const Violation& violation : kept.violations)
      findings.push_back(ViolationFinding(policy, rule, kept.subject, violation));
  }
  if (outcome.violations > outcome.kept_count) {
    findings.push_back(SummaryFinding(policy.assignment, policy.policy, rule.id, rule.severity,
                                      outcome.kept_count, outcome.violations));
  }
  const int64_t errors = outcome.counts[v1::OUTCOME_ERROR];
  if (errors > 0) {
    findings.push_back(ErrorFinding(policy.assignment, policy.policy, rule.id, rule.severity, outcome.error,
                                    outcome.error_subjects, errors));
  }
  return findings;
}

v1::Finding SummaryFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                           v1::Severity severity, int64_t kept, int64_t total) {
  // An error of the same rule has the same subject: the discriminator keeps the two apart.
  v1::Finding finding = NewFinding(v1::Finding::TYPE_SUMMARY, severity, assignment, policy, rule,
                                   policy.empty() ? assignment : policy, {{"summary", "truncated"}});
  finding.set_message(
      absl::StrCat(total, " findings in all; the first ", kept, " are kept, the rest is truncated"));
  return finding;
}

void SortGravestFirst(std::vector<v1::Finding>& findings) {
  std::vector<SortKey> order(findings.size());
  for (size_t i = 0; i < findings.size(); ++i)
    order[i] = {-findings[i].severity(), NameStart(findings[i].name()), i};
  std::sort(order.begin(), order.end(), [&](const SortKey& a, const SortKey& b) {
    if (a.severity != b.severity) return a.severity < b.severity;
    if (a.name_start != b.name_start) return a.name_start < b.name_start;
    return findings[a.place].name() < findings[b.place].name();
  });
  std::vector<v1::Finding> sorted(findings.size());
  for (size_t i = 0; i < findings.size(); ++i) sorted[i].Swap(&findings[order[i].place]);
  findings = std::move(sorted);
}

}  // namespace linchpin::policy
