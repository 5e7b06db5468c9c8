#include "services/policy/domain/waivers/waiver_state.h"

#include <algorithm>
#include <set>
#include <string>

#include "services/resource/stable_bytes.h"

namespace linchpin::policy {
namespace {

using v1::Waiver;

constexpr int kApprovalsOfCritical = 2;

// What people approve, and nothing else.
Waiver ApprovedPart(const Waiver& waiver) {
  Waiver part;
  *part.mutable_target() = waiver.target();
  part.set_reason(waiver.reason());
  part.set_category(waiver.category());
  *part.mutable_compensating_controls() = waiver.compensating_controls();
  if (waiver.has_start_time()) *part.mutable_start_time() = waiver.start_time();
  *part.mutable_expire_time() = waiver.expire_time();
  if (waiver.has_bound()) *part.mutable_bound() = waiver.bound();
  return part;
}

}  // namespace

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

int ApprovalsNeeded(v1::Severity severity) {
  return severity >= v1::SEVERITY_CRITICAL ? kApprovalsOfCritical : 1;
}

int ApprovalsGiven(const Waiver& waiver) {
  std::set<std::string> people;
  for (const v1::Approval& approval : waiver.approvals()) {
    if (approval.principal() != waiver.requester()) people.insert(approval.principal());
  }
  return static_cast<int>(people.size());
}

Waiver::State StateAt(const Waiver& waiver, absl::Time now) {
  if (waiver.has_revocation()) return Waiver::STATE_REVOKED;
  if (now >= TimeOf(waiver.expire_time())) return Waiver::STATE_EXPIRED;
  // At least one, whatever is stored: nobody accepts a risk alone.
  if (ApprovalsGiven(waiver) < std::max(waiver.approvals_required(), 1)) return Waiver::STATE_REQUESTED;
  if (waiver.has_start_time() && now < TimeOf(waiver.start_time())) return Waiver::STATE_SCHEDULED;
  return Waiver::STATE_ACTIVE;
}

bool IsLive(Waiver::State state) {
  return state == Waiver::STATE_REQUESTED || state == Waiver::STATE_SCHEDULED ||
         state == Waiver::STATE_ACTIVE;
}

std::optional<absl::Time> NextChange(const Waiver& waiver, absl::Time now) {
  if (waiver.has_revocation()) return std::nullopt;
  const absl::Time end = TimeOf(waiver.expire_time());
  absl::Time next = absl::InfiniteFuture();
  for (const absl::Time time : {waiver.has_start_time() ? TimeOf(waiver.start_time()) : absl::InfinitePast(),
                                end - kExpiringSoon, end - kExpiringNow, end}) {
    if (time > now) next = std::min(next, time);
  }
  if (next == absl::InfiniteFuture()) return std::nullopt;
  return next;
}

bool ApprovedPartDiffers(const Waiver& a, const Waiver& b) {
  return resource::StableBytes(ApprovedPart(a)) != resource::StableBytes(ApprovedPart(b));
}

std::string_view LastApprover(const Waiver& waiver) {
  return waiver.approvals().empty() ? std::string_view() : waiver.approvals().rbegin()->principal();
}

}  // namespace linchpin::policy
