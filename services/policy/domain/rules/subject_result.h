// What a rule says of one subject.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_RESULT_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/policy/v1/finding.pb.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/policy/domain/binding/message_template.h"
#include "services/policy/domain/findings/fingerprint.h"
#include "services/policy/domain/rules/missing_fact.h"

namespace linchpin::policy {

// Bounds of an explanation.
inline constexpr int kFactsMax = 64;
inline constexpr int kPathsMax = 20;
inline constexpr int kRelatedMax = 20;
inline constexpr int kNearMissesMax = 64;

// One violation with what led to it.
struct Violation {
  Discriminators discriminators;
  std::vector<std::string> related;
  v1::Explanation explanation;  // Facts, paths, measure, near misses; no revisions.
  MessageEvidence evidence;
  bool likely = false;  // It rests on likely facts.
};

// Will findings of them, under the same rule and of the same subject, be the same?
bool SayTheSame(const Violation& a, const Violation& b);

struct SubjectResult {
  v1::Outcome outcome = v1::OUTCOME_PASS;
  // Likely facts decide it: a PASS that is not proven, or a VIOLATION of which nothing is.
  bool likely = false;
  MissingFacts missing;         // Of INDETERMINATE: in order, each once.
  int64_t violation_count = 0;  // Of VIOLATION.
  std::vector<Violation>
      violations;  // All of them, by discriminators, if an explanation was asked for; else empty.
  // Of VIOLATION: unknown facts leave it open whether there are more.
  bool open = false;
  // Of a figure that is INDETERMINATE: the measure with its bounds.
  std::optional<v1::Explanation::Measure> indeterminate;
  std::string error;  // Of ERROR.
  // The instant from which the result may differ with no change of any fact.
  std::optional<absl::Time> due;
  // Of a PASS: until when it passes, if no fact changes; nothing: forever.
  std::optional<absl::Time> passes_until;
};

// The earlier one; nothing is later than anything.
inline void TakeEarlier(std::optional<absl::Time>& due, const std::optional<absl::Time>& other) {
  if (other && (!due || *other < *due)) due = other;
}

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SUBJECT_RESULT_H_
