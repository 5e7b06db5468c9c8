// Whether this process works and is ready, for those who probe.
#ifndef LINCHPIN_SERVICES_KIT_LISTENER_HEALTH_H_
#define LINCHPIN_SERVICES_KIT_LISTENER_HEALTH_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace linchpin::kit {

// The state behind grpc.health.v1: a service name is ready, or not, or unknown.
//
// "" is ready when every service is; "liveness" is there from the start. Nothing but "liveness" is ready
// before the API listens, and after Drain. Thread safety: all of it.
class Health {
 public:
  static constexpr std::string_view kLiveness = "liveness";

  enum class State { kUnknown, kNotServing, kServing };

  // A service that is watched, not ready at first. With `probe`, it is ready while that says so: it is asked
  // at every question and must be quick. Without, while SetReady said so last.
  void AddService(std::string_view service, std::function<bool()> probe = nullptr);
  void SetReady(std::string_view service, bool ready);
  void SetAlive(bool alive);
  // All services have been added, and their callers get through.
  void SetListening();
  void Drain();

  State Of(std::string_view service) const;

 private:
  struct Service {
    std::function<bool()> probe;
    bool ready = false;
  };
  State OfLocked(const Service& service) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  std::map<std::string, Service, std::less<>> services_ ABSL_GUARDED_BY(mutex_);
  bool alive_ ABSL_GUARDED_BY(mutex_) = true;
  bool listening_ ABSL_GUARDED_BY(mutex_) = false;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

// Serves grpc.health.v1, Check and Watch, in plaintext and without tokens, at an address of its own. Watch
// looks at the state four times a second; at most 64 watch at once. At most 96 connections are open; further
// ones are closed at once, as are those for which there is not a file descriptor, and it goes on.
class HealthServer {
 public:
  // Errors: UNAVAILABLE if the address cannot be bound. `health` must outlive it.
  static absl::StatusOr<std::unique_ptr<HealthServer>> Start(std::string_view address, Health& health);

  virtual ~HealthServer() = default;
  virtual int port() const = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_LISTENER_HEALTH_H_
