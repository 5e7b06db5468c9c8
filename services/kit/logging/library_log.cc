#include "services/kit/logging/library_log.h"

#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/base/steady.h"
#include "services/kit/logging/log.h"

namespace linchpin::kit {
namespace {

constexpr int kPerSecond = 10;

std::atomic<Log*> g_log{nullptr};
std::atomic<int64_t> g_second{0};
std::atomic<int> g_count{0};

void Write(std::string_view library, std::string_view detail) {
  Log* log = g_log.load();
  if (log == nullptr) return;
  int64_t second = g_second.load();
  const int64_t now = absl::ToInt64Seconds(base::SteadyNow().since_start());
  int left_out = 0;
  if (second != now && g_second.compare_exchange_strong(second, now))
    left_out = g_count.exchange(0) - kPerSecond;
  if (g_count.fetch_add(1) >= kPerSecond) return;
  log->Warning(library, {{"detail", detail}, {"left_out", left_out > 0 ? left_out : 0}});
}

void TakeGrpc(gpr_log_func_args* entry) {
  if (entry->severity == GPR_LOG_SEVERITY_ERROR) Write("grpc", entry->message);
}

void TakeProtobuf(google::protobuf::LogLevel level, const char* /*file*/, int /*line*/,
                  const std::string& message) {
  if (level >= google::protobuf::LOGLEVEL_ERROR) Write("protobuf", message);
}

}  // namespace

void SendLibraryLogsTo(Log& log) {
  g_log.store(&log);
  gpr_set_log_function(&TakeGrpc);
  google::protobuf::SetLogHandler(&TakeProtobuf);
}

}  // namespace linchpin::kit
