// The metrics of the policy service (docs/operating, linchpin_policy_*).
#ifndef LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_
#define LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string_view>

#include "absl/time/time.h"
#include "linchpin/policy/v1/change_check.pb.h"
#include "services/kit/metrics/metrics.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/replica/source.h"

namespace prometheus {
class Histogram;
}

namespace linchpin::policy {

// Exports findings by policy, rule, severity, certainty and state, outcomes by rule, when passes expire,
// models in use that are retired, and when and how evaluations went. No subject is a label.
//
// Ownership: keeps references to all it is given, which must outlive it.
class PolicyGauges {
 public:
  PolicyGauges(replica::ViewSource& inventory, const FindingBoard& board, kit::Metrics& metrics);
  ~PolicyGauges();

  // Whether this process is the one that writes findings.
  void SetLeaseHeld(bool held) { lease_held_ = held; }
  // Counts one evaluation; `mode` is "full" or "incremental".
  void Evaluated(std::string_view result, std::string_view mode, absl::Duration took);
  // Counts one comparison of the two: "same", "drift" or "error".
  void Compared(std::string_view result);
  // Counts one check of a change.
  void Checked(v1::Verdict verdict);
  // Counts one transition of a finding.
  void Moved(v1::Finding::State from, v1::Finding::State to);
  // From now on waivers are counted, too. `feed` must outlive the last scrape that StopWaivers ends.
  void CountWaivers(PolicyFeed& feed, std::function<absl::Time()> now);
  void StopWaivers();

 private:
  void Collect(kit::GaugeSink& sink) const;
  void CollectWaivers(kit::GaugeSink& sink) const;

  replica::ViewSource& inventory_;
  const FindingBoard& board_;
  kit::Metrics& metrics_;
  prometheus::Histogram& full_durations_;
  prometheus::Histogram& incremental_durations_;
  std::atomic<bool> lease_held_ = false;
  std::unique_ptr<kit::CollectorHandle> collector_;
  PolicyFeed* feed_ = nullptr;  // Of the collector below.
  std::function<absl::Time()> now_;
  std::unique_ptr<kit::CollectorHandle> waiver_collector_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_POLICY_GAUGES_H_
