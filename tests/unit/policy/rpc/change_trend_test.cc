// CheckChange with rules that look back: a change is compared with the past, as the inventory before it is.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/replica/past_views.h"
#include "services/replica/view_editor.h"
#include "tests/unit/policy/rpc/change_check.h"
#include "tests/unit/policy/rpc/past_state.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Finding = v1::Finding;

constexpr char kVendors[] = R"(
kind: Vendor
name: vendors/acme
knownNone: [parent]
---
kind: Vendor
name: vendors/beta
knownNone: [parent]
---
kind: Deployment
name: deployments/a
operator: vendors/acme
---
kind: Deployment
name: deployments/b
operator: vendors/beta
---
kind: Deployment
name: deployments/unknown
)";

constexpr char kTrend[] = R"(
---
kind: Policy
name: policies/growth
rules:
- id: operator-grows
  severity: HIGH
  trend: {groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.1, window: 30d}
---
kind: Assignment
name: assignments/growth
policy: policies/growth
mode: )";

std::string Application(const std::string& name, const std::string& deployment) {
  return absl::StrCat("---\nkind: Application\nname: applications/", name,
                      "\n---\nkind: Dependency\nname: applications/", name,
                      "/dependencies/d\nalternatives: [{target: deployments/", deployment, "}]\n");
}

// That the application uses another deployment.
v1::CheckChangeRequest Move(const std::string& application, const std::string& deployment) {
  return Change(absl::StrCat("kind: Dependency\nname: applications/", application,
                             "/dependencies/d\nalternatives: [{target: deployments/", deployment, "}]\n"));
}

// Of four applications, `one` and `two` used deployment `a` thirty days ago, `three` and `four` used `b`.
class ChangeTrend : public ChangeCheck {
 protected:
  ChangeTrend() { SetPolicies(absl::StrCat(kTrend, "ENFORCE\n")); }

  // Now `three` uses what is named; what it used then is in the store.
  void SetPresent(const std::string& of_three) {
    inventory_.SetPast(&views_);
    replica::ViewEditor editor(*testing_support::ReadInventory(
                                    absl::StrCat(kVendors, Application("one", "a"), Application("two", "a"),
                                                 Application("three", of_three), Application("four", "b")),
                                    7)
                                    .view);
    editor.Apply({}, 7, now_ - absl::Hours(2));
    Publish(inventory_, editor.Finish());
  }

