#include "services/server/stores.h"

#include <cstdlib>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/time/clock.h"
#include "services/kit/config/settings_file.h"
#include "services/server/signals.h"
#include "services/store/open.h"

namespace linchpin::linchpind {
namespace {

constexpr absl::Duration kRetry = absl::Seconds(1);
constexpr absl::Duration kRepeatLog = absl::Seconds(30);

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

store::LogFunction StoreLog(kit::Log& log, std::string schema) {
  return [&log, schema = std::move(schema)](store::LogLevel level, std::string_view message,
                                            std::string_view detail) {
    const auto kit_level = level == store::LogLevel::kInfo      ? kit::LogLevel::kInfo
                           : level == store::LogLevel::kWarning ? kit::LogLevel::kWarning
                                                                : kit::LogLevel::kError;
    log.Write(kit_level, message, {{"store", schema}, {"detail", detail}});
  };
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
  store::OpenOptions options;
  options.migrate = migrate;
  options.readers_max = static_cast<int>(settings.Count("store-connections"));
  options.log = StoreLog(log, std::string(schema));
  const std::string& address = settings.Text("store");
  absl::Time logged = absl::InfinitePast();
  bool waited = false;
  while (true) {
    auto opened = store::OpenStore(address, schema, options);
    if (opened.ok()) {
      if (waited) log.Info("the database is there", {{"store", schema}});
      return opened;
    }
    if (opened.status().code() != absl::StatusCode::kUnavailable || absl::Now() >= deadline)
      return opened.status();
    waited = true;
    if (absl::Now() - logged >= kRepeatLog) {
      logged = absl::Now();
      log.Warning("waiting for the database", {{"store", schema},
                                               {"address", kit::HidePassword(address)},
                                               {"error", View(opened.status().message())}});
    }
    if (WaitForSignal(kRetry)) return absl::CancelledError("asked to stop while waiting for the database");
  }
}

}  // namespace linchpin::linchpind
