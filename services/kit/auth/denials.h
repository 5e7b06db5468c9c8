// Calls that a caller's role does not allow, for who keeps the audit.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_DENIALS_H_
#define LINCHPIN_SERVICES_KIT_AUTH_DENIALS_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace linchpin::kit {

// A call of a method that writes, refused before its request was read.
struct Denial {
  std::string principal;
  std::string method;  // Without its service, `CreateVendor`, as the audit names it.
  absl::Status refusal;
};

// Passes denials on, of one principal at most `per_minute` in a minute: a caller who may write nothing must
// not be able to fill the audit either. The rest is logged and counted like any call, and no more.
//
// Thread safety: Note from any thread.
class Denials {
 public:
  // `record` must be quick and must not block.
  explicit Denials(std::function<void(const Denial&)> record, int per_minute = 60)
      : record_(std::move(record)), per_minute_(per_minute) {}

  void Note(const Denial& denial);

 private:
  struct Minute {
    int64_t number = 0;
    int noted = 0;
  };
  bool Take(const std::string& principal);

  const std::function<void(const Denial&)> record_;
  const int per_minute_;
  absl::Mutex mutex_;
  // As many as there are principals, which are those of the file of tokens.
  std::map<std::string, Minute> minutes_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_DENIALS_H_
