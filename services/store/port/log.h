// How the store reports what callers must not see: texts of the database, reconnects, slow groups.
#ifndef LINCHPIN_SERVICES_STORE_PORT_LOG_H_
#define LINCHPIN_SERVICES_STORE_PORT_LOG_H_

#include <functional>
#include <string_view>

#include "absl/time/time.h"

namespace linchpin::store {

enum class LogLevel { kInfo, kWarning, kError };

// `message` is a constant sentence; `detail` may hold text of the database and names of resources, never
// bodies or passwords. Called from any thread.
using LogFunction = std::function<void(LogLevel level, std::string_view message, std::string_view detail)>;

// Passes on a line that is equal to one of the last `every` only once in that time; the next one then says
// how often it came. For what is tried again and again. Remembers 64 lines at most, the oldest go.
//
// Thread safety: as that of `log`, which may be null.
LogFunction LimitRepeats(LogFunction log, absl::Duration every = absl::Seconds(30));

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_LOG_H_
