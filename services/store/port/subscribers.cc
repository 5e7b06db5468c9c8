#include "services/store/port/subscribers.h"

namespace linchpin::store {

class Subscribers::Entry : public Subscription {
 public:
  Entry(Subscribers& owner, int64_t id) : owner_(owner), id_(id) {}
  ~Entry() override {
    absl::MutexLock lock(&owner_.mutex_);
    owner_.wakes_.erase(id_);
  }

 private:
  Subscribers& owner_;
  const int64_t id_;
};

std::unique_ptr<Subscription> Subscribers::Add(std::function<void(int64_t)> wake) {
  absl::MutexLock lock(&mutex_);
  int64_t id = next_id_++;
  wakes_.emplace(id, std::move(wake));
  return std::make_unique<Entry>(*this, id);
}

void Subscribers::Notify(int64_t revision) {
  absl::MutexLock lock(&mutex_);
  for (auto& [id, wake] : wakes_) wake(revision);
}

}  // namespace linchpin::store
