#include "services/policy/domain/waivers/waiver_request.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using v1::Finding;
using v1::Waiver;

const char kPolicies[] = R"(
kind: Policy
name: policies/p
rules:
- {id: origin, severity: CRITICAL, lineage: {allowed: [FR]}}
- {id: fallback, severity: HIGH, fallback: {}}
- {id: share, concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4}}
- {id: never, waivable: "NO", fallback: {}}
---
kind: Assignment
name: assignments/a
policy: policies/p
---
kind: Assignment
name: assignments/short
policy: policies/p
maxWaiverDuration: 30d
)";

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);
const std::string kName = "findings/" + std::string(64, 'a');

class Request : public ::testing::Test {
 protected:
  Request() {
    waiver_.set_name("waivers/w");
    waiver_.set_reason("a second supplier is under contract from May on");
    waiver_.mutable_target()->set_assignment("assignments/a");
    waiver_.mutable_target()->add_rules("fallback");
    SetTime(kNow + absl::Hours(24), waiver_.mutable_expire_time());
  }

  // Makes the target a finding of this rule and type.
  void TargetFinding(const std::string& rule, Finding::Type type = Finding::TYPE_VIOLATION,
                     Finding::State state = Finding::STATE_OPEN) {
    Finding finding;
    finding.set_name(kName);
    finding.set_assignment("assignments/a");
    finding.set_rule(rule);
    finding.set_type(type);
    finding.set_severity(v1::SEVERITY_HIGH);
    auto record = std::make_shared<FindingRecord>(RecordOf(finding, kNow));
    record->state = state;
    findings_.Put(record);
    waiver_.mutable_target()->Clear();
    waiver_.mutable_target()->add_findings(kName);
  }

  absl::StatusOr<int> Judge() const { return ApprovalsRequired(waiver_, {policies_, findings_, kNow}); }

  std::vector<std::string> Faults() const {
    std::vector<base::FieldViolation> violations;
    CheckWaiverDocument(waiver_, "waiver.", violations);
    std::vector<std::string> texts;
    for (const auto& violation : violations) texts.push_back(violation.field + ": " + violation.description);
    return texts;
  }

  const PolicySet policies_ = PolicySetOf(testing_support::ReadInventory(kPolicies));
  FindingMap findings_;
  Waiver waiver_;
};

TEST_F(Request, NeedsOnePersonAndTwoForWhatIsCritical) {
  EXPECT_THAT(Faults(), IsEmpty());
  EXPECT_EQ(*Judge(), 1);
  waiver_.mutable_target()->add_rules("origin");
  EXPECT_EQ(*Judge(), 2);
}

TEST_F(Request, ForNothingIsRefused) {
  waiver_.mutable_target()->Clear();
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("waiver.target: names nothing")));
  waiver_.mutable_target()->set_assignment("assignments/a");
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("needs both `assignment` and `rules`")));
}

TEST_F(Request, OfFindingsAndRulesIsRefused) {
  waiver_.mutable_target()->add_findings(kName);
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("names findings and rules")));
}

TEST_F(Request, NamesFindingsWhole) {
  waiver_.mutable_target()->Clear();
  waiver_.mutable_target()->add_findings("findings/66a7");
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("waiver.target.findings[0]: must be a name of the form")));
}

TEST_F(Request, ExplainsItself) {
  waiver_.set_reason(" because              ");
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("waiver.reason: must explain the decision in 20 bytes")));
  waiver_.set_reason("12345678901234567890");
  EXPECT_THAT(Faults(), IsEmpty());
}

TEST_F(Request, EndsAfterItsStart) {
  *waiver_.mutable_start_time() = waiver_.expire_time();
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("waiver.expire_time: must be later than `start_time`")));
}

TEST_F(Request, SelectsByFieldsThatExist) {
  auto& test = *waiver_.mutable_target()->mutable_subjects()->add_all();
  test.set_path("teir");
  test.set_op(v1::Test::OP_EQ);
  test.add_values()->set_int_value(1);
  EXPECT_THAT(Faults(), ElementsAre(HasSubstr("waiver.target.subjects.all[0].path")));
}

TEST_F(Request, EndsInTheFuture) {
  SetTime(kNow, waiver_.mutable_expire_time());
  EXPECT_THAT(Violations(Judge().status()), ElementsAre(HasSubstr("waiver.expire_time: is in the past")));
  SetTime(kNow + absl::Microseconds(1), waiver_.mutable_expire_time());
  EXPECT_TRUE(Judge().ok());
}

TEST_F(Request, EndsWithinTheLimitOfTheAssignment) {
  SetTime(kNow + absl::Hours(24 * 180), waiver_.mutable_expire_time());
  EXPECT_TRUE(Judge().ok()) << Judge().status();
  SetTime(kNow + absl::Hours(24 * 180) + absl::Microseconds(1), waiver_.mutable_expire_time());
  EXPECT_THAT(Violations(Judge().status()), ElementsAre(HasSubstr("waiver.expire_time: is too far ahead")));
  waiver_.mutable_target()->set_assignment("assignments/short");
  SetTime(kNow + absl::Hours(24 * 31), waiver_.mutable_expire_time());
  EXPECT_THAT(Violations(Judge().status()), ElementsAre(HasSubstr("(30 days)")));
}

TEST_F(Request, NamesRulesThatExist) {
  waiver_.mutable_target()->set_rules(0, "falback");
  EXPECT_EQ(base::ReasonOf(Judge().status()), "REFERENCE_NOT_FOUND");
  waiver_.mutable_target()->set_assignment("assignments/b");
  EXPECT_THAT(Judge().status().message(), HasSubstr("`assignments/b` does not exist"));
}

TEST_F(Request, OfWhatMayNotBeWaivedIsRefused) {
  waiver_.mutable_target()->set_rules(0, "never");
  EXPECT_EQ(base::ReasonOf(Judge().status()), "NOT_WAIVABLE");
  TargetFinding("never");
  EXPECT_EQ(base::ReasonOf(Judge().status()), "NOT_WAIVABLE");
  TargetFinding("origin", Finding::TYPE_EVALUATION_ERROR);
  EXPECT_EQ(base::ReasonOf(Judge().status()), "NOT_WAIVABLE");
}

TEST_F(Request, OfAFindingThatIsNotThereOrIsResolvedIsRefused) {
  TargetFinding("fallback");
  EXPECT_EQ(*Judge(), 1);
  TargetFinding("fallback", Finding::TYPE_VIOLATION, Finding::STATE_RESOLVED);
  EXPECT_EQ(base::ReasonOf(Judge().status()), "FINDING_RESOLVED");
  findings_ = {};
  EXPECT_EQ(base::ReasonOf(Judge().status()), "REFERENCE_NOT_FOUND");
}

TEST_F(Request, HasABoundOnlyWhereThereIsAMeasure) {
  waiver_.mutable_bound()->set_worst_value(0.6);
  EXPECT_THAT(Violations(Judge().status()), ElementsAre(HasSubstr("waiver.bound: has no effect")));
  waiver_.mutable_target()->set_rules(0, "share");
  EXPECT_TRUE(Judge().ok()) << Judge().status();
}

}  // namespace
}  // namespace linchpin::policy
