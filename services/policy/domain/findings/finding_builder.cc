#include "services/policy/domain/findings/finding_builder.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace linchpin::policy {
namespace {

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
  finding.set_subject(std::string(subject));
  for (const auto& [key, value] : discriminators) (*finding.mutable_discriminators())[key] = value;
  return finding;
}

// Of a data gap.
Discriminators DiscriminatorsOf(const MissingFact& fact) {
  if (fact.beyond_depth) return {{"limit", "max_depth"}};
  return {{"fact", fact.path}};
}

std::string Plural(int64_t count, const char* word) {
  return absl::StrCat(count, " ", word, count == 1 ? "" : "s");
}

}  // namespace

v1::Severity OneStepBelow(v1::Severity severity) {
  return severity <= v1::SEVERITY_INFO ? v1::SEVERITY_INFO : static_cast<v1::Severity>(severity - 1);
}

v1::Finding ViolationFinding(const BoundPolicy& policy, const BoundRule& rule, std::string_view subject,
                             Violation violation) {
  v1::Finding finding = NewFinding(v1::Finding::TYPE_VIOLATION, rule.severity, policy.assignment,
                                   policy.policy, rule.id, subject, violation.discriminators);
  for (std::string& related : violation.related) finding.add_related(std::move(related));
  auto& texts = violation.evidence.texts;
  texts["subject"] = std::string(subject);
  texts["rule"] = rule.id;
  texts["policy"] = policy.policy;
  texts["assignment"] = policy.assignment;
  finding.set_message(rule.message.Render(violation.evidence, policy.parameters));
  *finding.mutable_explanation() = std::move(violation.explanation);
  finding.set_remediation(rule.remediation);
  return finding;
}

v1::Finding ErrorFinding(std::string_view assignment, std::string_view policy, std::string_view rule,
                         v1::Severity severity, std::string_view what,
                         const std::vector<std::string>& subjects, int64_t count) {
  v1::Finding finding =
      NewFinding(v1::Finding::TYPE_EVALUATION_ERROR, severity, assignment, policy, rule, policy, {});
  std::string message = "rule " + std::string(rule) + " could not be evaluated";
  if (count > 0) message += " for " + Plural(count, "subject");
  finding.set_message(CutText(message + ": " + std::string(what), kMessageBytesMax));
  for (const std::string& subject : subjects) finding.add_related(subject);
  return finding;
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

void DataGaps::Add(const BoundRule& rule, std::string_view subject, const SubjectResult& result) {
  for (const MissingFact& fact : result.missing) {
    Gap& gap = gaps_[fact];
    gap.severity = std::max(gap.severity, OneStepBelow(rule.severity));
    gap.rules.insert(rule.id);
    if (!gap.undecided) gap.undecided = result.undecided;
    ++gap.subject_count;
    if (gap.subjects.size() < kRelatedMax &&
        std::find(gap.subjects.begin(), gap.subjects.end(), subject) == gap.subjects.end()) {
      gap.subjects.emplace_back(subject);
    }
  }
}

DataGapFindings DataGaps::Findings(const World& world, const BoundPolicy& policy, int64_t findings_max,
                                   const FindingMap* asked) const {
  std::vector<const Entry*> order;
  for (const auto& gap : gaps_) order.push_back(&gap);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto* a, const auto* b) { return a->second.severity > b->second.severity; });
  DataGapFindings findings;
  const auto total = static_cast<int64_t>(order.size());
  if (total > findings_max) {
    findings.kept.push_back(
        SummaryFinding(policy.assignment, "", "", order.front()->second.severity, findings_max, total));
    for (int64_t i = findings_max; asked != nullptr && !asked->empty() && i < total; ++i) {
      const auto& fact = order[i]->first;
      std::string name =
          "findings/" + Fingerprint(policy.assignment, "", "", fact.resource, DiscriminatorsOf(fact));
      if (asked->contains(name)) findings.cut.insert(std::move(name));
    }
    order.resize(findings_max);
  }
  for (const Entry* entry : order) findings.kept.push_back(FindingOfGap(world, policy.assignment, *entry));
  return findings;
}

v1::Finding DataGaps::FindingOfGap(const World& world, std::string_view assignment, const Entry& entry) {
  const auto& [fact, gap] = entry;
  v1::Finding finding = NewFinding(v1::Finding::TYPE_DATA_GAP, gap.severity, assignment, "", "",
                                   fact.resource, DiscriminatorsOf(fact));
  const std::vector<std::string> rules(gap.rules.begin(), gap.rules.end());
  const std::string which = (rules.size() == 1 ? "rule " : "rules ") + absl::StrJoin(rules, ", ");
  const std::string what = fact.beyond_depth ? "is not followed any further at `max_depth`" : "is unknown";
  finding.set_message(
      CutText(absl::StrCat("`", fact.path, "` of ", fact.resource, " ", what, ", which leaves ", which,
                           " undecided in ", Plural(gap.subject_count, "case")),
              kMessageBytesMax));
  if (fact.beyond_depth) {
    finding.set_remediation(CutText("raise `max_depth` of " + which, kMessageBytesMax));
  } else {
    finding.set_remediation("state `" + fact.path + "` of " + fact.resource +
                            ", or name it in known_none where there is none");
    *finding.mutable_explanation()->add_facts() = world.FactUsed(fact.resource, fact.path, "");
  }
  for (const std::string& subject : gap.subjects) finding.add_related(subject);
  if (gap.undecided) *finding.mutable_explanation()->mutable_measure() = *gap.undecided;
  return finding;
}

void SortGravestFirst(std::vector<v1::Finding>& findings) {
  std::vector<std::pair<int, size_t>> order(findings.size());
  for (size_t i = 0; i < findings.size(); ++i) order[i] = {-findings[i].severity(), i};
  std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : findings[a.second].name() < findings[b.second].name();
  });
  std::vector<v1::Finding> sorted(findings.size());
  for (size_t i = 0; i < findings.size(); ++i) sorted[i].Swap(&findings[order[i].second]);
  findings = std::move(sorted);
}

}  // namespace linchpin::policy
