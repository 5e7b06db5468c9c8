#include "services/kit/auth/auth_failures.h"

#include <utility>

#include "prometheus/counter.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"

namespace linchpin::kit {
namespace {

constexpr char kCounter[] = "linchpin_auth_failures_total";
constexpr char kHelp[] = "Calls without a valid token or certificate, by the answer they got.";
constexpr char kOthers[] = "others";

}  // namespace

AuthFailures::AuthFailures(int per_minute, Log& log, Metrics& metrics, std::function<absl::Time()> now)
    : per_minute_(per_minute),
      log_(log),
      now_(std::move(now)),
      refused_(metrics.Counter(kCounter, kHelp, {{"result", "refused"}})),
      limited_(metrics.Counter(kCounter, kHelp, {{"result", "limited"}})) {}

AuthFailures::Minute& AuthFailures::MinuteOf(const std::string& host, absl::Time now) {
  const auto over = [now](const Minute& minute) { return now - minute.begin >= absl::Minutes(1); };
  if (minutes_.size() >= kHostsMax)
    std::erase_if(minutes_, [&over](const auto& entry) { return over(entry.second); });
  const bool full = minutes_.size() >= kHostsMax && !minutes_.contains(host);
  Minute& minute = minutes_.try_emplace(full ? kOthers : host, Minute{now, 0}).first->second;
  if (over(minute)) minute = {now, 0};
  return minute;
}

absl::Status AuthFailures::Note(const std::string& host, absl::Status refusal) {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = now_();
  Minute& minute = MinuteOf(host, now);
  ++minute.count;
  LogSome(host, minute, now);
  if (per_minute_ == 0 || minute.count <= per_minute_) {
    refused_.Increment();
    return refusal;
  }
  limited_.Increment();
  const absl::Duration left = minute.begin + absl::Minutes(1) - now;
  return base::Error(base::reason::LimitReached{.limit = std::to_string(per_minute_)},
                     "too many calls from this host had no valid token; wait, then send one")
      .RetryAfterMs(static_cast<int>(absl::ToInt64Milliseconds(left)));
}

void AuthFailures::LogSome(const std::string& host, const Minute& minute, absl::Time now) {
  if (now - logged_ < absl::Seconds(1)) {
    ++unlogged_;
    return;
  }
  log_.Warning("a caller showed no valid token",
               {{"peer", host}, {"failures_this_minute", minute.count}, {"others_not_logged", unlogged_}});
  logged_ = now;
  unlogged_ = 0;
}

}  // namespace linchpin::kit
