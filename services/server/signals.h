// Signals that end the process, taken one by one instead of interrupting.
#ifndef LINCHPIN_SERVICES_SERVER_SIGNALS_H_
#define LINCHPIN_SERVICES_SERVER_SIGNALS_H_

#include <optional>

#include "absl/time/time.h"

namespace linchpin::linchpind {

// Blocks SIGTERM and SIGINT for this thread and all that it starts from now on, and ignores SIGPIPE. To be
// called before any other thread exists.
void BlockSignals();

// The next SIGTERM or SIGINT; nullopt if none comes within `timeout`.
std::optional<int> WaitForSignal(absl::Duration timeout);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_SIGNALS_H_
