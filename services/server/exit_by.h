// The last resort of a process that shall end.
#ifndef LINCHPIN_SERVICES_SERVER_EXIT_BY_H_
#define LINCHPIN_SERVICES_SERVER_EXIT_BY_H_

#include "absl/time/time.h"
#include "services/kit/logging/log.h"

namespace linchpin::linchpind {

// How long a process may take after its drain: the last writes and the stores. Chart, unit file and compose
// file kill a process only later, so that its log says that it was stuck (chart_test, compose_test).
constexpr absl::Duration kEndLimit = absl::Seconds(10);

// Ends the process with status 1 after `limit`, however it is stuck, unless it has ended by then. Logs that
// it did. `log` must outlive the process's threads.
void ExitBy(absl::Duration limit, kit::Log& log);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_EXIT_BY_H_
