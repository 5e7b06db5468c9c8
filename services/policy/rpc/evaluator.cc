#include "services/policy/rpc/evaluator.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

#include "services/policy/rpc/past_reader.h"

namespace linchpin::policy {

using base::SteadyNow;
using base::SteadyTime;

namespace {

// Writes of one flush are given up after this; they are tried again.
constexpr absl::Duration kFlushTime = absl::Seconds(60);
// How long the view may take to come up to the store before the lease is looked at again.
constexpr absl::Duration kFollowTime = absl::Seconds(2);
constexpr int kNice = 10;
// More names of changed documents than this are not told one by one.
constexpr size_t kNamesMax = 5'000;
// An inventory that is not known to be the newest for longer may have changed.
constexpr absl::Duration kCurrentAge = absl::Minutes(1);

std::optional<absl::Time> Earlier(std::optional<absl::Time> a, std::optional<absl::Time> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

// Of an evaluation of everything: nobody is served findings before the first.
int Threads() { return std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 4); }

}  // namespace

Evaluator::Evaluator(replica::ViewSource& inventory, replica::ViewSource& policies,
                     store::ResourceStore& store, store::Committer& committer, FindingBoard& board,
                     EvaluatorOptions options)
    : inventory_(inventory),
      policies_(policies),
      store_(store),
      board_(board),
      options_(std::move(options)),
      findings_store_(store, committer, options_.findings),
      feed_(
          policies,
          [this](PolicyFeed::Part part) { Call(part == PolicyFeed::Part::kRules ? &changed_ : &decided_); }),
      evaluation_({.disabled_rules = options_.disabled_rules, .threads = Threads()}) {
  subscription_ = inventory_.Subscribe([this](const replica::ViewChange& change) {
    Gather(change);
    Poke();
  });
  thread_ = std::thread([this] { Run(); });
  DriftCheck::Options compare{options_.compare_every, options_.disabled_rules, options_.compared,
                              options_.log};
  drift_check_ = std::make_unique<DriftCheck>(board_, std::move(compare), [this] {
    drifted_ = true;
    Poke();
  });
}

Evaluator::~Evaluator() { Stop(); }

void Evaluator::Stop() {
  drift_check_ = nullptr;
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  called_.NotifyAll();
  if (thread_.joinable()) thread_.join();
}

void Evaluator::Call(bool* what) {
  {
    absl::MutexLock lock(&mutex_);
    *what = true;
  }
  called_.NotifyAll();
}

bool Evaluator::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stop_;
}

bool Evaluator::Sleep(SteadyTime rest_until, Calls* calls) {
  SteadyTime wake = renew_at_;
  // What is due by the evaluation's clock is looked for by the steady one; should the former be set, the next
  // renewal of the lease tells.
  const std::optional<absl::Time> due = Earlier(due_, dispose_due_);
  if (due) wake = std::min(wake, SteadyNow() + std::max(*due - options_.now(), absl::ZeroDuration()));
  if (findings_store_.waiting() > 0 && findings_store_.is_holder()) wake = std::min(wake, retry_at_);
  absl::MutexLock lock(&mutex_);
  const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_; };
  const auto called = [this]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_ || changed_ || decided_; };
  called_.Await(mutex_, wake, called);
  if (called_.Await(mutex_, rest_until, stopping)) return false;
  *calls = {std::exchange(changed_, false), std::exchange(decided_, false)};
  return true;
}

void Evaluator::Run() {
  // On a busy machine calls come first: on Linux this is the priority of the calling thread.
  setpriority(PRIO_PROCESS, 0, kNice);
  SteadyTime rest_until = SteadyTime::InfinitePast();
  Calls calls;
  while (Sleep(rest_until, &calls)) {
    if (SteadyNow() >= renew_at_) RenewLease();
    const auto is_due = [this](const std::optional<absl::Time>& due) {
      return due && options_.now() >= *due;
    };
    if (calls.evaluate || is_due(due_)) {
      const SteadyTime begin = SteadyNow();
      EvaluateOnce();
      rest_until = SteadyNow() + (SteadyNow() - begin);
    } else if (calls.dispose || is_due(dispose_due_)) {
      DisposeOnce();
    } else {
      ConfirmIfCurrent();
    }
    if (SteadyNow() >= retry_at_) Flush();
  }
}

void Evaluator::RenewLease() {
  if (findings_store_.RenewLease()) taking_over_ = true;
  if (taking_over_ && findings_store_.is_holder()) taking_over_ = !TakeOver();
  SetHolder();
  renew_at_ = SteadyNow() + options_.renew_every;
}

void Evaluator::SetHolder() {
  const bool holds = findings_store_.is_holder() && !taking_over_;
  if (is_holder_.exchange(holds) == holds) return;
  if (options_.lease_changed) options_.lease_changed(holds);
  const auto message = holds ? "this process holds the lease on findings and writes them"
                             : "this process does not hold the lease on findings any more";
  if (options_.log) options_.log(store::LogLevel::kInfo, message, findings_store_.holder());
}

