#include "services/policy/rpc/drift_check.h"

#include <sys/resource.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "services/policy/domain/incremental/drift.h"

namespace linchpin::policy {
namespace {

constexpr int kNice = 19;

}  // namespace

DriftCheck::DriftCheck(const FindingBoard& board, Options options, std::function<void()> drifted)
    : board_(board), options_(std::move(options)), drifted_(std::move(drifted)) {
  thread_ = std::thread([this] { Run(); });
}

DriftCheck::~DriftCheck() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  stopped_.NotifyAll();
  thread_.join();
}

bool DriftCheck::Stopping() const {
  absl::MutexLock lock(&mutex_);
  return stop_;
}

void DriftCheck::Run() {
  // On Linux this is the priority of the calling thread.
  setpriority(PRIO_PROCESS, 0, kNice);
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      const auto stopping = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stop_; };
      if (stopped_.Await(mutex_, base::SteadyNow() + options_.every, stopping)) return;
    }
    CompareOnce();
  }
}

void DriftCheck::CompareOnce() {
  const auto set = board_.Current();
  if (set == nullptr || set->parts == 0 || set == compared_) return;
  Compare(*set);
  compared_ = set;
}

void DriftCheck::Compare(const FindingSet& set) {
  EvaluationOptions options;
  options.now = set.computed.time;
  options.policy_revision = set.computed.policy_revision;
  // Found anew: what incremental evaluation has kept is among what is compared.
  options.knowledge = engine::Knowledge::Create(set.view->shared_graph(), options_.disabled_rules);
  options.past = set.past;
  options.cancelled = [this] { return Stopping(); };
  const auto full = Evaluate(*set.view, set.policies->active(), options);
  const auto tell = [this](std::string_view result) {
    if (options_.compared) options_.compared(result);
  };
  if (!full.ok()) {
    if (!Stopping()) tell("error");
    return;
  }
  const ResourceUse use(set.view->graph(), *options.knowledge);
  const std::vector<std::string> drift =
      DriftFrom({set.by_name, set.rules, set.gaps, set.retirements}, *full, RetirementsInUse(*set.view, use));
  tell(drift.empty() ? "same" : "drift");
  if (drift.empty()) return;
  if (options_.log) {
    options_.log(
        store::LogLevel::kError, "incremental evaluation has drifted from a full one, which counts",
        "revision " + std::to_string(set.computed.inventory_revision) + ": " + absl::StrJoin(drift, "; "));
  }
  drifted_();
}

}  // namespace linchpin::policy
