#include "services/policy/domain/rules/fallback_rule.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// One application whose primary is operated by acme, with one alternative operated by `other`.
std::string InventoryWith(const std::string& alternative, const std::string& extra = "") {
  return R"(
kind: Vendor
name: vendors/acme
knownNone: [parent]
---
kind: Vendor
name: vendors/zenith
knownNone: [parent]
---
kind: Vendor
name: vendors/acme-child
parent: vendors/acme
---
kind: Vendor
name: vendors/orphan
---
kind: Deployment
name: deployments/acme
operator: vendors/acme
---
kind: Deployment
name: deployments/zenith
operator: vendors/zenith
---
kind: Deployment
name: deployments/child
operator: vendors/acme-child
---
kind: Deployment
name: deployments/orphan
operator: vendors/orphan
---
kind: Application
name: applications/a
---
kind: Dependency
name: applications/a/dependencies/d
alternatives: [{target: deployments/acme})" +
         alternative + "]\n" + extra;
}

SubjectResult Ask(const std::string& inventory, const std::string& rule,
                  const std::string& now = "2026-03-31T00:00:00Z",
                  const std::string& subject = "applications/a") {
  const auto text = testing_support::ReadInventory(inventory);
  const auto bound =
      BindPolicy(PolicyText("rules: [{id: r, fallback: " + rule + "}]"), AssignmentText(""), {});
  EXPECT_THAT(bound, IsOk());
  absl::Time instant;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, now, &instant, nullptr));
  const auto knowledge = engine::Knowledge::Create(text.view->shared_graph());
  const World world(*text.view, *knowledge, instant);
  Judges judges(knowledge);
  Workspace workspace(world, judges);
  FallbackEvaluator evaluator(world, workspace, bound->rules[0]);
  return evaluator.Evaluate(subject, true);
}

std::string ReasonOf(const SubjectResult& result) {
  if (result.violations.empty() || result.violations[0].explanation.near_misses().empty()) return "";
  return result.violations[0].explanation.near_misses(0).reason();
}

constexpr char kTested[] = "{testedWithin: 90d}";
std::string Tested(const std::string& time, const std::string& result) {
  return ", {target: deployments/zenith, lastTest: {time: " + time + ", result: " + result + "}}";
}

TEST(Fallback, PassesWithAnotherOperatorGroup) {
  EXPECT_EQ(Ask(InventoryWith(", {target: deployments/zenith}"), "{}").outcome, v1::OUTCOME_PASS);
}

TEST(Fallback, IsViolatedWithoutAnAlternative) {
  const SubjectResult result = Ask(InventoryWith(""), "{}");
  EXPECT_EQ(result.outcome, v1::OUTCOME_VIOLATION);
  EXPECT_EQ(ReasonOf(result), "there is no alternative besides the primary");
  EXPECT_THAT(result.violations[0].related, ElementsAre("applications/a/dependencies/d"));
}

TEST(Fallback, TakesASubsidiaryForTheSame) {
  const SubjectResult result = Ask(InventoryWith(", {target: deployments/child}"), "{}");
  EXPECT_EQ(result.outcome, v1::OUTCOME_VIOLATION);
  EXPECT_EQ(ReasonOf(result), "same operator group vendors/acme");
}

// An application whose only alternative is a route: acme first, then `later`.
std::string BehindARoute(const std::string& later, const std::string& beside = "") {
  return InventoryWith("") + "---\nkind: Route\nname: routes/r\nalternatives: [{target: deployments/acme}" +
         later +
         "]\n---\nkind: Application\nname: applications/b\n---\nkind: Dependency\nname: "
         "applications/b/dependencies/d\nalternatives: [{target: routes/r}" +
         beside + "]\n";
}

SubjectResult AskBehindARoute(const std::string& inventory, const std::string& rule) {
  return Ask(inventory, rule, "2026-03-31T00:00:00Z", "applications/b");
}

TEST(Fallback, LooksThroughARoute) {
  const std::string zenith = ", {target: deployments/zenith}";
  EXPECT_EQ(AskBehindARoute(BehindARoute(zenith), "{}").outcome, v1::OUTCOME_PASS);
  EXPECT_EQ(ReasonOf(AskBehindARoute(BehindARoute(", {target: deployments/child}"), "{}")),
            "same operator group vendors/acme");
  EXPECT_EQ(ReasonOf(AskBehindARoute(BehindARoute(""), "{}")), "there is no alternative besides the primary");
  EXPECT_EQ(AskBehindARoute(BehindARoute("", zenith), "{}").outcome, v1::OUTCOME_PASS)
      << "an alternative beside the route";
}

