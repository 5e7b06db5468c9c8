#include "services/kit/rpc/call.h"

#include <vector>

namespace linchpin::kit {

bool Call::Cancelled() const {
  if (stopped() != Stop::kNone) return true;
  constexpr base::SteadyTime kNone = base::SteadyTime::InfiniteFuture();
  return identity_.deadline != kNone && base::SteadyNow() > identity_.deadline;
}

Call::CancelHook::~CancelHook() {
  absl::MutexLock lock(&call_.hooks_mutex_);
  std::erase(call_.hooks_, this);
}

std::unique_ptr<Call::CancelHook> Call::OnCancel(std::function<void()> callback) {
  auto hook = std::unique_ptr<CancelHook>(new CancelHook(*this, std::move(callback)));
  absl::MutexLock lock(&hooks_mutex_);
  if (stopped() != Stop::kNone) {
    hook->callback_();
  } else {
    hooks_.push_back(hook.get());
  }
  return hook;
}

void Call::WhenCancelled(std::function<void()> callback) {
  absl::MutexLock lock(&hooks_mutex_);
  if (answered_) return;
  if (stopped() != Stop::kNone) {
    callback();
  } else {
    callbacks_.push_back(std::move(callback));
  }
}

void Call::Answered() {
  absl::MutexLock lock(&hooks_mutex_);
  answered_ = true;
  callbacks_.clear();
}

void Call::Cancel(Stop why) {
  absl::MutexLock lock(&hooks_mutex_);
  if (stopped() != Stop::kNone) return;
  stop_.store(why, std::memory_order_release);
  // Run under the lock, so that a hook's destructor can wait for its callback.
  for (CancelHook* hook : hooks_) hook->callback_();
  hooks_.clear();
  for (const auto& callback : callbacks_) callback();
  callbacks_.clear();
}

}  // namespace linchpin::kit
