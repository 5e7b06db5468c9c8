// Errors of the engine, with the reasons that callers know.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ENGINE_ERROR_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ENGINE_ERROR_H_

#include "absl/status/status.h"

namespace linchpin::risk {

// FAILED_PRECONDITION and OUT_OF_RANGE become FAILED_PRECONDITION, FIGURE_TOO_LARGE; RESOURCE_EXHAUSTED
// becomes LIMIT_REACHED; INVALID_ARGUMENT becomes FIELD_INVALID on `scenario`. Others stay as they are.
absl::Status FromEngine(const absl::Status& status);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ENGINE_ERROR_H_
