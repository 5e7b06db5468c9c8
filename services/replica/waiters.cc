#include "services/replica/waiters.h"

#include <algorithm>
#include <utility>

namespace linchpin::replica {

using base::SteadyTime;

Waiters::Waiters(std::function<SteadyTime()> now) : now_(std::move(now)), thread_([this] { Run(); }) {}

Waiters::~Waiters() {
  {
    absl::MutexLock lock(&mutex_);
    stop_ = true;
  }
  woken_.NotifyAll();
  thread_.join();
}

uint64_t Waiters::Add(std::function<bool()> over, SteadyTime deadline, std::function<void()> answer) {
  deadline = std::min(deadline, now_() + kWaitMax);
  absl::MutexLock lock(&mutex_);
  waiters_.emplace(++last_, Waiter{std::move(over), deadline, std::move(answer)});
  look_ = true;  // It may be over already, or its deadline may be the first.
  woken_.NotifyAll();
  return last_;
}

void Waiters::GiveUp(uint64_t waiter) {
  absl::MutexLock lock(&mutex_);
  given_up_.insert(waiter);
  look_ = true;
  woken_.NotifyAll();
}

void Waiters::Look() {
  absl::MutexLock lock(&mutex_);
  if (waiters_.empty()) return;
  look_ = true;
  woken_.NotifyAll();
}

SteadyTime Waiters::Earliest() const {
  SteadyTime first = SteadyTime::InfiniteFuture();
  for (const auto& [id, waiter] : waiters_) first = std::min(first, waiter.deadline);
  return first;
}

std::vector<Waiters::Waiter> Waiters::TakeFinished(bool all) {
  std::vector<Waiter> finished;
  const SteadyTime now = now_();
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    if (!all && now < it->second.deadline && !given_up_.contains(it->first) && !it->second.over()) {
      ++it;
      continue;
    }
    finished.push_back(std::move(it->second));
    it = waiters_.erase(it);
  }
  given_up_.clear();
  return finished;
}

void Waiters::Run() {
  bool stopping = false;
  while (!stopping) {
    std::vector<Waiter> finished;
    {
      absl::MutexLock lock(&mutex_);
      const auto woken = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return look_ || stop_; };
      woken_.Await(mutex_, Earliest(), woken);
      look_ = false;
      stopping = stop_;
      finished = TakeFinished(/*all=*/stopping);
    }
    for (const Waiter& waiter : finished) waiter.answer();
  }
}

}  // namespace linchpin::replica
