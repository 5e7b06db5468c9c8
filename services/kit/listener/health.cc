#include "services/kit/listener/health.h"

namespace linchpin::kit {

void Health::AddService(std::string_view service, std::function<bool()> probe) {
  absl::MutexLock lock(&mutex_);
  services_[std::string(service)] = Service{std::move(probe), false};
}

void Health::SetReady(std::string_view service, bool ready) {
  absl::MutexLock lock(&mutex_);
  if (const auto found = services_.find(service); found != services_.end()) found->second.ready = ready;
}

void Health::SetAlive(bool alive) {
  absl::MutexLock lock(&mutex_);
  alive_ = alive;
}

void Health::SetListening() {
  absl::MutexLock lock(&mutex_);
  listening_ = true;
}

void Health::Drain() {
  absl::MutexLock lock(&mutex_);
  draining_ = true;
}

Health::State Health::OfLocked(const Service& service) const {
  if (!listening_ || draining_) return State::kNotServing;
  return (service.probe ? service.probe() : service.ready) ? State::kServing : State::kNotServing;
}

Health::State Health::Of(std::string_view service) const {
  absl::MutexLock lock(&mutex_);
  if (service == kLiveness) return alive_ ? State::kServing : State::kNotServing;
  if (service.empty()) {
    if (services_.empty()) return State::kNotServing;
    for (const auto& [name, state] : services_) {
      if (OfLocked(state) != State::kServing) return State::kNotServing;
    }
    return State::kServing;
  }
  const auto found = services_.find(service);
  return found == services_.end() ? State::kUnknown : OfLocked(found->second);
}

}  // namespace linchpin::kit
