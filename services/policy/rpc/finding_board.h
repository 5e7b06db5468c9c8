// The findings that readers see: those of one evaluation, all at once.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_FINDING_BOARD_H_
#define LINCHPIN_SERVICES_POLICY_RPC_FINDING_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/policy_service.pb.h"
#include "services/base/steady.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/data_gaps.h"
#include "services/policy/domain/findings/finding_record.h"
#include "services/policy/domain/incremental/incremental_evaluation.h"
#include "services/policy/domain/rules/evaluation.h"
#include "services/replica/source.h"
#include "services/replica/waiters.h"

namespace linchpin::policy {

// The findings after one evaluation. Immutable.
struct FindingSet {
  ComputedAt computed;  // By which every open finding was seen.
  // When the inventory it was computed from was last known to be the newest, at the beginning.
  base::SteadyTime newest_at = base::SteadyTime::InfinitePast();
  GravestFirst gravest_first;
  FindingMap by_name;
  std::vector<RuleOutcome> rules;
  // When models in use are retired, ascending.
  std::vector<absl::Time> retirements;
  // Who is concerned by each open data gap, by name of its finding, as of the evaluation.
  GapMap gaps;
  // What `gaps` has views into. Null of findings of the past, which have none.
  std::shared_ptr<const NamePool> names;
  // How many evaluations of what has changed have led to it since the last one of everything.
  int64_t parts = 0;
  std::shared_ptr<const replica::View> view;
  std::shared_ptr<const PolicySet> policies;
  // What rules of kind trend were compared with. Null where none is.
  std::shared_ptr<const PastInventory> past;
  // What was known of the view's graph. Null of findings of the past.
  std::shared_ptr<const engine::Knowledge> knowledge;

  // Null if there is none.
  const FindingRecord* Find(std::string_view name) const;
};

// Which findings a list is of.
struct FindingFilter {
  std::string assignment, policy, rule, subject, owner;  // Empty: any.
  v1::Severity min_severity = v1::SEVERITY_UNSPECIFIED;
  // Unspecified: what holds and nobody has accepted, OPEN and ACKNOWLEDGED.
  v1::Finding::State state = v1::Finding::STATE_UNSPECIFIED;
  v1::Finding::Type type = v1::Finding::TYPE_UNSPECIFIED;  // Unspecified: any.
  v1::Certainty certainty = v1::CERTAINTY_UNSPECIFIED;     // Unspecified: any.

  // `set` tells who is concerned by a data gap.
  bool Takes(const FindingRecord& record, const FindingSet& set) const {
    return TakesState(record.state) && TakesButState(record, set);
  }
  bool TakesState(v1::Finding::State of) const;
  bool TakesButState(const FindingRecord& record, const FindingSet& set) const;
};

struct FindingPage {
  std::vector<FindingPointer> findings;
  bool more = false;
  int64_t total = 0;
  int64_t waived = 0;  // WAIVED, and taken but for their state.
};

// How much a page may hold. It holds one finding at least, however large.
struct PageLimits {
  int findings_max = 50;
  size_t bytes_max = 0;
};

// One page of what the filter takes, gravest first, after the finding of this severity and name (empty: from
// the start).
FindingPage PageOf(const FindingSet& set, const FindingFilter& filter, v1::Severity after_severity,
                   std::string_view after_name, const PageLimits& limits);

// Holds the newest set.
//
// Thread safety: all members may run at once.
class FindingBoard {
 public:
  void Publish(std::shared_ptr<const FindingSet> set);

  // An evaluation at `time` would say what the newest set says.
  void Confirm(absl::Time time);
  // When the newest set was computed or confirmed last; the past before the first.
  absl::Time CurrentAsOf() const;

  // Null before the first evaluation.
  std::shared_ptr<const FindingSet> Current() const;

  // Whether the newest set was computed at these revisions or later.
  bool HasReached(int64_t inventory_revision, int64_t policy_revision) const;
  // Calls `over` once that is so, at the deadline, or soon after `on_cancel` has been told, on a thread of
  // the board: it must be quick. No thread waits meanwhile.
  void WhenReached(int64_t inventory_revision, int64_t policy_revision, base::SteadyTime deadline,
                   std::function<void()> over, const replica::ViewSource::OnCancel& on_cancel = nullptr);

 private:
  mutable absl::Mutex mutex_;
  std::shared_ptr<const FindingSet> set_ ABSL_GUARDED_BY(mutex_);
  absl::Time current_as_of_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  replica::Waiters waiters_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_FINDING_BOARD_H_
