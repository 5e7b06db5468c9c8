#include "services/policy/rpc/change_answers.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/sha256.h"
#include "services/serving/check_token.h"
#include "tests/unit/policy/rpc/change_check.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Finding = v1::Finding;

// Two vendors, one deployment of each, and an application that can do with either.
constexpr char kInventory[] = R"(
kind: Vendor
name: vendors/acme
country: US
knownNone: [parent]
---
kind: Vendor
name: vendors/borealis
country: FR
knownNone: [parent]
---
kind: Model
name: models/one
developer: vendors/acme
---
kind: Deployment
name: deployments/one
model: models/one
operator: vendors/acme
---
kind: Deployment
name: deployments/two
model: models/one
operator: vendors/borealis
---
kind: Application
name: applications/claims
tier: 1
---
kind: Dependency
name: applications/claims/dependencies/chat
alternatives: [{target: deployments/one}, {target: deployments/two}]
)";

constexpr char kFallback[] = R"(
---
kind: Policy
name: policies/fallback
rules:
- id: second-operator
  title: No fallback at another operator
  severity: HIGH
  remediation: Add an alternative at another operator.
  select: {kind: DEPENDENCY}
  fallback: {differentIn: [OPERATOR_GROUP]}
---
kind: Assignment
name: assignments/fallback
policy: policies/fallback
mode: )";

constexpr char kShare[] = R"(
---
kind: Policy
name: policies/share
rules:
- id: operator
  severity: MEDIUM
  concentration: {groupBy: OPERATOR, basis: APPLICATIONS, metric: SHARE, limit: 0.6, minPopulation: 1}
---
kind: Assignment
name: assignments/share
policy: policies/share
mode: )";

// A second dependency of the application, on one vendor alone.
constexpr char kSecondDependency[] = R"(
kind: Dependency
name: applications/claims/dependencies/summarise
alternatives: [{target: deployments/one}]
)";

class CheckChangeTest : public ChangeCheck {
 protected:
  CheckChangeTest() {
    SetInventory(kInventory);
    SetPolicies(absl::StrCat(kFallback, "ENFORCE\n"));
  }
};

TEST_F(CheckChangeTest, ATokenSaysWhatWasCheckedAndWhatCameOfIt) {
  const v1::CheckChangeResponse denied = Check(Change(kSecondDependency));
  const auto token = serving::OpenCheckToken(denied.check_token(), *keys_->Current());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->history_id, "history");
  EXPECT_EQ(token->revision, 7);
  EXPECT_EQ(token->verdict, "DENY");
  EXPECT_EQ(base::Hex(token->policy_set_digest), denied.policy_set_digest());
  EXPECT_EQ(token->expire_time, now_ + absl::Minutes(5));
  EXPECT_EQ(denied.check_token_expire_time().seconds(), absl::ToUnixSeconds(now_) + 300);

  const v1::CheckChangeResponse passed = Check(Change("kind: Vendor\nname: vendors/new\n"));
  const auto other = serving::OpenCheckToken(passed.check_token(), *keys_->Current());
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(other->verdict, "PASS");
  EXPECT_EQ(other->policy_set_digest, token->policy_set_digest);
  EXPECT_NE(other->change_digest, token->change_digest);
}

// A token stands for the whole check by the policies in force: not for a part of it, not for other policies
// or times.
TEST_F(CheckChangeTest, APartOfACheckHasNoToken) {
  const v1::CheckChangeRequest whole = Change(kSecondDependency);
  EXPECT_FALSE(Check(whole).check_token().empty());
  v1::CheckChangeRequest one = whole;
  one.add_assignments("assignments/fallback");
  EXPECT_EQ(Check(one).check_token(), "");
  v1::CheckChangeRequest laxer = whole;
  laxer.add_policies()->set_delete_("assignments/fallback");
  EXPECT_EQ(Check(laxer).verdict(), v1::VERDICT_PASS);
  EXPECT_EQ(Check(laxer).check_token(), "");
  v1::CheckChangeRequest later = whole;
  later.mutable_now_time()->set_seconds(absl::ToUnixSeconds(now_) + 1);
  EXPECT_EQ(Check(later).check_token(), "");
  EXPECT_EQ(
      Check(Change("kind: Vendor\nname: vendors/borealis\ncountry: FR\nknownNone: [parent]\n")).check_token(),
      "")
      << "it changes nothing";
}

