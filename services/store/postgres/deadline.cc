#include "services/store/postgres/deadline.h"

#include <sys/socket.h>

#include <algorithm>

namespace linchpin::store {

using std::chrono::steady_clock;

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
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

DeadlineThread::Guard::Guard(DeadlineThread& thread, GuardedSocket& socket, absl::Duration timeout)
    : thread_(thread), socket_(socket) {
  Time deadline = Time::max();
  // Decades do not fit the clock's nanoseconds when added to it.
  if (timeout < absl::Hours(24 * 365)) {
    deadline = steady_clock::now() + absl::ToChronoNanoseconds(std::max(timeout, absl::ZeroDuration()));
  }
  bool wake = false;
  {
    std::lock_guard lock(thread_.mutex_);
    place_ = thread_.guards_.emplace(deadline, this);
    wake = deadline < thread_.wakes_at_;
  }
  if (wake) thread_.changed_.notify_one();
}

DeadlineThread::Guard::~Guard() {
  std::lock_guard lock(thread_.mutex_);
  if (!over_) thread_.guards_.erase(place_);
}

void DeadlineThread::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    ShutThoseOver();
    wakes_at_ = guards_.empty() ? Time::max() : guards_.begin()->first;
    if (wakes_at_ == Time::max()) {
      changed_.wait(lock);
    } else {
      changed_.wait_until(lock, wakes_at_);
    }
  }
}

void DeadlineThread::ShutThoseOver() {
  const Time now = steady_clock::now();
  while (!guards_.empty() && guards_.begin()->first <= now) {
    Guard& guard = *guards_.begin()->second;
    guards_.erase(guards_.begin());
    guard.over_ = true;
    guard.socket_.Shut();
  }
}

}  // namespace linchpin::store
