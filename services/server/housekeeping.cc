#include "services/server/housekeeping.h"

#include <chrono>

#include "absl/time/clock.h"

namespace linchpin::linchpind {
namespace {

constexpr auto kPing = std::chrono::seconds(5);
constexpr absl::Duration kTidy = absl::Minutes(10);
constexpr absl::Duration kRequestIds = absl::Hours(25);  // Callers are promised 24.

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void ExportDbUp(kit::GaugeSink& sink, std::string_view schema, bool up) {
  sink.Gauge("linchpin_db_up", "Whether the database would take a write, as of at most five seconds ago.",
             {{"schema", std::string(schema)}}, up ? 1 : 0);
}

Housekeeping::Housekeeping(std::string_view schema, store::ResourceStore& store, absl::Duration history,
                           kit::Log& log, kit::Metrics& metrics)
    : schema_(schema), store_(store), history_(history), log_(log) {
  if (auto info = store.Info(); info.ok()) schema_version_ = info->schema_version;
  collector_ = metrics.AddCollector([this](kit::GaugeSink& sink) {
    ExportDbUp(sink, schema_, up_.load());
    sink.Gauge("linchpin_schema_version", "Version of the database's schema.", {{"schema", schema_}},
               schema_version_);
  });
  thread_ = std::thread([this] { Run(); });
}

Housekeeping::~Housekeeping() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Housekeeping::Run() {
  absl::Time tidied = absl::Now();
  std::unique_lock<std::mutex> lock(mutex_);
  while (!wake_.wait_for(lock, kPing, [this] { return stopping_; })) {
    lock.unlock();
    const absl::Status ping = store_.Ping();
    if (ping.ok() != up_.exchange(ping.ok())) {
      if (ping.ok()) {
        log_.Info("the database answers again", {{"store", schema_}});
      } else {
        log_.Error("the database does not answer", {{"store", schema_}, {"error", View(ping.message())}});
      }
    }
    if (ping.ok() && absl::Now() - tidied >= kTidy) {
      Tidy();
      tidied = absl::Now();
    }
    lock.lock();
  }
}

void Housekeeping::Tidy() {
  auto expired = store_.ExpireRequests(absl::Now() - kRequestIds);
  if (!expired.ok()) {
    log_.Warning("request ids could not be expired",
                 {{"store", schema_}, {"error", View(expired.status().message())}});
  }
  if (history_ == absl::ZeroDuration()) return;
  auto revision = store_.RevisionAt(absl::Now() - history_);
  const absl::Status status = revision.ok() ? store_.Compact(*revision) : revision.status();
  if (!status.ok())
    log_.Warning("history could not be compacted", {{"store", schema_}, {"error", View(status.message())}});
}

}  // namespace linchpin::linchpind