TEST(Fallback, ReadsTheTestOfARoutesAlternative) {
  EXPECT_EQ(
      AskBehindARoute(BehindARoute(Tested("2026-03-01T00:00:00Z", "PASS")), "{testedWithin: 90d}").outcome,
      v1::OUTCOME_PASS);
  const SubjectResult untested =
      AskBehindARoute(BehindARoute(", {target: deployments/zenith}"), "{testedWithin: 90d}");
  EXPECT_EQ(ReasonOf(untested), "no test is recorded");
  EXPECT_EQ(untested.violations[0].explanation.near_misses(0).candidate(), "deployments/zenith");
  EXPECT_EQ(untested.violations[0].explanation.near_misses(0).dependency(), "applications/b/dependencies/d");
}

TEST(Fallback, IsOpenWhileAParentIsUnknown) {
  const SubjectResult result = Ask(InventoryWith(", {target: deployments/orphan}"), "{}");
  EXPECT_EQ(result.outcome, v1::OUTCOME_INDETERMINATE);
  EXPECT_THAT(result.missing, ElementsAre(MissingFact{"vendors/orphan", "parent"}));
}

TEST(Fallback, TakesTwoUnknownsThroughOneVendorForTheSame) {
  const std::string extra =
      "---\nkind: Deployment\nname: deployments/orphan-too\noperator: vendors/orphan\n---\nkind: "
      "Application\nname: "
      "applications/b\n---\nkind: Dependency\nname: applications/b/dependencies/d\nalternatives: [{target: "
      "deployments/orphan}, {target: deployments/orphan-too}]\n";
  EXPECT_EQ(Ask(InventoryWith("", extra), "{}", "2026-03-31T00:00:00Z", "applications/b").outcome,
            v1::OUTCOME_VIOLATION);
}

TEST(Fallback, CountsATestOnItsLastDayAndSaysWhenItEnds) {
  const SubjectResult result =
      Ask(InventoryWith(Tested("2026-01-01T00:00:00Z", "PASS")), kTested, "2026-04-01T00:00:00Z");
  EXPECT_EQ(result.outcome, v1::OUTCOME_PASS);
  ASSERT_TRUE(result.due.has_value());
  EXPECT_EQ(absl::FormatTime(absl::RFC3339_sec, *result.due, absl::UTCTimeZone()),
            "2026-04-01T00:00:00+00:00");
  EXPECT_EQ(
      Ask(InventoryWith(Tested("2026-01-01T00:00:00Z", "PASS")), kTested, "2026-04-01T00:00:01Z").outcome,
      v1::OUTCOME_VIOLATION);
}

TEST(Fallback, SaysWhyATestDoesNotCount) {
  EXPECT_EQ(ReasonOf(Ask(InventoryWith(", {target: deployments/zenith}"), kTested)), "no test is recorded");
  EXPECT_EQ(ReasonOf(Ask(InventoryWith(Tested("2026-03-01T00:00:00Z", "FAIL")), kTested)),
            "the last test failed on 2026-03-01");
  EXPECT_EQ(ReasonOf(Ask(InventoryWith(Tested("2025-03-01T00:00:00Z", "PASS")), kTested)),
            "the last test, on 2025-03-01, is older than 90 days");
  EXPECT_THAT(ReasonOf(Ask(InventoryWith(Tested("2027-03-01T00:00:00Z", "PASS")), kTested)),
              HasSubstr("in the future"));
}

TEST(Fallback, WantsAllDimensionsInOneAlternative) {
  // zenith differs in the operator and orphan in the model; neither in both.
  const std::string extra = R"(
---
kind: Model
name: models/m
---
kind: Model
name: models/n
---
kind: Application
name: applications/b
---
kind: Deployment
name: deployments/p
operator: vendors/acme
model: models/m
---
kind: Deployment
name: deployments/q
operator: vendors/zenith
model: models/m
---
kind: Deployment
name: deployments/s
operator: vendors/acme
model: models/n
---
kind: Dependency
name: applications/b/dependencies/d
alternatives: [{target: deployments/p}, {target: deployments/q}, {target: deployments/s}]
)";
  const std::string now = "2026-03-31T00:00:00Z";
  const std::string inventory = InventoryWith("", extra);
  EXPECT_EQ(Ask(inventory, "{differentIn: [MODEL]}", now, "applications/b").outcome, v1::OUTCOME_PASS);
  EXPECT_EQ(Ask(inventory, "{differentIn: [OPERATOR]}", now, "applications/b").outcome, v1::OUTCOME_PASS);
  const SubjectResult both = Ask(inventory, "{differentIn: [OPERATOR, MODEL]}", now, "applications/b");
  EXPECT_EQ(both.outcome, v1::OUTCOME_VIOLATION);
  EXPECT_EQ(both.violations[0].explanation.near_misses_size(), 2);
}

