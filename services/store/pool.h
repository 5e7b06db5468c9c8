// A bounded set of connections, made when first needed.
#ifndef LINCHPIN_SERVICES_STORE_POOL_H_
#define LINCHPIN_SERVICES_STORE_POOL_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/base/steady.h"
#include "services/store/port/store_error.h"

namespace linchpin::store {

// Thread safety: Take from any thread. The pool outlives its handles.
template <typename T>
class Pool {
 public:
  using Make = std::function<absl::StatusOr<std::unique_ptr<T>>()>;

  Pool(int max, Make make) : max_(max), make_(std::move(make)) {}

  // Gives the connection back when destroyed.
  class Handle {
   public:
    Handle(Pool& pool, std::unique_ptr<T> item) : pool_(&pool), item_(std::move(item)) {}
    Handle(Handle&&) noexcept = default;
    ~Handle() {
      if (item_ != nullptr) pool_->Return(std::move(item_));
    }
    T& operator*() const { return *item_; }
    T* operator->() const { return item_.get(); }
    // The connection is broken: the next one is made anew.
    void Discard() {
      item_.reset();
      pool_->Return(nullptr);
    }

   private:
    Pool* pool_;
    std::unique_ptr<T> item_;
  };

  // UNAVAILABLE if none becomes free within `wait`, or if one cannot be made.
  absl::StatusOr<Handle> Take(absl::Duration wait) {
    std::unique_ptr<T> item;
    {
      absl::MutexLock lock(&mutex_);
      const auto free = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return used_ < max_; };
      if (!returned_.Await(mutex_, base::SteadyNow() + wait, free)) return ReadersBusy();
      ++used_;
      if (!idle_.empty()) {
        item = std::move(idle_.back());
        idle_.pop_back();
      }
    }
    if (item != nullptr) return Handle(*this, std::move(item));
    absl::StatusOr<std::unique_ptr<T>> made = make_();
    if (!made.ok()) {
      Return(nullptr);
      return made.status();
    }
    return Handle(*this, *std::move(made));
  }

 private:
  void Return(std::unique_ptr<T> item) {
    absl::MutexLock lock(&mutex_);
    --used_;
    returned_.NotifyAll();
    if (item != nullptr) idle_.push_back(std::move(item));
  }

  const int max_;
  const Make make_;
  absl::Mutex mutex_;
  base::SteadyCondition returned_;
  int used_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<T>> idle_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POOL_H_
