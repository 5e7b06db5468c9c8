// The metrics of the policy service (docs/operating, linchpin_policy_*).
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_

#include <atomic>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "services/kit/metrics/metrics.h"
#include "services/policy/rpc/finding_board.h"
#include "services/replica/source.h"

namespace prometheus {
class Histogram;
}

namespace linchpin::policy {

// Exports findings by severity, rule and state, outcomes by rule, and when and how evaluations went. No
// subject is a label.
//
// Ownership: keeps references to all it is given, which must outlive it.
class PolicyGauges {
 public:
  PolicyGauges(replica::ViewSource& inventory, const FindingBoard& board, kit::Metrics& metrics);
  ~PolicyGauges();

  // Whether this process is the one that writes findings.
  void SetLeaseHeld(bool held) { lease_held_ = held; }
  // Counts one evaluation.
  void Evaluated(std::string_view result, absl::Duration took);
  // Counts one check of a change.
  void Checked(v1::Verdict verdict);

 private:
  void Collect(kit::GaugeSink& sink) const;

  replica::ViewSource& inventory_;
  const FindingBoard& board_;
  kit::Metrics& metrics_;
  prometheus::Histogram& durations_;
  std::atomic<bool> lease_held_ = false;
  std::unique_ptr<kit::CollectorHandle> collector_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_
