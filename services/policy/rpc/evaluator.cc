#include "services/policy/rpc/evaluator.h"

#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <utility>

#include "services/policy/domain/rules/resource_use.h"

namespace linchpin::policy {

using base::SteadyNow;
using base::SteadyTime;

namespace {

// Writes of one flush are given up after this; they are tried again.
constexpr absl::Duration kFlushTime = absl::Seconds(60);
// How long the view may take to come up to the store before the lease is looked at again.
constexpr absl::Duration kFollowTime = absl::Seconds(2);
constexpr int kNice = 10;
// An inventory that is not known to be the newest for longer may have changed.
constexpr absl::Duration kCurrentAge = absl::Minutes(1);

void FillFindings(const FindingMap& findings, FindingSet& set) {
  set.by_name = findings;
  set.gravest_first.reserve(findings.size());
  for (const auto& [name, finding] : findings) set.gravest_first.push_back(finding);
  std::sort(set.gravest_first.begin(), set.gravest_first.end(),
            [](const FindingPointer& a, const FindingPointer& b) { return GraverThan(*a, *b); });
}

std::optional<absl::Time> Earlier(std::optional<absl::Time> a, std::optional<absl::Time> b) {
  return a && b ? std::min(*a, *b) : a ? a : b;
}

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
      feed_(policies, [this](PolicyFeed::Part part) {
        Call(part == PolicyFeed::Part::kRules ? &changed_ : &decided_);
      }) {
  subscription_ = inventory_.Subscribe([this](const replica::ViewChange&) { Poke(); });
  thread_ = std::thread([this] { Run(); });
}

Evaluator::~Evaluator() { Stop(); }

void Evaluator::Stop() {
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
  before_ = nullptr;
  seen_ = absl::InfinitePast();
  Poke();
  return true;
}

void Evaluator::EvaluateOnce() {
  due_.reset();
  // The age is read first: a view that comes in between is younger than said.
  const SteadyTime newest_at = SteadyNow() - inventory_.Age();
  const auto view = inventory_.Current();
  const int64_t policy_revision = feed_.revision();
  const auto policies = feed_.Current();
  if (view == nullptr || policies == nullptr) return;  // The first view calls again.
  if (!is_holder_) findings_ = *feed_.StoredFindings();
  EvaluationOptions options;
  options.now = options_.now();
  options.policy_revision = policy_revision;
  options.watch = &findings_;
  const auto knowledge = engine::Knowledge::Create(view->shared_graph(), options_.disabled_rules);
  options.knowledge = knowledge;
  options.cancelled = [this] { return Stopping(); };
  const SteadyTime begin = SteadyNow();
  absl::StatusOr<Evaluation> evaluation = Evaluate(*view, policies->active(), options);
  const absl::Duration took = SteadyNow() - begin;
  if (options_.evaluated) options_.evaluated(evaluation.ok() ? "ok" : "error", took);
  failed_ = !evaluation.ok();
  if (!evaluation.ok()) {
    if (!Stopping()) Log(store::LogLevel::kError, "policies could not be evaluated", evaluation.status());
    return;
  }
  due_ = evaluation->due;
  auto set = std::make_shared<FindingSet>();
  set->computed = {evaluation->inventory_revision, evaluation->policy_revision, evaluation->now};
  set->newest_at = newest_at;
  set->rules = std::move(evaluation->rules);
  set->gaps = std::move(evaluation->gaps);
  set->retirements = RetirementsInUse(*view, *knowledge);
  set->view = view;
  set->policies = policies;
  set->knowledge = knowledge;
  LifecycleOptions lifecycle = options_.lifecycle;
  lifecycle.seen = std::exchange(seen_, set->computed.time);
  LifecycleStep step = Advance(findings_, *std::move(evaluation), *policies, before_.get(), *view, lifecycle);
  before_ = policies;
  dispose_due_ = Dispose(
      {*feed_.CurrentDispositions(), *policies, *view, *knowledge, set->computed, lifecycle.last_seen_every},
      step);
  Publish(std::move(step), findings_, std::move(set));
}

void Evaluator::DisposeOnce() {
  dispose_due_.reset();
  const auto last = board_.Current();
  if (last == nullptr || before_ == nullptr) return;  // The evaluation that is to come does it.
  auto set = std::make_shared<FindingSet>();
  set->computed = last->computed;
  set->newest_at = last->newest_at;
  set->rules = last->rules;
  set->gaps = last->gaps;
  set->retirements = last->retirements;
  set->view = last->view;
  set->policies = last->policies;
  set->knowledge = last->knowledge;
  const int64_t policy_revision = feed_.revision();
  const auto dispositions = feed_.CurrentDispositions();
  ComputedAt at = last->computed;
  at.time = options_.now();
  LifecycleStep step;
  step.findings = findings_;
  dispose_due_ = Dispose(
      {*dispositions, *before_, *last->view, *last->knowledge, at, options_.lifecycle.last_seen_every}, step);
  // Rules that have been written meanwhile are for the evaluation that they have called for.
  if (feed_.Current() == before_) set->computed.policy_revision = policy_revision;
  Publish(std::move(step), findings_, std::move(set));
}

void Evaluator::Publish(LifecycleStep step, const FindingMap& previous, std::shared_ptr<FindingSet> set) {
  for (const FindingPointer& finding : step.changed) {
    const auto old = previous.find(finding->name);
    const auto from = old == previous.end() ? v1::Finding::STATE_UNSPECIFIED : old->second->state;
    if (is_holder_ && options_.moved && from != finding->state) options_.moved(from, finding->state);
  }
  findings_ = std::move(step.findings);
  FillFindings(findings_, *set);
  board_.Publish(std::move(set));
  if (is_holder_) findings_store_.Add(step.changed, step.forgotten);
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
