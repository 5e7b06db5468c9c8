// Compares what incremental evaluation has come to with an evaluation of everything, now and then.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_DRIFT_CHECK_H_
#define LINCHPIN_SERVICES_POLICY_RPC_DRIFT_CHECK_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "absl/time/time.h"
#include "services/base/repeater.h"
#include "services/engine/knowledge/rule_set.h"
#include "services/policy/rpc/finding_board.h"
#include "services/store/port/log.h"

namespace linchpin::policy {

// One thread that sleeps, takes the newest set of the board, evaluates everything at the same instant, by the
// code that EvaluatePolicies goes by, and compares the two. A set that is of an evaluation of everything, or
// that it has compared, is left alone.
//
// Ownership: keeps a reference to the board, which must outlive it. The destructor ends an evaluation that
// runs. Cost: one evaluation each time, at the lowest priority; nothing waits for it.
class DriftCheck {
 public:
  struct Options {
    absl::Duration every = absl::Minutes(10);
    engine::DisabledRules disabled_rules;
    // Told how each comparison ended: "same", "drift" or "error". May be null.
    std::function<void(std::string_view result)> compared;
    store::LogFunction log;  // May be null.
  };

  // `drifted` is called on the thread when the two differ.
  DriftCheck(const FindingBoard& board, Options options, std::function<void()> drifted);

 private:
  void CompareOnce();
  void Compare(const FindingSet& set);

  const FindingBoard& board_;
  const Options options_;
  const std::function<void()> drifted_;
  std::shared_ptr<const FindingSet> compared_;  // Of the thread.
  base::Repeater repeater_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_DRIFT_CHECK_H_
