// Decides a plan against a state as the committer does, without a committer.
#ifndef LINCHPIN_TESTS_SUPPORT_DECIDE_H_
#define LINCHPIN_TESTS_SUPPORT_DECIDE_H_

#include "absl/status/statusor.h"
#include "services/store/commit/decision_check.h"
#include "services/store/port/head.h"
#include "services/writing/writes.h"

namespace linchpin {

// The decision, whole, once it has passed all that the committer checks; else the refusal.
inline absl::StatusOr<store::Decision> Decide(const writing::WritePlan& plan,
                                              const store::StateReader& state) {
  absl::StatusOr<store::Decision> decision = plan.decide(state);
  if (!decision.ok()) return decision;
  store::Decision checked = *decision;  // The check takes documents out of it.
  if (const auto after = store::CheckDecision(state, checked); !after.ok()) return after.status();
  return decision;
}

}  // namespace linchpin

#endif  // LINCHPIN_TESTS_SUPPORT_DECIDE_H_
