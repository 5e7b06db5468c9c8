// Where a waiver is in its life, by what it says and the time alone.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_STATE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_STATE_H_

#include <optional>
#include <string_view>

#include "absl/time/time.h"
#include "linchpin/policy/v1/severity.pb.h"
#include "linchpin/policy/v1/waiver.pb.h"

namespace linchpin::policy {

// How long before its end a waiver is found to be expiring: MEDIUM from the first on, HIGH from the second.
inline constexpr absl::Duration kExpiringSoon = absl::Hours(24 * 14);
inline constexpr absl::Duration kExpiringNow = absl::Hours(24 * 3);
// How far ahead a waiver may expire where the assignment does not say.
inline constexpr absl::Duration kWaiverMax = absl::Hours(24 * 180);

absl::Time TimeOf(const google::protobuf::Timestamp& time);

// How many people must approve that a finding this grave is waived.
int ApprovalsNeeded(v1::Severity severity);
// How many people other than its requester have approved it.
int ApprovalsGiven(const v1::Waiver& waiver);

// It holds from its start, inclusive, to its end, exclusive.
v1::Waiver::State StateAt(const v1::Waiver& waiver, absl::Time now);
// REQUESTED, SCHEDULED or ACTIVE.
bool IsLive(v1::Waiver::State state);

// The next instant at which its state, or that of the finding that it expires, changes by time alone. Nothing
// if there is none.
std::optional<absl::Time> NextChange(const v1::Waiver& waiver, absl::Time now);

// Whether two versions differ in what people approve.
bool ApprovedPartDiffers(const v1::Waiver& a, const v1::Waiver& b);

// The person who made it hold: who approved it last.
std::string_view LastApprover(const v1::Waiver& waiver);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_WAIVERS_WAIVER_STATE_H_
