// Evaluates all policies whenever the inventory, a policy or the time calls for it.
#ifndef LINCHPIN_SERVICES_POLICY_RPC_EVALUATOR_H_
#define LINCHPIN_SERVICES_POLICY_RPC_EVALUATOR_H_

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/policy/domain/incremental/incremental_evaluation.h"
#include "services/policy/rpc/drift_check.h"
#include "services/policy/rpc/finding_board.h"
#include "services/policy/rpc/finding_store.h"
#include "services/policy/rpc/policy_feed.h"
#include "services/replica/source.h"
#include "services/store/commit/committer.h"
#include "services/store/port/log.h"

namespace linchpin::policy {

struct EvaluatorOptions {
  // What counts as now in evaluations and findings.
  std::function<absl::Time()> now = absl::Now;
  LifecycleOptions lifecycle;
  FindingStore::Options findings;
  // Rules of knowledge that are switched off.
  engine::DisabledRules disabled_rules;
  // Between attempts to renew the lease, and to write what could not be written.
  absl::Duration renew_every = absl::Seconds(10);
  absl::Duration retry_every = absl::Seconds(2);
  // Told of every evaluation: how it ended ("ok" or "error"), whether it was of everything ("full") or of
  // what a change touches ("incremental"), and how long it took. May be null.
  std::function<void(std::string_view result, std::string_view mode, absl::Duration took)> evaluated;
  // Told how a comparison with a full evaluation ended ("same", "drift" or "error"). May be null.
  std::function<void(std::string_view result)> compared;
  absl::Duration compare_every = absl::Minutes(10);
  // Between looks for findings that are old by themselves (Refresh).
  absl::Duration refresh_every = absl::Minutes(10);
  // Told of the transitions of findings, by the process that writes them. May be null.
  std::function<void(v1::Finding::State from, v1::Finding::State to)> moved;
  // Told when this process begins or ends to be the one that writes findings. May be null.
  std::function<void(bool holds)> lease_changed;
  store::LogFunction log;  // May be null.
};

// One thread that evaluates what a change touches, or everything (IncrementalEvaluation says when), publishes
// to the board, and, where it holds the lease, writes what has changed. What people decide about findings,
// and the end of a waiver, changes their states without an evaluation, at the instant.
//
// Another thread compares the board now and then with an evaluation of everything (DriftCheck). Where the two
// differ, everything is evaluated again, and that counts.
//
// Bursts are coalesced: while one evaluation runs, changes wait for the next, and after one it rests for as
// long as it took, so that it uses at most half a core. A failed evaluation leaves the board as it is. While
// nothing calls for one and the inventory is known to be the newest, the board is told that it is still
// right.
//
// Ownership: keeps references to all it is given, which must outlive it. The destructor ends the thread and
// an evaluation that runs. Thread safety: all members may run at once.
class Evaluator {
 public:
  Evaluator(replica::ViewSource& inventory, replica::ViewSource& policies, store::ResourceStore& store,
            store::Committer& committer, FindingBoard& board, EvaluatorOptions options);
  ~Evaluator();

  PolicyFeed& feed() { return feed_; }
  bool is_holder() const { return is_holder_; }

  // Ends the thread, and an evaluation that runs. Once; the destructor does it too.
  void Stop();

  // Evaluates soon, although nothing has changed: for a clock that has been moved.
  void Poke() { Call(&changed_); }

 private:
  // Wakes the thread for one of the two things that it does.
  void Call(bool* what);
  void Run();
  // Sleeps until something calls for the thread, and as long as it has to rest; false once it is to end.
  struct Calls {
    bool evaluate = false;
    bool dispose = false;
  };
  bool Sleep(base::SteadyTime rest_until, Calls* calls);
  void RenewLease();
  // Whether this process writes findings: it has the lease, and what others have written is there.
  void SetHolder();
  // Goes on from what the holder before has written. False: the view has not come that far yet; try again.
  bool TakeOver();
  void EvaluateOnce();
  // What has become of the inventory since it was taken last.
  void Gather(const replica::ViewChange& change);
  replica::ViewChange TakeChange();
  // Evaluates what differs from the last time, or everything. Nothing: it has failed, and has been told.
  std::optional<LifecycleStep> Evaluate(const EvaluationInput& input, const replica::ViewChange& change);
  std::optional<LifecycleStep> EvaluateAll(const EvaluationInput& input, const LifecycleOptions& lifecycle);
  void TellEvaluated(bool ok, std::string_view mode, base::SteadyTime begin) const;
  // Brings the findings of the last evaluation to what people have decided since.
  void DisposeOnce();
  // Takes a step's findings over, publishes them, and has what has changed written.
  void Publish(LifecycleStep step, std::shared_ptr<FindingSet> set);
  void Grade(const LifecycleStep& step);
  // Says so to the board if nothing has happened since the last evaluation that calls for another.
  void ConfirmIfCurrent();
  void Flush();
  bool Stopping() const;
  void Log(store::LogLevel level, std::string_view message, const absl::Status& status) const;

  replica::ViewSource& inventory_;
  replica::ViewSource& policies_;
  store::ResourceStore& store_;
  FindingBoard& board_;
  const EvaluatorOptions options_;
  FindingStore findings_store_;
  PolicyFeed feed_;

  mutable absl::Mutex mutex_;
  base::SteadyCondition called_;
  bool stop_ ABSL_GUARDED_BY(mutex_) = false;
  bool changed_ ABSL_GUARDED_BY(mutex_) = true;
  bool decided_ ABSL_GUARDED_BY(mutex_) = false;
  replica::ViewChange told_ ABSL_GUARDED_BY(mutex_);  // Of the inventory, since the last evaluation.
  std::atomic<bool> drifted_ = false;                 // Everything is to be evaluated.
  std::atomic<bool> is_holder_ = false;

  // Of the thread alone.
  bool taking_over_ = false;  // The lease is there, and what others have written is not yet.
  IncrementalEvaluation evaluation_;
  std::shared_ptr<const replica::View> view_;  // That was evaluated last.
  std::shared_ptr<const PastInventory> past_;  // That it was compared with.
  int64_t parts_ = 0;                          // Evaluations since the last one of everything.
  FindingMap findings_;
  GravestFirst gravest_;  // The same as findings_, unless that is stale.
  bool gravest_is_stale_ = true;
  std::shared_ptr<const FindingMap> stored_;      // Of another process that writes them, as last met.
  std::shared_ptr<const Dispositions> disposed_;  // By which findings_ were last disposed, and
  DispositionMemory disposed_of_;                 // what that has come to.
  std::vector<std::string> found_;                // Names of findings that the last part was about.
  absl::Time refreshed_ = absl::InfinitePast();
  std::shared_ptr<const PolicySet> before_;
  absl::Time seen_ = absl::InfinitePast();  // When findings_ were evaluated last.
  std::optional<absl::Time> due_;           // When an evaluation may come out differently.
  std::optional<absl::Time> dispose_due_;   // When what people have decided may.
  bool failed_ = false;                     // The last evaluation.
  base::SteadyTime renew_at_ = base::SteadyTime::InfinitePast();
  base::SteadyTime retry_at_ = base::SteadyTime::InfinitePast();

  std::unique_ptr<replica::ViewSubscription> subscription_;
  std::thread thread_;
  std::unique_ptr<DriftCheck> drift_check_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_RPC_EVALUATOR_H_
