#include "services/replica/publisher.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::replica {

using base::SteadyTime;

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

Publisher::Publisher(std::function<SteadyTime()> now)
    : now_(std::move(now)),
      newest_at_us_(kNever),
      subscribers_(std::make_shared<Subscribers>()),
      waiters_(now_) {}

Publisher::~Publisher() = default;

std::shared_ptr<const View> Publisher::Current() const { return current_.load(std::memory_order_acquire); }

absl::Duration Publisher::Age() const {
  const int64_t at = newest_at_us_.load(std::memory_order_relaxed);
  if (at == kNever) return absl::InfiniteDuration();
  return std::max(absl::ZeroDuration(), now_().since_start() - absl::Microseconds(at));
}

std::string Publisher::history_id() const {
  const std::shared_ptr<const std::string> history_id = history_id_.load(std::memory_order_acquire);
  return history_id == nullptr ? std::string() : *history_id;
}

void Publisher::SetHistory(std::string history_id) {
  history_id_.store(std::make_shared<const std::string>(std::move(history_id)), std::memory_order_release);
}

void Publisher::ConfirmNewest(SteadyTime time) {
  const int64_t at = absl::ToInt64Microseconds(std::min(time, now_()).since_start());
  int64_t before = newest_at_us_.load(std::memory_order_relaxed);
  while (before < at && !newest_at_us_.compare_exchange_weak(before, at, std::memory_order_relaxed)) {
  }
}

void Publisher::ForgetNewest() { newest_at_us_.store(kNever, std::memory_order_relaxed); }

void Publisher::NoteNewest(int64_t revision, SteadyTime asked) {
  {
    absl::MutexLock lock(&mutex_);
    known_ = {revision, asked};
  }
  waiters_.Look();
}

void Publisher::Publish(ViewChange change) {
  current_.store(change.view, std::memory_order_release);
  waiters_.Look();
  absl::MutexLock lock(&subscribers_->mutex);
  for (const Subscription* subscription : subscribers_->all) subscription->Tell(change);
}

std::unique_ptr<ViewSubscription> Publisher::Subscribe(std::function<void(const ViewChange&)> changed) {
  return std::make_unique<Subscription>(subscribers_, std::move(changed));
}

bool Publisher::HasReached(int64_t revision) const {
  const std::shared_ptr<const View> view = Current();
  return view != nullptr && view->revision() >= revision;
}

bool Publisher::IsUnknown(int64_t revision, SteadyTime since) const {
  absl::MutexLock lock(&mutex_);
  return known_.asked >= since && known_.revision < revision && !HasReached(revision);
}

uint64_t Publisher::AddWaiter(int64_t revision, SteadyTime deadline, Unknown unknown, Reached reached) {
  const SteadyTime since = unknown == Unknown::kRefuse ? now_() : SteadyTime::InfiniteFuture();
  const auto answer = [this, revision, since, reached = std::move(reached)] {
    std::shared_ptr<const View> view = Current();
    if (view != nullptr && view->revision() >= revision) return reached(std::move(view));
    reached(IsUnknown(revision, since) ? NoSuchRevision(revision) : Behind(revision));
  };
  if (HasReached(revision) || now_() >= deadline) {
    answer();
    return 0;
  }
  const auto over = [this, revision, since] { return HasReached(revision) || IsUnknown(revision, since); };
  return waiters_.Add(over, deadline, answer);
}

void Publisher::GiveUp(uint64_t waiter) { waiters_.GiveUp(waiter); }

absl::Status Publisher::Behind(int64_t revision) const {
  std::shared_ptr<const View> view = Current();
  if (view == nullptr) {
    return base::Error(base::reason::NotReady{}, "the inventory has not been loaded yet; try again")
        .RetryAfterMs(kRetryMs);
  }
  return base::Error(base::reason::ReplicaBehind{.revision = view->revision(), .min_revision = revision},
                     absl::StrCat("this replica is at revision ", view->revision(), " and did not reach ",
                                  revision, " in time; try again"))
      .RetryAfterMs(kRetryMs);
}

absl::Status Publisher::NoSuchRevision(int64_t revision) const {
  absl::MutexLock lock(&mutex_);
  return base::Error(base::reason::RevisionNotFound{.revision = known_.revision, .min_revision = revision},
                     absl::StrCat("there is no revision ", revision, " yet; the newest is ", known_.revision,
                                  "; send a token that a server returned"));
}

}  // namespace linchpin::replica
