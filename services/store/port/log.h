// How the store reports what callers must not see: texts of the database, reconnects, slow groups.
#ifndef LINCHPIN_SERVICES_STORE_PORT_LOG_H_
#define LINCHPIN_SERVICES_STORE_PORT_LOG_H_

#include <functional>
#include <string_view>

namespace linchpin::store {

enum class LogLevel { kInfo, kWarning, kError };

// `message` is a constant sentence; `detail` may hold text of the database and names of resources, never
// bodies or passwords. Called from any thread.
using LogFunction = std::function<void(LogLevel level, std::string_view message, std::string_view detail)>;

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_PORT_LOG_H_
