// What a store needs from time to time, whoever serves it.
#ifndef LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
#define LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "absl/time/time.h"
#include "services/kit/logging/log.h"
#include "services/kit/metrics/metrics.h"
#include "services/store/port/resource_store.h"

namespace linchpin::linchpind {

// linchpin_db_up of one schema.
void ExportDbUp(kit::GaugeSink& sink, std::string_view schema, bool up);

// Asks a store every five seconds whether it would take a write (linchpin_db_up), and every ten minutes
// forgets request ids older than a day and, unless it is zero, history older than `history`. Several
// processes may do the same to one database.
//
// Ownership: keeps references to all three; the destructor stops its thread.
class Housekeeping {
 public:
  Housekeeping(std::string_view schema, store::ResourceStore& store, absl::Duration history, kit::Log& log,
               kit::Metrics& metrics);
  ~Housekeeping();

 private:
  void Run();
  void Tidy();

  const std::string schema_;
  store::ResourceStore& store_;
  const absl::Duration history_;
  kit::Log& log_;
  std::atomic<bool> up_{true};
  int schema_version_ = 0;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::unique_ptr<kit::CollectorHandle> collector_;
  std::thread thread_;
};

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_HOUSEKEEPING_H_
