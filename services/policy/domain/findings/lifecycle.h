// The life of findings from one evaluation to the next (docs/concepts/policy.md, Life cycle).
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_LIFECYCLE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_LIFECYCLE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/findings/finding_steps.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/replica/view.h"

namespace linchpin::policy {

struct LifecycleOptions {
  // When the findings before were evaluated last: those that were open were seen then, whatever was stored.
  absl::Time seen = absl::InfinitePast();
  // An open finding that is unchanged is written again no sooner than this, for its last_seen_time.
  absl::Duration last_seen_every = absl::Hours(1);
  // A resolved finding is forgotten after this.
  absl::Duration resolved_kept = absl::Hours(24 * 90);
};

// Takes `previous` to the state after `evaluation`, which must have watched them (EvaluationOptions::watch).
// `before` is the set that `previous` was computed by, null
// after a start: it tells what a change of rules resolved from what a change of facts did. What an error
// hides stays as it is. What people have decided is not looked at: Dispose comes after.
LifecycleStep Advance(const FindingMap& previous, Evaluation evaluation, const PolicySet& policies,
                      const PolicySet* before, const replica::View& view,
                      const LifecycleOptions& options = {});

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_LIFECYCLE_H_