TEST(Fallback, AsksEachPrimary) {
  const std::string extra =
      "---\nkind: Dependency\nname: applications/a/dependencies/e\nessential: false\n"
      "alternatives: [{target: deployments/acme}]\n";
  const std::string inventory = InventoryWith(", {target: deployments/zenith}", extra);
  EXPECT_EQ(Ask(inventory, "{}").outcome, v1::OUTCOME_VIOLATION);
  EXPECT_EQ(Ask(inventory, "{essentialOnly: true}").outcome, v1::OUTCOME_PASS);
}

TEST(Fallback, TellsNearMissesOfFailuresAlone) {
  const std::string fine =
      "---\nkind: Dependency\nname: applications/a/dependencies/fine\n"
      "alternatives: [{target: deployments/acme}, {target: deployments/acme}, {target: "
      "deployments/zenith}]\n";
  const SubjectResult result = Ask(InventoryWith(", {target: deployments/child}", fine), "{}");
  ASSERT_EQ(result.outcome, v1::OUTCOME_VIOLATION);
  const auto& near_misses = result.violations[0].explanation.near_misses();
  ASSERT_EQ(near_misses.size(), 1);
  EXPECT_EQ(near_misses[0].dependency(), "applications/a/dependencies/d");
  EXPECT_EQ(near_misses[0].candidate(), "deployments/child");
}

TEST(Fallback, HasNoDataWithoutDependencies) {
  EXPECT_EQ(Ask(InventoryWith("", "---\nkind: Application\nname: applications/empty\n"), "{}",
                "2026-03-31T00:00:00Z", "applications/empty")
                .outcome,
            v1::OUTCOME_NO_DATA);
}

TEST(Fallback, HasNoDataForAPrimaryThatStandsOnNothing) {
  const std::string now = "2026-03-31T00:00:00Z";
  const std::string extra =
      "---\nkind: Application\nname: applications/empty\n---\nkind: Application\nname: "
      "applications/b\n---\nkind: "
      "Dependency\nname: applications/b/dependencies/d\nalternatives: [{target: applications/empty}, "
      "{target: "
      "deployments/zenith}]\n";
  EXPECT_EQ(Ask(InventoryWith("", extra), "{}", now, "applications/b").outcome, v1::OUTCOME_NO_DATA);
  const std::string sound =
      "---\nkind: Dependency\nname: applications/b/dependencies/e\nalternatives: [{target: "
      "deployments/acme}, "
      "{target: deployments/zenith}]\n";
  EXPECT_EQ(Ask(InventoryWith("", extra + sound), "{}", now, "applications/b").outcome, v1::OUTCOME_NO_DATA)
      << "part of it was not asked: no pass";
  const std::string bad =
      "---\nkind: Dependency\nname: applications/b/dependencies/f\nalternatives: [{target: "
      "deployments/acme}]\n";
  EXPECT_EQ(Ask(InventoryWith("", extra + sound + bad), "{}", now, "applications/b").outcome,
            v1::OUTCOME_VIOLATION);
}

TEST(EngineDimension, IsTheSameListInTheSameOrder) {
  EXPECT_EQ(EngineDimension(common::v1::DIMENSION_OPERATOR), engine::Dimension::kOperator);
  EXPECT_EQ(EngineDimension(common::v1::DIMENSION_HOST_COUNTRY), engine::Dimension::kHostCountry);
  EXPECT_EQ(EngineDimension(common::v1::DIMENSION_BASE_MODEL_ROOT), engine::Dimension::kBaseModelRoot);
  EXPECT_EQ(EngineDimension(common::v1::DIMENSION_LICENCE), engine::Dimension::kLicence);
}

}  // namespace
}  // namespace linchpin::policy
