#include "services/server/exit_by.h"

#include <unistd.h>

#include <thread>

#include "absl/time/clock.h"

namespace linchpin::linchpind {

void ExitBy(absl::Duration limit, kit::Log& log) {
  std::thread([limit, &log] {
    absl::SleepFor(limit);
    log.Error("the process did not end by itself", {{"seconds", absl::ToDoubleSeconds(limit)}});
    // Not exit(): what is stuck may be what the destructors wait for.
    _exit(1);
  }).detach();
}

}  // namespace linchpin::linchpind
