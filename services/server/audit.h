// `linchpind audit verify`.
#ifndef LINCHPIN_SERVICES_SERVER_AUDIT_H_
#define LINCHPIN_SERVICES_SERVER_AUDIT_H_

#include <string>
#include <vector>

#include "services/kit/config/settings.h"
#include "services/kit/logging/log.h"

namespace linchpin::linchpind {

// Checks the chain of the audit in the stores of the target's services, beside a server that may be running,
// and prints one line for each: `inventory:1234:<digest>` is the newest row. Such lines, noted earlier, may
// be given as `anchors`; their rows must still be the same. The exit code of the process: 0 if all holds, 1
// if a chain is broken or cannot be read, 2 if an anchor is none.
int VerifyAudits(const kit::Settings& settings, const std::vector<std::string>& anchors, kit::Log& log);

}  // namespace linchpin::linchpind

#endif  // LINCHPIN_SERVICES_SERVER_AUDIT_H_
