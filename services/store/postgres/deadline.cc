#include "services/store/postgres/deadline.h"

#include <sys/socket.h>

#include <algorithm>

namespace linchpin::store {

void GuardedSocket::Open(int fd) {
  absl::MutexLock lock(&mutex_);
  fd_ = fd;
}

void GuardedSocket::Close() {
  absl::MutexLock lock(&mutex_);
  fd_ = -1;
}

void GuardedSocket::Shut() {
  absl::MutexLock lock(&mutex_);
  if (fd_ >= 0) shutdown(fd_, SHUT_RDWR);
}

DeadlineThread::DeadlineThread() : thread_([this] { Run(); }) {}

DeadlineThread::~DeadlineThread() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

DeadlineThread::Guard::Guard(DeadlineThread& thread, GuardedSocket& socket, absl::Duration timeout)
    : thread_(thread), socket_(socket) {
  const Time deadline = base::SteadyNow() + timeout;
  bool wake = false;
  {
    absl::MutexLock lock(&thread_.mutex_);
    place_ = thread_.guards_.emplace(deadline, this);
    wake = deadline < thread_.wakes_at_;
  }
  if (wake) thread_.changed_.NotifyAll();
}

DeadlineThread::Guard::~Guard() {
  absl::MutexLock lock(&thread_.mutex_);
  if (!over_) thread_.guards_.erase(place_);
}

void DeadlineThread::Run() {
  absl::MutexLock lock(&mutex_);
  const auto sooner = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || (!guards_.empty() && guards_.begin()->first < wakes_at_);
  };
  while (!stopping_) {
    ShutThoseOver();
    wakes_at_ = guards_.empty() ? Time::InfiniteFuture() : guards_.begin()->first;
    changed_.Await(mutex_, wakes_at_, sooner);
  }
}

void DeadlineThread::ShutThoseOver() {
  const Time now = base::SteadyNow();
  while (!guards_.empty() && guards_.begin()->first <= now) {
    Guard& guard = *guards_.begin()->second;
    guards_.erase(guards_.begin());
    guard.thread_.mutex_.AssertHeld();  // Which is this one's.
    guard.over_ = true;
    guard.socket_.Shut();
  }
}

}  // namespace linchpin::store