// Whoever had the lease before may have written since: their state counts, and ours is computed anew from it.
bool Evaluator::TakeOver() {
  findings_store_.Clear();
  const absl::StatusOr<store::StoreInfo> newest = store_.Info();
  if (!newest.ok()) return false;
  if (!policies_.WaitFor(newest->revision, SteadyNow() + kFollowTime).ok()) return false;
  findings_ = *feed_.StoredFindings(newest->revision);
  gravest_is_stale_ = drifted_ = true;
  before_ = nullptr;
  seen_ = absl::InfinitePast();
  Poke();
  return true;
}

void Evaluator::EvaluateOnce() {
  due_.reset();
  // The age is read first: a view that comes in between is younger than said.
  const SteadyTime newest_at = SteadyNow() - inventory_.Age();
  const replica::ViewChange change = TakeChange();
  const auto view = change.view;
  const int64_t policy_revision = feed_.revision();
  const auto policies = feed_.Current();
  if (view == nullptr || policies == nullptr) return;  // The first view calls again.
  EvaluationInput input{view, policies, options_.now(), policy_revision};
  input.past = past_ = ReadPast(inventory_, MomentsOf(policies->active(), input.now), view, past_.get());
  std::optional<LifecycleStep> step = Evaluate(input, change);
  failed_ = !step.has_value();
  if (failed_) return;
  due_ = evaluation_.due();
  auto set = std::make_shared<FindingSet>();
  set->computed = {view->revision(), policy_revision, input.now};
  set->newest_at = newest_at;
  set->parts = parts_;
  set->rules = evaluation_.rules();
  set->gaps = evaluation_.gaps();
  set->names = evaluation_.names();
  set->retirements = evaluation_.retirements();
  set->view = view;
  set->policies = policies;
  set->knowledge = evaluation_.knowledge();
  set->past = input.past;
  seen_ = set->computed.time;
  before_ = policies;
  const auto dispositions = feed_.CurrentDispositions();
  const DispositionInput decided{*dispositions,   *policies,     *view,
                                 *set->knowledge, set->computed, options_.lifecycle.last_seen_every};
  const bool part = parts_ > 0 && dispositions == disposed_ && !(dispose_due_ && input.now >= *dispose_due_);
  dispose_due_ =
      part ? DisposePart(decided, found_, *step, disposed_of_) : Dispose(decided, *step, disposed_of_);
  disposed_ = dispositions;
  Publish(*std::move(step), std::move(set));
}

void Evaluator::Gather(const replica::ViewChange& change) {
  absl::MutexLock lock(&mutex_);
  told_.view = change.view;
  told_.names.insert(told_.names.end(), change.names.begin(), change.names.end());
  told_.everything = told_.everything || change.everything || told_.names.size() > kNamesMax;
  if (told_.everything) told_.names.clear();
}

// A view that is there before it has been told comes with the next call: what has changed must be known of
// all that lies between two views. One that was there before anything was told may be told once more.
replica::ViewChange Evaluator::TakeChange() {
  replica::ViewChange change;
  {
    absl::MutexLock lock(&mutex_);
    change = std::exchange(told_, {});
  }
  if (view_ == nullptr && change.view == nullptr) change.view = inventory_.Current();
  const bool older = change.view == nullptr ||
                     (view_ != nullptr && !change.everything && change.view->revision() < view_->revision());
  if (older) change.view = view_;
  return change;
}

std::optional<LifecycleStep> Evaluator::Evaluate(const EvaluationInput& input,
                                                 const replica::ViewChange& change) {
  LifecycleOptions lifecycle = options_.lifecycle;
  lifecycle.seen = seen_;
  if (!is_holder_) {
    const auto stored = feed_.StoredFindings();
    if (stored != stored_) {
      gravest_is_stale_ = true;
      disposed_ = nullptr;
      if (!drifted_) findings_ = WithLivesOf(*stored, std::move(findings_));
    }
    stored_ = stored;
  }
  const SteadyTime begin = SteadyNow();
  const bool whole = drifted_.exchange(false) || change.everything;
  view_ = input.view;
  std::optional<EvaluationStep> part =
      whole ? std::nullopt : evaluation_.Update(input, change.names, findings_);
  if (!part) return EvaluateAll(input, lifecycle);
  TellEvaluated(true, "incremental", begin);
  ++parts_;
  const std::vector<std::string>& gone = part->gone;
  found_ = gone;
  for (const v1::Finding& finding : part->evaluation.findings) found_.push_back(finding.name());
  LifecycleStep step =
      AdvancePart(findings_, std::move(part->evaluation), gone, *input.policies, *input.view, lifecycle);
  if (input.now - refreshed_ >= options_.refresh_every) {
    Refresh(input.now, lifecycle, step);
    refreshed_ = input.now;
  }
  return step;
}

