#include "services/policy/domain/waivers/waiver_state.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/findings/finding_record.h"

namespace linchpin::policy {
namespace {

using v1::Waiver;

const absl::Time kEnd = absl::FromUnixSeconds(1'780'000'000);

// Asked for by ann, for a HIGH finding.
Waiver Requested(int required = 1) {
  Waiver waiver;
  waiver.set_name("waivers/w");
  waiver.set_requester("ann");
  waiver.set_approvals_required(required);
  SetTime(kEnd, waiver.mutable_expire_time());
  return waiver;
}

Waiver ApprovedBy(Waiver waiver, const std::string& who) {
  waiver.add_approvals()->set_principal(who);
  return waiver;
}

TEST(StateAt, WaitsForAnotherPerson) {
  const absl::Time now = kEnd - absl::Hours(1);
  EXPECT_EQ(StateAt(Requested(), now), Waiver::STATE_REQUESTED);
  EXPECT_EQ(StateAt(ApprovedBy(Requested(), "ann"), now), Waiver::STATE_REQUESTED) << "that is the requester";
  EXPECT_EQ(StateAt(ApprovedBy(Requested(), "bob"), now), Waiver::STATE_ACTIVE);
  EXPECT_EQ(StateAt(ApprovedBy(Requested(0), "ann"), now), Waiver::STATE_REQUESTED)
      << "no stored number lets anybody accept a risk alone";
}

TEST(StateAt, NeedsTwoPeopleWhereTwoAreAsked) {
  const absl::Time now = kEnd - absl::Hours(1);
  const Waiver one = ApprovedBy(Requested(2), "bob");
  EXPECT_EQ(StateAt(one, now), Waiver::STATE_REQUESTED);
  EXPECT_EQ(StateAt(ApprovedBy(one, "bob"), now), Waiver::STATE_REQUESTED) << "twice the same";
  EXPECT_EQ(StateAt(ApprovedBy(one, "cid"), now), Waiver::STATE_ACTIVE);
}

TEST(StateAt, HoldsFromItsStartUntilItsEndExclusive) {
  Waiver waiver = ApprovedBy(Requested(), "bob");
  SetTime(kEnd - absl::Hours(2), waiver.mutable_start_time());
  EXPECT_EQ(StateAt(waiver, kEnd - absl::Hours(2) - absl::Microseconds(1)), Waiver::STATE_SCHEDULED);
  EXPECT_EQ(StateAt(waiver, kEnd - absl::Hours(2)), Waiver::STATE_ACTIVE);
  EXPECT_EQ(StateAt(waiver, kEnd - absl::Microseconds(1)), Waiver::STATE_ACTIVE);
  EXPECT_EQ(StateAt(waiver, kEnd), Waiver::STATE_EXPIRED);
}

TEST(StateAt, StaysRevokedAfterItsEnd) {
  Waiver waiver = ApprovedBy(Requested(), "bob");
  waiver.mutable_revocation()->set_principal("cid");
  EXPECT_EQ(StateAt(waiver, kEnd - absl::Hours(1)), Waiver::STATE_REVOKED);
  EXPECT_EQ(StateAt(waiver, kEnd + absl::Hours(1)), Waiver::STATE_REVOKED);
  EXPECT_EQ(NextChange(waiver, kEnd - absl::Hours(1)), std::nullopt);
}

TEST(NextChange, NamesEachInstantInTurn) {
  const Waiver waiver = ApprovedBy(Requested(), "bob");
  EXPECT_EQ(NextChange(waiver, kEnd - absl::Hours(24 * 30)), kEnd - absl::Hours(24 * 14));
  EXPECT_EQ(NextChange(waiver, kEnd - absl::Hours(24 * 14)), kEnd - absl::Hours(24 * 3));
  EXPECT_EQ(NextChange(waiver, kEnd - absl::Hours(24 * 3)), kEnd);
  EXPECT_EQ(NextChange(waiver, kEnd), std::nullopt);
}

TEST(ApprovedPartDiffers, OnlyInWhatPeopleApprove) {
  const Waiver waiver = Requested();
  Waiver other = waiver;
  other.set_owner("somebody else");
  other.set_ticket("RISK-1");
  (*other.mutable_labels())["team"] = "a";
  EXPECT_FALSE(ApprovedPartDiffers(waiver, other));
  for (const auto& change : std::vector<std::function<void(Waiver&)>>{
           [](Waiver& w) { w.set_reason("another reason"); },
           [](Waiver& w) { w.mutable_target()->add_findings("findings/x"); },
           [](Waiver& w) { w.mutable_expire_time()->set_seconds(1); },
           [](Waiver& w) { w.mutable_start_time()->set_seconds(1); },
           [](Waiver& w) { w.mutable_bound()->set_worst_value(0); },
           [](Waiver& w) { w.add_compensating_controls("c"); },
           [](Waiver& w) { w.set_category(Waiver::CATEGORY_MITIGATED); }}) {
    Waiver changed = waiver;
    change(changed);
    EXPECT_TRUE(ApprovedPartDiffers(waiver, changed)) << changed.ShortDebugString();
  }
}

}  // namespace
}  // namespace linchpin::policy
