// What a waiver must satisfy to be asked for.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_REQUEST_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_REQUEST_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "linchpin/policy/v1/waiver.pb.h"
#include "services/base/error.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/finding_record.h"

namespace linchpin::policy {

// Shortest reason, in bytes: less explains nothing to an auditor.
inline constexpr size_t kWaiverReasonMin = 20;

// Adds what is wrong with a waiver by itself: a target that names nothing or mixes its two forms, a selector
// that does not bind, a reason too short, an end that is not after the start, a bound that is not a number.
void CheckWaiverDocument(const v1::Waiver& waiver, std::string_view prefix,
                         std::vector<base::FieldViolation>& violations);

// What a request is judged against. Keeps references.
struct WaiverContext {
  const PolicySet& policies;
  const FindingMap& findings;
  absl::Time now;
};

// How many people must approve what it asks for.
// Errors: INVALID_ARGUMENT, FIELD_INVALID, with fields below `waiver.`: it ends in the past or too far ahead,
//   or has a bound and its findings have no measure; FAILED_PRECONDITION, REFERENCE_NOT_FOUND, for a finding,
//   assignment or rule that is not there, NOT_WAIVABLE for what may not be waived, FINDING_RESOLVED for a
//   finding that does not hold.
absl::StatusOr<int> ApprovalsRequired(const v1::Waiver& waiver, const WaiverContext& context);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_REQUEST_H_
