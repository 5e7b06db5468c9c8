// What is done about callers who show no right token, again and again.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_AUTH_FAILURES_H_
#define LINCHPIN_SERVICES_KIT_AUTH_AUTH_FAILURES_H_

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace prometheus {
class Counter;
}

namespace linchpin::kit {

class Log;
class Metrics;

// Counts refusals by host and minute. A host beyond its budget is told to wait; a right token still gets in
// from there, for callers behind one proxy share a host, and one of them must not lock the others out. The
// log gets at most one line a second, with the host and how many were left out.
//
// Ownership: keeps references to log and metrics. Thread safety: all of it. Cost: a host is forgotten after
// its minute; beyond kHostsMax of one minute the others share one budget.
class AuthFailures {
 public:
  static constexpr size_t kHostsMax = 10'000;

  // `per_minute` 0: no budget.
  AuthFailures(int per_minute, Log& log, Metrics& metrics, std::function<absl::Time()> now = absl::Now);

  // Counts one; what to answer with: `refusal`, or RESOURCE_EXHAUSTED, LIMIT_REACHED, with RetryInfo.
  absl::Status Note(const std::string& host, absl::Status refusal);

 private:
  struct Minute {
    absl::Time begin;
    int count = 0;
  };
  Minute& MinuteOf(const std::string& host, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void LogSome(const std::string& host, const Minute& minute, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int per_minute_;
  Log& log_;
  const std::function<absl::Time()> now_;
  prometheus::Counter& refused_;
  prometheus::Counter& limited_;
  absl::Mutex mutex_;
  std::unordered_map<std::string, Minute> minutes_ ABSL_GUARDED_BY(mutex_);
  absl::Time logged_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int unlogged_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_AUTH_FAILURES_H_