TEST_F(CheckChangeTest, TheDigestOfThePoliciesIsThatOfWhatStandsInThem) {
  const v1::CheckChangeRequest request = Change(kSecondDependency);
  const std::string digest = Check(request).policy_set_digest();
  EXPECT_EQ(digest.size(), 64u);
  SetPolicies(absl::StrCat(kFallback, "AUDIT\n"));
  EXPECT_NE(Check(request).policy_set_digest(), digest);
}

TEST_F(CheckChangeTest, DeniesWhatAnEnforcedRuleForbids) {
  const v1::CheckChangeResponse response = Check(Change(kSecondDependency));
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  EXPECT_THAT(Messages(response.introduced()),
              ElementsAre("second-operator applications/claims/dependencies/summarise DENY"));
  const auto& change = response.introduced(0);
  EXPECT_EQ(change.mode(), v1::MODE_ENFORCE);
  EXPECT_EQ(change.finding().remediation(), "Add an alternative at another operator.");
  EXPECT_EQ(change.finding().state(), Finding::STATE_OPEN);
  EXPECT_EQ(response.totals().introduced(), 1);
  EXPECT_EQ(response.inventory().revision(), 7);
  EXPECT_EQ(response.policy_revision(), 4);
  EXPECT_EQ(response.proposed().created(), 1);
  EXPECT_THAT(told_, ElementsAre(v1::VERDICT_DENY));
  EXPECT_EQ(inventory_.Current()->revision(), 7) << "nothing was written";
  EXPECT_FALSE(inventory_.Current()->Contains("applications/claims/dependencies/summarise"));
}

TEST_F(CheckChangeTest, TheModeOfTheAssignmentDecides) {
  const std::pair<const char*, v1::Verdict> cases[] = {
      {"AUDIT", v1::VERDICT_PASS}, {"WARN", v1::VERDICT_WARN}, {"ENFORCE", v1::VERDICT_DENY}};
  for (const auto& [mode, verdict] : cases) {
    SetPolicies(absl::StrCat(kFallback, mode, "\n"));
    const v1::CheckChangeResponse response = Check(Change(kSecondDependency));
    EXPECT_EQ(response.verdict(), verdict) << mode;
    EXPECT_EQ(response.introduced_size(), 1) << mode;
  }
}

TEST_F(CheckChangeTest, ASeverityDeniesWhateverTheMode) {
  SetPolicies(absl::StrCat(kFallback, "AUDIT\n"));
  v1::CheckChangeRequest request = Change(kSecondDependency);
  request.set_deny_at(v1::SEVERITY_CRITICAL);
  EXPECT_EQ(Check(request).verdict(), v1::VERDICT_PASS);
  request.set_deny_at(v1::SEVERITY_HIGH);
  EXPECT_EQ(Check(request).verdict(), v1::VERDICT_DENY);
}

