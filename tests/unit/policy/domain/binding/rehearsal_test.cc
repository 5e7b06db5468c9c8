#include "services/policy/domain/binding/rehearsal.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/support/inventory_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const char kPolicy[] = R"(
kind: Policy
name: policies/origin
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules: [{id: r, lineage: {allowed: "${home}"}}]
)";
const char kAssignment[] = R"(
---
kind: Assignment
name: assignments/bank
policy: policies/origin
parameters: {home: jurisdictionSets/eu}
)";
const char kSet[] = R"(
---
kind: JurisdictionSet
name: jurisdictionSets/eu
countries: [FR]
)";

PolicyDocuments Stored(const std::string& yaml) {
  const auto text = testing_support::ReadInventory(yaml);
  return {text.All<v1::Policy>(), text.All<v1::Assignment>(), text.All<v1::JurisdictionSet>()};
}

v1::PolicyChange Change(const std::string& yaml) {
  const PolicyDocuments documents = Stored(yaml);
  v1::PolicyChange change;
  for (const auto& policy : documents.policies) *change.add_policies() = policy;
  for (const auto& assignment : documents.assignments) *change.add_assignments() = assignment;
  for (const auto& set : documents.sets) *change.add_jurisdiction_sets() = set;
  return change;
}

// The field that the rehearsal is refused for.
std::string RefusedFor(const std::string& stored, const std::string& change) {
  const auto rehearsed = Rehearse(1, Stored(stored), Change(change));
  const auto details = base::DetailsOf(rehearsed.status());
  return !details || details->violations.empty() ? "" : details->violations[0].field;
}

TEST(Rehearse, TakesAPolicyWithItsAssignmentAndSetThatNobodyHasStored) {
  const auto rehearsed = Rehearse(7, {}, Change(std::string(kPolicy) + kAssignment + kSet));
  ASSERT_TRUE(rehearsed.ok()) << rehearsed.status();
  EXPECT_THAT(rehearsed->touched, ElementsAre("assignments/bank"));
  ASSERT_NE(rehearsed->policies->FindActive("assignments/bank"), nullptr);
  EXPECT_EQ(rehearsed->policies->revision(), 7);
}

TEST(Rehearse, TouchesStoredAssignmentsOfAnEditedPolicyAndAllOfASet) {
  const std::string stored = std::string(kPolicy) + kAssignment + kSet;
  EXPECT_THAT(Rehearse(1, Stored(stored), Change(kPolicy))->touched, ElementsAre("assignments/bank"));
  EXPECT_THAT(Rehearse(1, Stored(stored), Change(kSet))->touched, ElementsAre("assignments/bank"));
  EXPECT_THAT(Rehearse(1, Stored(stored), {})->touched, IsEmpty());
}

TEST(Rehearse, RefusesWhatTheStoreWouldWithItsPlace) {
  EXPECT_EQ(RefusedFor("", kAssignment), "change.assignments[0].policy");
  EXPECT_EQ(RefusedFor("", std::string(kPolicy) + kAssignment), "change.assignments[0].parameters.home");
  EXPECT_EQ(RefusedFor("", "kind: Policy\nname: policies/p\nrules: [{id: r}]\n"),
            "change.policies[0].rules[0]");
  EXPECT_EQ(
      RefusedFor(kPolicy, "kind: Assignment\nname: assignments/a\npolicy: policies/origin\nmode: DRY_RUN\n"),
      "change.assignments[0].mode");
}

TEST(Rehearse, RefusesAnEditThatBreaksAStoredAssignment) {
  const std::string edited =
      "kind: Policy\nname: policies/origin\nparameters: [{id: home, type: JURISDICTION_SET, required: true}, "
      "{id: more, type: RATIO, required: true}]\nrules: [{id: r, lineage: {allowed: \"${home}\"}}]\n";
  EXPECT_THAT(RefusedFor(std::string(kPolicy) + kAssignment + kSet, edited),
              ::testing::StartsWith("assignments/bank."));
}

TEST(Rehearse, RefusesADocumentThatIsNamedTwice) {
  v1::PolicyChange change = Change(kPolicy);
  *change.add_policies() = change.policies(0);
  const auto details = base::DetailsOf(Rehearse(1, {}, change).status());
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->violations[0].field, "change.policies[1].name");
}

}  // namespace
}  // namespace linchpin::policy
