#include "services/risk/domain/reports/engine_error.h"

#include <string>

#include "services/base/error.h"
#include "services/base/reasons.h"

namespace linchpin::risk {

absl::Status FromEngine(const absl::Status& status) {
  const std::string message(status.message());
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return base::Error(base::reason::FigureTooLarge{.total = message}, message);
    case absl::StatusCode::kResourceExhausted:
      return base::Error(base::reason::LimitReached{.limit = message}, message);
    case absl::StatusCode::kInvalidArgument:
      return base::FieldError("scenario", message);
    default:
      return status;
  }
}

}  // namespace linchpin::risk
