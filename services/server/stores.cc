#include "services/server/stores.h"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/base/redact.h"
#include "services/kit/config/settings_file.h"
#include "services/server/signals.h"
#include "services/store/open.h"
#include "services/store/port/store_error.h"

namespace linchpin::linchpind {
namespace {

// Between attempts to open a store: first and longest.
constexpr absl::Duration kRetryMin = absl::Seconds(1);
constexpr absl::Duration kRetryMax = absl::Seconds(5);
// A line that says the same is written once in this time.
constexpr absl::Duration kRepeatLog = absl::Seconds(30);

// Keeps what a store reports while it is being opened, so that one line says all; passes it on afterwards.
class OpeningLog {
 public:
  explicit OpeningLog(store::LogFunction log) : log_(std::move(log)) {}

  void Write(store::LogLevel level, std::string_view message, std::string_view detail) {
    absl::MutexLock lock(&mutex_);
    if (opening_) {
      detail_ = std::string(detail);
    } else {
      log_(level, message, detail);
    }
  }
  void Opened() {
    absl::MutexLock lock(&mutex_);
    opening_ = false;
  }
  std::string detail() {
    absl::MutexLock lock(&mutex_);
    return detail_;
  }

 private:
  const store::LogFunction log_;
  absl::Mutex mutex_;
  bool opening_ ABSL_GUARDED_BY(mutex_) = true;
  std::string detail_ ABSL_GUARDED_BY(mutex_);
};

// Nothing would be gained by waiting: somebody has to correct the setting.
bool IsFinal(const absl::Status& status) {
  return !absl::IsUnavailable(status) || store::CauseIn(status) == store::StoreCause::kWrongOption;
}

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

store::LogFunction StoreLog(kit::Log& log, std::string schema) {
  const auto write = [&log, schema = std::move(schema)](store::LogLevel level, std::string_view message,
                                                        std::string_view detail) {
    const auto kit_level = level == store::LogLevel::kInfo      ? kit::LogLevel::kInfo
                           : level == store::LogLevel::kWarning ? kit::LogLevel::kWarning
                                                                : kit::LogLevel::kError;
    log.Write(kit_level, message, {{"store", schema}, {"detail", detail}});
  };
  return store::LimitRepeats(write, kRepeatLog);
}

absl::Status ProvidePassword(const kit::Settings& settings) {
  std::string password = settings.SecretOf("store-password").Reveal();
  if (const std::string& path = settings.Text("store-password-file"); password.empty() && !path.empty()) {
    auto text = kit::ReadSmallFile(path, 4096);
    if (!text.ok()) return text.status();
    password = std::string(absl::StripTrailingAsciiWhitespace(*text));
  }
  if (!password.empty()) setenv("PGPASSWORD", password.c_str(), 1);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<store::ResourceStore>> OpenStoreWaiting(const kit::Settings& settings,
                                                                       std::string_view schema, bool migrate,
                                                                       kit::Log& log, absl::Time deadline) {
  const auto opening = std::make_shared<OpeningLog>(StoreLog(log, std::string(schema)));
  store::OpenOptions options;
  options.migrate = migrate;
  options.readers_max = static_cast<int>(settings.Count("store-connections"));
  options.log = [opening](store::LogLevel level, std::string_view message, std::string_view detail) {
    opening->Write(level, message, detail);
  };
  const std::string& address = settings.Text("store");
  const auto waiting = store::LimitRepeats(
      [&](store::LogLevel, std::string_view message, std::string_view reason) {
        log.Warning(message, {{"store", schema},
                              {"address", base::RedactAddress(address)},
                              {"error", reason},
                              {"detail", opening->detail()}});
      },
      kRepeatLog);
  absl::Duration retry = kRetryMin;
  for (bool waited = false;; waited = true) {
    auto opened = store::OpenStore(address, schema, options);
    if (opened.ok()) {
      opening->Opened();
      if (waited) log.Info("the database is there", {{"store", schema}});
      return opened;
    }
    if (IsFinal(opened.status()) || absl::Now() >= deadline) return opened.status();
    waiting(store::LogLevel::kWarning, "waiting for the database", View(opened.status().message()));
    if (WaitForSignal(retry)) return absl::CancelledError("asked to stop while waiting for the database");
    retry = std::min(2 * retry, kRetryMax);
  }
}

}  // namespace linchpin::linchpind
