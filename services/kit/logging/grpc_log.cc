#include "services/kit/logging/grpc_log.h"

#include <grpc/support/log.h>

#include <atomic>
#include <cstdint>

#include "absl/time/clock.h"
#include "services/kit/logging/log.h"

namespace linchpin::kit {
namespace {

constexpr int kPerSecond = 10;

std::atomic<Log*> g_log{nullptr};
std::atomic<int64_t> g_second{0};
std::atomic<int> g_count{0};

void Write(gpr_log_func_args* entry) {
  Log* log = g_log.load();
  if (log == nullptr || entry->severity != GPR_LOG_SEVERITY_ERROR) return;
  int64_t second = g_second.load();
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  int left_out = 0;
  if (second != now && g_second.compare_exchange_strong(second, now))
    left_out = g_count.exchange(0) - kPerSecond;
  if (g_count.fetch_add(1) >= kPerSecond) return;
  log->Warning("grpc", {{"detail", entry->message}, {"left_out", left_out > 0 ? left_out : 0}});
}

}  // namespace

void SendGrpcLogTo(Log& log) {
  g_log.store(&log);
  gpr_set_log_function(&Write);
}

}  // namespace linchpin::kit
