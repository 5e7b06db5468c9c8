#include "services/kit/auth/denials.h"

namespace linchpin::kit {
namespace {

int64_t CurrentMinute() {
  return std::chrono::duration_cast<std::chrono::minutes>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Denials::Note(const Denial& denial) {
  if (Take(denial.principal)) record_(denial);
}

bool Denials::Take(const std::string& principal) {
  const int64_t now = CurrentMinute();
  absl::MutexLock lock(&mutex_);
  Minute& minute = minutes_[principal];
  if (minute.number != now) minute = {now, 0};
  return ++minute.noted <= per_minute_;
}

}  // namespace linchpin::kit