TEST_F(CheckChangeTest, WhatIsWrongAlreadyStandsInNobodysWay) {
  SetInventory(absl::StrCat(kInventory, "---", kSecondDependency));
  const v1::CheckChangeResponse response = Check(Change("kind: Vendor\nname: vendors/new\n"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  EXPECT_THAT(Messages(response.introduced()), IsEmpty());
  EXPECT_EQ(response.totals().unchanged(), 1);
}

TEST_F(CheckChangeTest, ARepairIsResolvedWithItsReason) {
  SetInventory(absl::StrCat(kInventory, "---", kSecondDependency));
  v1::CheckChangeResponse response =
      Check(Change("kind: Dependency\nname: applications/claims/dependencies/summarise\n"
                   "alternatives: [{target: deployments/one}, {target: deployments/two}]\n"));
  ASSERT_EQ(response.resolved_size(), 1);
  EXPECT_EQ(response.resolved(0).finding().resolved_reason(), Finding::RESOLVED_REASON_FIXED);
  v1::CheckChangeRequest removal;
  removal.mutable_proposed()->add_operations()->set_delete_("applications/claims/dependencies/summarise");
  response = Check(removal);
  ASSERT_EQ(response.resolved_size(), 1);
  EXPECT_EQ(response.resolved(0).finding().resolved_reason(), Finding::RESOLVED_REASON_SUBJECT_DELETED);
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
}

// Nobody mends a violation by deleting the fact that shows it.
TEST_F(CheckChangeTest, WhatCanNoLongerBeSeenIsNotResolved) {
  SetInventory(absl::StrCat(kInventory, "---", kSecondDependency, R"(---
kind: Dependency
name: applications/claims/dependencies/twice
alternatives: [{target: deployments/one}, {target: deployments/again}]
---
kind: Deployment
name: deployments/again
model: models/one
operator: vendors/acme
)"));
  const v1::CheckChangeResponse response =
      Check(Change("kind: Deployment\nname: deployments/again\nmodel: models/one\n"));
  EXPECT_THAT(Messages(response.resolved()), IsEmpty());
  EXPECT_THAT(Messages(response.obscured()),
              ElementsAre("second-operator applications/claims/dependencies/twice PASS"));
  EXPECT_EQ(response.obscured(0).finding().resolved_reason(), Finding::RESOLVED_REASON_INDETERMINATE);
  ASSERT_EQ(response.introduced_size(), 1);
  EXPECT_EQ(response.introduced(0).finding().type(), Finding::TYPE_DATA_GAP);
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
}

TEST_F(CheckChangeTest, AMeasureThatMovesFurtherBeyondItsLimitIsWorse) {
  SetPolicies(absl::StrCat(kShare, "WARN\n"));
  const std::string more = R"(
kind: Application
name: applications/NAME
---
kind: Dependency
name: applications/NAME/dependencies/chat
alternatives: [{target: deployments/TARGET}]
)";
  const auto application = [&more](const std::string& name, const std::string& target) {
    std::string text = more;
    for (size_t at; (at = text.find("NAME")) != std::string::npos;) text.replace(at, 4, name);
    return text.replace(text.find("TARGET"), 6, target);
  };
  SetInventory(absl::StrCat(kInventory, "---", application("a", "one"), "---", application("b", "two")));
  // Two of three depend on acme: beyond 60%.
  v1::CheckChangeResponse response = Check(Change(application("c", "one")));
  ASSERT_EQ(response.worsened_size(), 1) << response.DebugString();
  EXPECT_EQ(response.verdict(), v1::VERDICT_WARN);
  EXPECT_NEAR(response.worsened(0).measure_before().value(), 2.0 / 3, 1e-9);
  EXPECT_NEAR(response.worsened(0).finding().explanation().measure().value(), 0.75, 1e-9);
  EXPECT_EQ(response.worsened(0).severity_before(), v1::SEVERITY_MEDIUM);
  SetInventory(absl::StrCat(kInventory, "---", application("a", "one"), "---", application("b", "one"), "---",
                            application("c", "two")));
  response = Check(Change(application("d", "two")));  // 75% to 60%: no longer beyond it.
  EXPECT_EQ(response.resolved_size(), 1);
  SetInventory(absl::StrCat(kInventory, "---", application("a", "one"), "---", application("b", "one")));
  response = Check(Change(application("d", "two")));  // 100% to 75%.
  ASSERT_EQ(response.improved_size(), 1);
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
}

TEST_F(CheckChangeTest, PoliciesMayBePartOfTheChange) {
  const v1::CheckChangeResponse stricter =
      Check(Change(absl::StrCat(std::string(kShare).substr(5), "ENFORCE\n")));
  EXPECT_EQ(stricter.verdict(), v1::VERDICT_DENY);
  EXPECT_THAT(Messages(stricter.introduced()), ElementsAre("operator assignments/share DENY"));
  EXPECT_EQ(stricter.policies().created(), 2);
  SetInventory(absl::StrCat(kInventory, "---", kSecondDependency));
  v1::CheckChangeRequest removal;
  removal.add_policies()->set_delete_("assignments/fallback");
  const v1::CheckChangeResponse looser = Check(removal);
  ASSERT_EQ(looser.resolved_size(), 1);
  EXPECT_EQ(looser.resolved(0).finding().resolved_reason(), Finding::RESOLVED_REASON_RULE_REMOVED);
  EXPECT_EQ(looser.resolved(0).mode(), v1::MODE_ENFORCE);
}

TEST_F(CheckChangeTest, ARuleThatCannotBeEvaluatedDecidesByItsMode) {
  SetPolicies("\n---\nkind: Assignment\nname: assignments/broken\npolicy: policies/gone\nmode: ENFORCE\n");
  const v1::CheckChangeResponse response = Check({});
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  ASSERT_EQ(response.failed_rules_size(), 1);
  EXPECT_EQ(response.failed_rules(0).assignment(), "assignments/broken");
  EXPECT_THAT(response.failed_rules(0).message(), HasSubstr("policies/gone"));
  EXPECT_EQ(response.totals().unchanged(), 1);
}

TEST_F(CheckChangeTest, ListsAreBoundedAndCountsAreNot) {
  std::string change;
  for (int i = 0; i < 5; ++i) {
    absl::StrAppend(&change, i == 0 ? "" : "---\n",
                    "kind: Dependency\nname: applications/claims/dependencies/d", i,
                    "\nalternatives: [{target: deployments/one}]\n");
  }
  v1::CheckChangeRequest request = Change(change);
  request.set_max_findings(2);
  const v1::CheckChangeResponse response = Check(request);
  EXPECT_EQ(response.introduced_size(), 2);
  EXPECT_EQ(response.totals().introduced(), 5);
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
}

TEST_F(CheckChangeTest, OnlyTheAssignmentsThatAreNamed) {
  SetPolicies(absl::StrCat(kFallback, "ENFORCE\n", std::string(kShare).substr(1), "DISABLED\n"));
  v1::CheckChangeRequest request = Change(kSecondDependency);
  request.add_assignments("assignments/gone");
  EXPECT_EQ(base::ReasonOf(Refusal(request)), "RESOURCE_NOT_FOUND");
  request.set_assignments(0, "assignments/share");
  EXPECT_THAT(std::string(Refusal(request).message()), HasSubstr("disabled"));
  request.set_assignments(0, "assignments/fallback");
  EXPECT_EQ(Check(request).introduced_size(), 1);
}

TEST_F(CheckChangeTest, WhatAWriteWouldRefuseIsRefused) {
  v1::CheckChangeRequest request;
  request.mutable_proposed()->add_operations()->set_delete_("vendors/acme");
  EXPECT_EQ(base::ReasonOf(Refusal(request)), "STILL_REFERENCED");
  request = Change(kSecondDependency);
  request.mutable_proposed()->add_operations()->set_delete_("applications/claims/dependencies/summarise");
  absl::Status status = Refusal(request);
  EXPECT_EQ(base::DetailsOf(status)->violations[0].field, "proposed.operations[1]");
  request.Clear();
  request.add_policies()->set_delete_("findings/" + std::string(64, 'a'));
  status = Refusal(request);
  EXPECT_EQ(base::DetailsOf(status)->violations[0].field, "policies[0].delete");
  EXPECT_THAT(std::string(status.message()), HasSubstr("policy, assignment or jurisdiction set"));
}

TEST_F(CheckChangeTest, AnotherRevisionThanTheOneExpectedIsRefused) {
  v1::CheckChangeRequest request = Change(kSecondDependency);
  request.mutable_proposed()->set_expected_revision(2);
  const absl::Status status = Refusal(request);
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(base::ReasonOf(status), "REVISION_MISMATCH");
  EXPECT_THAT(std::string(status.message()), HasSubstr("revision 7, not at 2"));
}

TEST_F(CheckChangeTest, AHundredThousandOperationsAreOneChange) {
  v1::CheckChangeRequest request;
  for (int i = 0; i < 100'000; ++i) {
    request.mutable_proposed()->add_operations()->mutable_upsert()->mutable_vendor()->set_name(
        absl::StrCat("vendors/v", i));
  }
  const v1::CheckChangeResponse response = Check(request);
  EXPECT_EQ(response.proposed().created(), 100'000);
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  request.mutable_proposed()->add_operations()->set_delete_("vendors/acme");
  EXPECT_EQ(base::ReasonOf(Refusal(request)), "FIELD_INVALID");
}

}  // namespace
}  // namespace linchpin::policy