std::optional<LifecycleStep> Evaluator::EvaluateAll(const EvaluationInput& input,
                                                    const LifecycleOptions& lifecycle) {
  if (!is_holder_) findings_ = *stored_;
  gravest_is_stale_ = true;
  const SteadyTime begin = SteadyNow();
  absl::StatusOr<EvaluationStep> whole =
      evaluation_.EvaluateAll(input, findings_, [this] { return Stopping(); });
  TellEvaluated(whole.ok(), "full", begin);
  if (!whole.ok()) {
    if (!Stopping()) Log(store::LogLevel::kError, "policies could not be evaluated", whole.status());
    return std::nullopt;
  }
  parts_ = 0;
  refreshed_ = input.now;
  return Advance(findings_, std::move(whole->evaluation), *input.policies, before_.get(), *input.view,
                 lifecycle);
}

void Evaluator::TellEvaluated(bool ok, std::string_view mode, SteadyTime begin) const {
  if (options_.evaluated) options_.evaluated(ok ? "ok" : "error", mode, SteadyNow() - begin);
}

void Evaluator::DisposeOnce() {
  dispose_due_.reset();
  const auto last = board_.Current();
  if (last == nullptr || before_ == nullptr) return;  // The evaluation that is to come does it.
  auto set = std::make_shared<FindingSet>();
  set->computed = last->computed;
  set->newest_at = last->newest_at;
  set->rules = last->rules;
  set->parts = last->parts;
  set->gaps = last->gaps;
  set->names = last->names;
  set->retirements = last->retirements;
  set->view = last->view;
  set->policies = last->policies;
  set->knowledge = last->knowledge;
  set->past = last->past;
  const int64_t policy_revision = feed_.revision();
  const auto dispositions = feed_.CurrentDispositions();
  disposed_ = dispositions;
  ComputedAt at = last->computed;
  at.time = options_.now();
  LifecycleStep step;
  step.findings = findings_;
  dispose_due_ = Dispose(
      {*dispositions, *before_, *last->view, *last->knowledge, at, options_.lifecycle.last_seen_every}, step,
      disposed_of_);
  // Rules that have been written meanwhile are for the evaluation that they have called for.
  if (feed_.Current() == before_) set->computed.policy_revision = policy_revision;
  Publish(std::move(step), std::move(set));
}

void Evaluator::Publish(LifecycleStep step, std::shared_ptr<FindingSet> set) {
  for (const FindingPointer& finding : step.changed) {
    const auto old = findings_.find(finding->name);
    const auto from = old == findings_.end() ? v1::Finding::STATE_UNSPECIFIED : old->second->state;
    if (is_holder_ && options_.moved && from != finding->state) options_.moved(from, finding->state);
  }
  Grade(step);
  findings_ = std::move(step.findings);
  set->by_name = findings_;
  set->gravest_first = gravest_;
  board_.Publish(std::move(set));
  if (is_holder_) findings_store_.Add(step.changed, step.forgotten);
}

// Brings gravest_ to the findings of the step.
void Evaluator::Grade(const LifecycleStep& step) {
  if (gravest_is_stale_) {
    std::vector<FindingPointer> all;
    all.reserve(step.findings.size());
    for (const auto& [name, finding] : step.findings) all.push_back(finding);
    std::sort(all.begin(), all.end(), GraverFirst());
    gravest_ = GravestFirst::FromSorted(std::move(all));
    gravest_is_stale_ = false;
    return;
  }
  const auto leave = [this](std::string_view name) {
    const auto old = findings_.find(name);
    if (old != findings_.end()) gravest_.Erase(old->second);
  };
  for (const std::string& name : step.forgotten) leave(name);
  for (const FindingPointer& finding : step.changed) {
    leave(finding->name);
    gravest_.Put(finding);
  }
}

void Evaluator::ConfirmIfCurrent() {
  const auto set = board_.Current();
  const auto view = inventory_.Current();
  const auto policies = feed_.Current();
  if (failed_ || set == nullptr || view == nullptr || policies == nullptr) return;
  if (set->computed.inventory_revision != view->revision()) return;
  if (set->computed.policy_revision != feed_.revision()) return;
  if (inventory_.Age() < kCurrentAge) board_.Confirm(options_.now());
}

void Evaluator::Flush() {
  if (!findings_store_.is_holder() || findings_store_.waiting() == 0) return;
  const absl::Status status = findings_store_.Flush(absl::Now() + kFlushTime);
  SetHolder();
  // Another has come, or the lease had only lapsed: the next renewal tells, before anything else.
  if (status.code() == absl::StatusCode::kAborted) renew_at_ = SteadyTime::InfinitePast();
  retry_at_ = status.ok() ? SteadyTime::InfinitePast() : SteadyNow() + options_.retry_every;
  if (!status.ok()) Log(store::LogLevel::kWarning, "findings could not be written; trying again", status);
}

void Evaluator::Log(store::LogLevel level, std::string_view message, const absl::Status& status) const {
  if (options_.log) options_.log(level, message, std::string(status.message()));
}

}  // namespace linchpin::policy
