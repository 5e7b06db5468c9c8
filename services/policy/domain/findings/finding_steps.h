// The steps that findings take from one state to the next, with what is kept of each.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_STEPS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_STEPS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "services/policy/domain/findings/finding_record.h"

namespace linchpin::policy {

// How many transitions of a finding are kept, the newest.
inline constexpr int kTransitionsMax = 64;
// Of the reason of a transition, in bytes.
inline constexpr size_t kReasonBytesMax = 512;

// What an evaluation, a waiver or an acknowledgement does to the findings that were there.
struct LifecycleStep {
  FindingMap findings;  // All that there are now. Unchanged ones are the same objects as before.
  std::vector<FindingPointer> changed;  // To be written, by name, each once.
  std::vector<std::string> forgotten;   // To be deleted, by name.
  int64_t opened = 0;                   // New ones and reopened ones.
  int64_t resolved = 0;
};

// Who did it and why; nobody where the facts, the rules or the time did.
struct Cause {
  std::string principal;
  std::string reason;
};

// Appends a transition from `from` to what the record is now, at `time`.
void AddTransition(FindingRecord& record, v1::Finding::State from, const Cause& cause, absl::Time time,
                   const ComputedAt& at);

// A finding that is found, with the one of that name before (null: there was none). An unchanged one is the
// same object, unless it has not been written for `last_seen_every`.
FindingPointer Found(FindingRecord found, const FindingPointer& old, absl::Duration last_seen_every,
                     LifecycleStep& step);

// A finding that is no longer found, `seen` last.
FindingRecord Resolved(const FindingRecord& old, v1::Finding::ResolvedReason reason, absl::Time seen,
                       const ComputedAt& at);

// Puts a new version of a finding into the step.
void Put(FindingRecord record, LifecycleStep& step);
// Brings what has changed into order, of each finding the last version.
void Settle(LifecycleStep& step);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_FINDING_STEPS_H_
