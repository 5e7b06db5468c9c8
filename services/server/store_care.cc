#include "services/server/store_care.h"

#include <utility>

namespace linchpin::linchpind {
namespace {

constexpr absl::Duration kRequestIds = absl::Hours(25);  // Callers are promised 24.
constexpr absl::Duration kSkewMax = absl::Seconds(30);

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

void ExportDbUp(kit::GaugeSink& sink, std::string_view schema, bool up) {
  sink.Gauge("linchpin_db_up", "Whether the database would take a write, as of at most five seconds ago.",
             {{"schema", std::string(schema)}}, up ? 1 : 0);
}

StoreCare::StoreCare(std::string_view schema, store::ResourceStore& store, StoreCareOptions options,
                     kit::Log& log)
    : schema_(schema), store_(store), options_(std::move(options)), log_(log) {
  if (auto info = store.Info(); info.ok()) schema_version_ = info->schema_version;
}

void StoreCare::Look() {
  LookAtWrites();
  if (up_) LookAtClock();
}

void StoreCare::LookAtWrites() {
  const absl::Status ping = store_.Ping();
  std::string why(View(ping.message()));
  if (ping.ok() && !options_.writable()) why = "the last write found it unusable";
  up_ = why.empty();
  if (why == why_down_) return;
  why_down_ = why;
  if (why.empty()) {
    log_.Info("the database takes writes again", {{"store", schema_}});
  } else {
    log_.Error("the database takes no writes", {{"store", schema_}, {"error", why}});
  }
}

void StoreCare::LookAtClock() {
  const auto clock = store_.ReadClock();
  if (!clock.ok()) return;
  const absl::Duration skew = options_.now() - *clock;
  skew_seconds_ = absl::ToDoubleSeconds(skew);
  const bool apart = absl::AbsDuration(skew) > kSkewMax;
  if (apart == clocks_apart_) return;
  clocks_apart_ = apart;
  if (apart) {
    log_.Error(
        "the clocks of this process and of the database differ; nothing old is forgotten until they agree",
        {{"store", schema_}, {"skew_seconds", absl::ToDoubleSeconds(skew)}});
  } else {
    log_.Info("the clocks of this process and of the database agree again", {{"store", schema_}});
  }
}

void StoreCare::Tidy() {
  if (!up_ || clocks_apart_) return;
  const auto clock = store_.ReadClock();
  if (!clock.ok()) return Warn("the clock of the database could not be read", clock.status());
  auto expired = store_.ExpireRequests(*clock - kRequestIds);
  if (!expired.ok()) Warn("request ids could not be expired", expired.status());
  if (options_.history == absl::ZeroDuration()) return;
  auto revision = store_.RevisionAt(*clock - options_.history);
  const absl::Status status = revision.ok() ? store_.Compact(*revision) : revision.status();
  if (!status.ok()) Warn("history could not be compacted", status);
}

void StoreCare::Export(kit::GaugeSink& sink) const {
  ExportDbUp(sink, schema_, up_);
  sink.Gauge("linchpin_db_clock_skew_seconds",
             "By how much the clock of this process is ahead of that of the database; negative: behind.",
             {{"schema", schema_}}, skew_seconds_);
  sink.Gauge("linchpin_schema_version", "Version of the database's schema.", {{"schema", schema_}},
             schema_version_);
}

void StoreCare::Warn(std::string_view message, const absl::Status& status) {
  log_.Warning(message, {{"store", schema_}, {"error", View(status.message())}});
}

}  // namespace linchpin::linchpind