  // When the window of thirty days begins: at a full hour.
  const absl::Time then_ =
      absl::FromUnixSeconds((absl::ToUnixSeconds(now_) - int64_t{30} * 86'400) / 3600 * 3600);
  PastState past_{then_, {{"applications/three/dependencies/d", "deployments/b"}}};
  replica::PastViews views_{inventory_, past_};
};

TEST_F(ChangeTrend, GrowthBeyondTheLimitIsIntroducedAndTheModeDecides) {
  const std::pair<const char*, v1::Verdict> cases[] = {
      {"AUDIT", v1::VERDICT_PASS}, {"WARN", v1::VERDICT_WARN}, {"ENFORCE", v1::VERDICT_DENY}};
  SetPresent("b");
  for (const auto& [mode, verdict] : cases) {
    SetPolicies(absl::StrCat(kTrend, mode, "\n"));
    const v1::CheckChangeResponse response = Check(Move("three", "a"));
    EXPECT_EQ(response.verdict(), verdict) << mode;
    EXPECT_THAT(
        Messages(response.introduced()),
        ElementsAre(absl::StrCat("operator-grows assignments/growth ", v1::Verdict_Name(verdict).substr(8))));
    EXPECT_EQ(response.totals().failed_rules(), 0) << mode;
  }
}

TEST_F(ChangeTrend, SaysWhoWouldMakeItGrowAndSinceWhen) {
  SetPresent("b");
  const v1::CheckChangeResponse response = Check(Move("three", "a"));
  ASSERT_EQ(response.introduced_size(), 1);
  const Finding& finding = response.introduced(0).finding();
  EXPECT_THAT(finding.message(), HasSubstr("vendors/acme has grown from 50% to 75%"));
  EXPECT_THAT(finding.message(), HasSubstr("applications/three +25%"));
  const v1::Growth& growth = finding.explanation().growth();
  EXPECT_EQ(growth.past_revision(), 3);
  EXPECT_EQ(growth.past_time().seconds(), absl::ToUnixSeconds(then_));
  ASSERT_EQ(growth.contributors_size(), 1);
  EXPECT_EQ(growth.contributors(0).change(), v1::Growth::CHANGE_SHIFTED);
  EXPECT_EQ(past_.asked(), 1) << "both sides look back to one state";
}

TEST_F(ChangeTrend, ANewApplicationIsGrowth) {
  SetPresent("b");
  const std::string five = Application("five", "a"), six = Application("six", "a");
  // Three of five: ten percentage points, which is what is allowed.
  EXPECT_EQ(Check(Change(five.substr(4))).verdict(), v1::VERDICT_PASS);
  // Four of six.
  const v1::CheckChangeResponse response = Check(Change(absl::StrCat(five.substr(4), six)));
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  ASSERT_EQ(response.introduced_size(), 1);
  EXPECT_THAT(response.introduced(0).finding().message(), HasSubstr("from 50% to 66.7%"));
}

// `three` has moved already, and nobody has acted on that.
TEST_F(ChangeTrend, WhatHasGrownAlreadyBecomesWorseOrBetter) {
  SetPresent("a");
  EXPECT_EQ(Check(Change("kind: Vendor\nname: vendors/new\n")).totals().unchanged(), 1);
  v1::CheckChangeResponse response = Check(Move("four", "a"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_DENY);
  ASSERT_EQ(response.worsened_size(), 1) << response.DebugString();
  EXPECT_NEAR(response.worsened(0).measure_before().value(), 0.25, 1e-9);
  EXPECT_NEAR(response.worsened(0).finding().explanation().measure().value(), 0.5, 1e-9);
  EXPECT_NEAR(response.worsened(0).measure_before().limit(), 0.1, 1e-9);

  response = Check(Move("three", "b"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  ASSERT_EQ(response.resolved_size(), 1);
  EXPECT_EQ(response.resolved(0).finding().resolved_reason(), Finding::RESOLVED_REASON_FIXED);
}

TEST_F(ChangeTrend, AFactThatAChangeStatesIsNoGrowth) {
  SetPresent("unknown");
  past_ = PastState(then_, {{"applications/three/dependencies/d", "deployments/unknown"}});
  const v1::CheckChangeResponse response =
      Check(Change("kind: Deployment\nname: deployments/unknown\noperator: vendors/acme\n"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  EXPECT_THAT(Messages(response.introduced()), IsEmpty());
  EXPECT_EQ(response.proposed().updated(), 1);
}

TEST_F(ChangeTrend, APolicyThatLooksBackMayBePartOfTheChange) {
  SetPresent("a");
  SetPolicies("\n---\nkind: JurisdictionSet\nname: jurisdictionSets/home\ncountries: [US]\n");
  const v1::CheckChangeResponse response =
      Check(Change(absl::StrCat(std::string(kTrend).substr(5), "WARN\n")));
  EXPECT_EQ(response.verdict(), v1::VERDICT_WARN);
  EXPECT_THAT(Messages(response.introduced()), ElementsAre("operator-grows assignments/growth WARN"));
}

// A young inventory refuses nobody's change: what it lacks, it lacks before and after.
TEST_F(ChangeTrend, WithoutAPastNothingIsIntroduced) {
  SetPresent("b");
  past_.error = base::Error(base::reason::BeforeHistory{.oldest = 1, .oldest_time = "2026-01-20T00:00:00Z"},
                            "too young");
  const v1::CheckChangeResponse response = Check(Move("three", "a"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  EXPECT_THAT(Messages(response.introduced()), IsEmpty());
  EXPECT_EQ(response.totals().unchanged(), 1) << "the data gap that says from when on it can be judged";
}

TEST_F(ChangeTrend, APastThatCannotBeReadDecidesByTheMode) {
  SetPresent("b");
  past_.error = base::Error(base::reason::StoreUnavailable{}, "the database is away");
  EXPECT_EQ(Check(Move("three", "a")).verdict(), v1::VERDICT_DENY);
  SetPolicies(absl::StrCat(kTrend, "AUDIT\n"));
  const v1::CheckChangeResponse response = Check(Move("three", "a"));
  EXPECT_EQ(response.verdict(), v1::VERDICT_PASS);
  ASSERT_EQ(response.failed_rules_size(), 1);
  EXPECT_THAT(response.failed_rules(0).message(), HasSubstr("the database is away"));
}

}  // namespace
}  // namespace linchpin::policy
