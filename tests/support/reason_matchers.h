// Matchers for the errors of services/base/error.h:
//   EXPECT_THAT(client.CreateVendor("a"), HasReason("RESOURCE_EXISTS"));
// The reason fixes the code (services/base/reasons.h), so a test names both only where the code is the point.
#ifndef LINCHPIN_TESTS_SUPPORT_REASON_MATCHERS_H_
#define LINCHPIN_TESTS_SUPPORT_REASON_MATCHERS_H_

#include <gmock/gmock.h>

#include "services/base/error.h"
#include "tests/support/status_matchers.h"

namespace linchpin {

MATCHER_P(HasReason, reason, "has the reason " + ::testing::PrintToString(reason)) {
  const absl::Status& status = status_matchers::StatusIn(arg);
  *result_listener << "whose status is " << base::TextOf(status);
  return ::testing::Value(base::ReasonOf(status), reason);
}

MATCHER_P2(Fails, code, reason,
           "has the code " + absl::StatusCodeToString(code) + " and the reason " +
               ::testing::PrintToString(reason)) {
  const absl::Status& status = status_matchers::StatusIn(arg);
  *result_listener << "whose status is " << base::TextOf(status);
  return status.code() == code && ::testing::Value(base::ReasonOf(status), reason);
}

}  // namespace linchpin

#endif  // LINCHPIN_TESTS_SUPPORT_REASON_MATCHERS_H_
