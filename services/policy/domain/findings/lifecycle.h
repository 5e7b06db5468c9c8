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
// `before` is the set that `previous` was computed by, null after a start: it tells what a change of rules
// resolved from what a change of facts did. What an error hides stays as it is. What people have decided is
// not looked at: Dispose comes after.
LifecycleStep Advance(const FindingMap& previous, Evaluation evaluation, const PolicySet& policies,
                      const PolicySet* before, const replica::View& view,
                      const LifecycleOptions& options = {});

// The same of a part: `evaluation` has what was found of what was asked again, and has watched those of
// `previous` that are named in `gone`; all others stay. What grows old by itself is left to Refresh.
LifecycleStep AdvancePart(const FindingMap& previous, Evaluation evaluation,
                          const std::vector<std::string>& gone, const PolicySet& policies,
                          const replica::View& view, const LifecycleOptions& options);

// Forgets findings that were resolved long ago, and has those written that hold and have not been written for
// long, with `now` as when they were seen last. Cost: linear in the findings.
void Refresh(absl::Time now, const LifecycleOptions& options, LifecycleStep& step);

// `own` findings with the lives that another process, which writes them, has given those that are the same;
// and with what that has resolved.
FindingMap WithLivesOf(const FindingMap& stored, FindingMap own);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_FINDINGS_LIFECYCLE_H_
