#include "services/replica/publisher.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"

namespace linchpin::replica {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::min();
constexpr int kRetryMs = 200;

}  // namespace

// Outlives the publisher if a subscription does.
struct Publisher::Subscribers {
  absl::Mutex mutex;
  std::set<Subscription*> all ABSL_GUARDED_BY(mutex);
};

class Publisher::Subscription : public ViewSubscription {
 public:
  Subscription(std::shared_ptr<Subscribers> subscribers, std::function<void(const ViewChange&)> changed)
      : subscribers_(std::move(subscribers)), changed_(std::move(changed)) {
    absl::MutexLock lock(&subscribers_->mutex);
    subscribers_->all.insert(this);
  }
  ~Subscription() override {
    absl::MutexLock lock(&subscribers_->mutex);
    subscribers_->all.erase(this);
  }
  void Tell(const ViewChange& change) const { changed_(change); }

 private:
  const std::shared_ptr<Subscribers> subscribers_;
  const std::function<void(const ViewChange&)> changed_;
};

Publisher::Publisher(std::function<absl::Time()> now)
    : now_(std::move(now)),
      newest_at_us_(kNever),
      subscribers_(std::make_shared<Subscribers>()),
      thread_([this] { Run(); }) {}

Publisher::~Publisher() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  thread_.join();
}

std::shared_ptr<const View> Publisher::Current() const { return current_.load(std::memory_order_acquire); }

absl::Duration Publisher::Age() const {
  const int64_t at = newest_at_us_.load(std::memory_order_relaxed);
  if (at == kNever) return absl::InfiniteDuration();
  return std::max(absl::ZeroDuration(), now_() - absl::FromUnixMicros(at));
}

std::string Publisher::history_id() const {
  const std::shared_ptr<const std::string> history_id = history_id_.load(std::memory_order_acquire);
  return history_id == nullptr ? std::string() : *history_id;
}

void Publisher::SetHistory(std::string history_id) {
  history_id_.store(std::make_shared<const std::string>(std::move(history_id)), std::memory_order_release);
}

void Publisher::ConfirmNewest(absl::Time time) {
  const int64_t at = absl::ToUnixMicros(std::min(time, now_()));
  int64_t before = newest_at_us_.load(std::memory_order_relaxed);
  while (before < at && !newest_at_us_.compare_exchange_weak(before, at, std::memory_order_relaxed)) {
  }
}

void Publisher::ForgetNewest() { newest_at_us_.store(kNever, std::memory_order_relaxed); }

void Publisher::Publish(ViewChange change) {
  current_.store(change.view, std::memory_order_release);
  {
    absl::MutexLock lock(&mutex_);
    if (!waiters_.empty()) look_ = true;
  }
  absl::MutexLock lock(&subscribers_->mutex);
  for (const Subscription* subscription : subscribers_->all) subscription->Tell(change);
}

std::unique_ptr<ViewSubscription> Publisher::Subscribe(std::function<void(const ViewChange&)> changed) {
  return std::make_unique<Subscription>(subscribers_, std::move(changed));
}

uint64_t Publisher::AddWaiter(int64_t revision, absl::Time deadline, Reached reached) {
  std::shared_ptr<const View> view = Current();
  const absl::Time now = now_();
  if (view != nullptr && view->revision() >= revision) {
    reached(std::move(view));
    return 0;
  }
  if (now >= deadline) {
    reached(Behind(revision));
    return 0;
  }
  absl::MutexLock lock(&mutex_);
  waiters_.emplace(revision, Waiter{++last_waiter_, std::min(deadline, now + kWaitMax), std::move(reached)});
  look_ = true;  // A view may have come since Current, or the deadline may be the first.
  return last_waiter_;
}

void Publisher::GiveUp(uint64_t waiter) {
  absl::MutexLock lock(&mutex_);
  given_up_.insert(waiter);
  look_ = true;
}

absl::Status Publisher::Behind(int64_t revision) const {
  std::shared_ptr<const View> view = Current();
  if (view == nullptr) {
    return base::Error(absl::StatusCode::kUnavailable, "NOT_READY",
                       "the inventory has not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  return base::Error(absl::StatusCode::kUnavailable, "REPLICA_BEHIND",
                     absl::StrCat("this replica is at revision ", view->revision(), " and did not reach ",
                                  revision, " in time; try again"))
      .With("revision", absl::StrCat(view->revision()))
      .With("min_revision", absl::StrCat(revision))
      .RetryAfterMs(kRetryMs);
}

std::vector<std::pair<int64_t, Publisher::Waiter>> Publisher::TakeFinished(bool all) {
  std::vector<std::pair<int64_t, Waiter>> finished;
  const std::shared_ptr<const View> view = Current();
  const absl::Time now = now_();
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    const bool reached = view != nullptr && view->revision() >= it->first;
    if (!all && !reached && now < it->second.deadline && !given_up_.contains(it->second.id)) {
      ++it;
      continue;
    }
    finished.emplace_back(it->first, std::move(it->second));
    it = waiters_.erase(it);
  }
  given_up_.clear();
  return finished;
}

void Publisher::Run() {
  bool stopping = false;
  while (!stopping) {
    std::vector<std::pair<int64_t, Waiter>> finished;
    {
      absl::MutexLock lock(&mutex_);
      absl::Time first = absl::InfiniteFuture();
      for (const auto& [revision, waiter] : waiters_) first = std::min(first, waiter.deadline);
      auto woken = [this] {
        mutex_.AssertHeld();
        return look_ || stop_;
      };
      mutex_.AwaitWithDeadline(absl::Condition(&woken), first);
      look_ = false;
      stopping = stop_;
      finished = TakeFinished(/*all=*/stopping);
    }
    for (auto& [revision, waiter] : finished) {
      std::shared_ptr<const View> view = Current();
      if (view != nullptr && view->revision() >= revision) {
        waiter.reached(std::move(view));
      } else {
        waiter.reached(Behind(revision));
      }
    }
  }
}

}  // namespace linchpin::replica
