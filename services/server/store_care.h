// What a store needs from time to time, whoever serves it.
#ifndef LINCHPIN_SERVICES_SERVER_STORE_CARE_H_
#define LINCHPIN_SERVICES_SERVER_STORE_CARE_H_

#include <atomic>
#include <functional>
#include <string>
#include <string_view>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/store/port/resource_store.h"

namespace linchpin::linchpind {

// linchpin_db_up of one schema.
void ExportDbUp(kit::GaugeSink& sink, std::string_view schema, bool up);

struct StoreCareOptions {
  // How long history stays readable. Zero: forever.
  absl::Duration history;
  // Whether a write handed in now would be tried, as the committer sees it.
  std::function<bool()> writable = [] { return true; };
  // The clock of this process, on the wall.
  std::function<absl::Time()> now = absl::Now;
};

// Looks whether a store would take a write, and forgets what is old. Several processes may do the same to one
// database.
//
// Ages are counted on the clock of the database. A process whose own clock differs from it by more than half
// a minute says so and forgets nothing: one of the two is wrong, and what has been forgotten is gone.
//
// Ownership: keeps references to store and log.
// Thread safety: Export from any thread, the rest from one.
class StoreCare {
 public:
  StoreCare(std::string_view schema, store::ResourceStore& store, StoreCareOptions options, kit::Log& log);

  // Asks the store; says when the answer has changed.
  void Look();
  // Forgets request ids older than a day, and history older than wanted; nothing if the last look found the
  // store down or the clocks apart.
  void Tidy();

  // linchpin_db_up, linchpin_db_clock_skew_seconds and linchpin_schema_version.
  void Export(kit::GaugeSink& sink) const;

 private:
  void LookAtWrites();
  void LookAtClock();
  void Warn(std::string_view message, const absl::Status& status);

  const std::string schema_;
  store::ResourceStore& store_;
  const StoreCareOptions options_;
  kit::Log& log_;
  int schema_version_ = 0;
  std::string why_down_;
  bool clocks_apart_ = false;
  std::atomic<bool> up_{true};
  std::atomic<double> skew_seconds_{0};
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_STORE_CARE_H_
