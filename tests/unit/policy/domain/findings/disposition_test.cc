#include "services/policy/domain/findings/disposition.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/policy/domain/waivers/waiver_state.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Finding;
using v1::Waiver;

const char kPolicies[] = R"(
kind: Policy
name: policies/p
rules:
- {id: origin, severity: HIGH, lineage: {allowed: [FR]}}
- {id: share, severity: MEDIUM, concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4, minPopulation: 1}}
---
kind: Assignment
name: assignments/a
policy: policies/p
owner: risk
)";

// An application on foreign weights, half of whose demand goes to one vendor; and one at home.
const char kInventory[] = R"(
kind: Vendor
name: vendors/v
knownNone: [parent]
---
kind: Vendor
name: vendors/w
knownNone: [parent]
---
kind: Model
name: models/m
originCountry: US
knownNone: [derivations]
---
kind: Model
name: models/h
originCountry: FR
knownNone: [derivations]
---
kind: Deployment
name: deployments/d
model: models/m
operator: vendors/v
---
kind: Deployment
name: deployments/e
model: models/h
operator: vendors/w
---
kind: Application
name: applications/claims
owner: team-claims
tier: 1
---
kind: Dependency
name: applications/claims/dependencies/d
alternatives: [{target: deployments/d}]
---
kind: Application
name: applications/home
tier: 2
---
kind: Dependency
name: applications/home/dependencies/d
alternatives: [{target: deployments/e}]
)";

const absl::Time kStart = absl::FromUnixSeconds(1'770'000'000);

class Disposing : public ::testing::Test {
 protected:
  Disposing() {
    EvaluationOptions options;
    options.now = now_;
    auto evaluation = Evaluate(*inventory_.view, policies_.active(), options);
    EXPECT_TRUE(evaluation.ok()) << evaluation.status();
    findings_ = Advance({}, *std::move(evaluation), policies_, nullptr, *inventory_.view).findings;
  }

  // What people have decided comes to count, `later`.
  LifecycleStep Step(absl::Duration later = absl::ZeroDuration()) {
    now_ += later;
    const Dispositions dispositions{WaiverBook(waivers_), acknowledgements_};
    LifecycleStep step;
    step.findings = findings_;
    due_ = Dispose({dispositions, policies_, *inventory_.view, *knowledge_, {1, 1, now_}}, step);
    findings_ = step.findings;
    return step;
  }

  // The finding of a rule; of the share those of vendors/v.
  const FindingRecord& Of(const std::string& rule) const {
    for (const auto& [name, finding] : findings_) {
      Finding message = FindingOf(*finding);
      const auto group = message.discriminators().find("group");
      if (finding->rule == rule && (group == message.discriminators().end() || group->second == "vendors/v"))
        return *finding;
    }
    ADD_FAILURE() << "no finding of " << rule;
    static const FindingRecord none;
    return none;
  }

  const FindingRecord* Expiring() const {
    for (const auto& [name, finding] : findings_) {
      if (finding->type == Finding::TYPE_WAIVER_EXPIRING) return finding.get();
    }
    return nullptr;
  }

  static std::vector<std::string> History(const FindingRecord& finding) {
    std::vector<std::string> lines;
    const Finding whole = FindingOf(finding, {}, WithTransitions::kYes);
    for (const auto& step : whole.transitions()) {
      lines.push_back(Finding::State_Name(step.from()).substr(6) + ">" +
                      Finding::State_Name(step.to()).substr(6) + " " + step.principal() + ": " +
                      step.reason());
    }
    return lines;
  }

  // Asked for by ann, approved by bob, for 30 days; of a rule.
  Waiver& Waive(const std::string& rule) {
    Waiver waiver;
    waiver.set_name("waivers/w" + std::to_string(waivers_.size()));
    waiver.set_owner("risk");
    waiver.set_requester("ann");
    waiver.set_reason("a second supplier is under contract");
    waiver.add_approvals()->set_principal("bob");
    waiver.set_approvals_required(1);
    waiver.mutable_target()->set_assignment("assignments/a");
    waiver.mutable_target()->add_rules(rule);
    SetTime(kStart + absl::Hours(24 * 30), waiver.mutable_expire_time());
    waivers_.push_back(waiver);
    return waivers_.back();
  }

  void Acknowledge(const FindingRecord& finding, absl::Time until = absl::InfiniteFuture()) {
    auto made = std::make_shared<v1::Acknowledgement>();
    made->set_name(AcknowledgementOf(finding.name));
    made->set_principal("cid");
    made->set_note("asking the vendor");
    made->set_episode(finding.episode);
    made->set_severity(finding.severity);
    made->set_revision(++acknowledged_);
    if (until != absl::InfiniteFuture()) SetTime(until, made->mutable_until_time());
    acknowledgements_[finding.name] = made;
  }

  absl::Time now_ = kStart;
  const PolicySet policies_ = PolicySetOf(testing_support::ReadInventory(kPolicies));
  const testing_support::InventoryText inventory_ = testing_support::ReadInventory(kInventory);
  const std::shared_ptr<const engine::Knowledge> knowledge_ =
      engine::Knowledge::Create(inventory_.view->shared_graph());
  FindingMap findings_;
  std::vector<Waiver> waivers_;
  Dispositions::Acknowledgements acknowledgements_;
  int64_t acknowledged_ = 0;
  std::optional<absl::Time> due_;
};

TEST_F(Disposing, NothingLeavesFindingsAsTheyAre) {
  EXPECT_THAT(Step().changed, IsEmpty());
  EXPECT_EQ(due_, std::nullopt);
  EXPECT_EQ(Of("origin").owner, "team-claims");
  EXPECT_EQ(Of("share").owner, "risk") << "the assignment's";
}

TEST_F(Disposing, WaivesUntilTheInstantAndOpensThen) {
  Waive("origin");
  EXPECT_THAT(Step().changed, SizeIs(1));
  EXPECT_EQ(Of("origin").state, Finding::STATE_WAIVED);
  EXPECT_EQ(Of("origin").waiver, "waivers/w0");
  EXPECT_EQ(Of("share").state, Finding::STATE_OPEN) << "another rule";
  EXPECT_THAT(Step(absl::Hours(24 * 30) - absl::Microseconds(1)).changed, SizeIs(1)) << "it is expiring";
  EXPECT_EQ(Of("origin").state, Finding::STATE_WAIVED);
  EXPECT_EQ(due_, kStart + absl::Hours(24 * 30));
  Step(absl::Microseconds(1));
  EXPECT_EQ(Of("origin").state, Finding::STATE_OPEN);
  EXPECT_EQ(Of("origin").episode, 1) << "the same episode";
  EXPECT_EQ(Of("origin").state_time, now_);
  EXPECT_THAT(
      History(Of("origin")),
      ElementsAre("UNSPECIFIED>OPEN : it was found",
                  HasSubstr("OPEN>WAIVED bob: waivers/w0 until 2026-03-04T02:40:00Z: a second supplier"),
                  "WAIVED>OPEN : waivers/w0 has expired"));
}

TEST_F(Disposing, OpensWhatIsRevokedAndSaysByWhom) {
  Waiver& waiver = Waive("origin");
  Step();
  waiver.mutable_revocation()->set_principal("dan");
  waiver.mutable_revocation()->set_note("the contract fell through");
  Step(absl::Hours(1));
  EXPECT_EQ(Of("origin").state, Finding::STATE_OPEN);
  EXPECT_EQ(History(Of("origin")).back(),
            "WAIVED>OPEN dan: waivers/w0 was revoked: the contract fell through");
}

TEST_F(Disposing, OpensWhatIsBeyondTheBound) {
  Waiver& waiver = Waive("share");
  waiver.mutable_bound()->set_worst_value(0.5);
  Step();
  EXPECT_EQ(Of("share").state, Finding::STATE_WAIVED) << "half is within the bound of a half";
  waiver.mutable_bound()->set_worst_value(0.49);
  Step();
  EXPECT_EQ(Of("share").state, Finding::STATE_OPEN);
  EXPECT_THAT(History(Of("share")).back(), HasSubstr("its measure, 0.5, is beyond the bound, 0.49"));
}

TEST_F(Disposing, NeedsTwoPeopleForWhatIsCritical) {
  Waive("origin");
  const char* const critical = R"(
kind: Policy
name: policies/p
rules: [{id: origin, severity: CRITICAL, lineage: {allowed: [FR]}}]
---
kind: Assignment
name: assignments/a
policy: policies/p
)";
  const PolicySet policies = PolicySetOf(testing_support::ReadInventory(critical));
  EvaluationOptions options;
  options.now = now_;
  auto evaluation = Evaluate(*inventory_.view, policies.active(), options);
  LifecycleStep step = Advance({}, *std::move(evaluation), policies, nullptr, *inventory_.view);
  const std::string name(step.findings.begin()->first);
  Dispose({{WaiverBook(waivers_), {}}, policies, *inventory_.view, *knowledge_, {1, 1, now_}}, step);
  EXPECT_EQ(step.findings.find(name)->second->state, Finding::STATE_OPEN) << "one person has approved";
  waivers_[0].add_approvals()->set_principal("cid");
  Dispose({{WaiverBook(waivers_), {}}, policies, *inventory_.view, *knowledge_, {1, 1, now_}}, step);
  EXPECT_EQ(step.findings.find(name)->second->state, Finding::STATE_WAIVED);
}

TEST_F(Disposing, WaivesWhatTheSelectorSurelySelects) {
  Waiver& waiver = Waive("origin");
  auto& test = *waiver.mutable_target()->mutable_subjects()->add_all();
  test.set_path("tier");
  test.set_op(v1::Test::OP_EQ);
  test.add_values()->set_int_value(2);
  Step();
  EXPECT_EQ(Of("origin").state, Finding::STATE_OPEN);
  waivers_[0].mutable_target()->mutable_subjects()->mutable_all(0)->mutable_values(0)->set_int_value(1);
  Step();
  EXPECT_EQ(Of("origin").state, Finding::STATE_WAIVED);
  waivers_[0].mutable_target()->mutable_subjects()->mutable_all(0)->set_path(
      "continuity.loss_per_hour_minor");
  Step();
  EXPECT_EQ(Of("origin").state, Finding::STATE_OPEN) << "what is unknown is not accepted";
}

TEST_F(Disposing, FindsThatAWaiverEndsSoon) {
  Waive("origin");
  Step();
  EXPECT_EQ(Expiring(), nullptr);
  EXPECT_EQ(due_, kStart + absl::Hours(24 * 16)) << "14 days before the end";
  Step(absl::Hours(24 * 16));
  ASSERT_NE(Expiring(), nullptr);
  EXPECT_EQ(Expiring()->severity, v1::SEVERITY_MEDIUM);
  EXPECT_EQ(Expiring()->subject, "waivers/w0");
  EXPECT_EQ(Expiring()->owner, "risk");
  EXPECT_THAT(FindingOf(*Expiring()).related(), ElementsAre(Of("origin").name));
  Step(absl::Hours(24 * 11));
  EXPECT_EQ(Expiring()->severity, v1::SEVERITY_HIGH) << "3 days before the end";
  Step(absl::Hours(24 * 3));
  EXPECT_EQ(Expiring()->state, Finding::STATE_RESOLVED);
  EXPECT_EQ(Expiring()->resolved_reason, Finding::RESOLVED_REASON_WAIVER_OVER);
  EXPECT_EQ(due_, std::nullopt);
}

TEST_F(Disposing, SaysNothingOfAWaiverThatCoversNothing) {
  Waive("gone");
  Step(absl::Hours(24 * 29));
  EXPECT_EQ(Expiring(), nullptr);
}

TEST_F(Disposing, AcknowledgesUntilTheInstant) {
  Acknowledge(Of("origin"), kStart + absl::Hours(5));
  Step();
  EXPECT_EQ(Of("origin").state, Finding::STATE_ACKNOWLEDGED);
  EXPECT_EQ(Of("origin").acknowledgement->principal(), "cid");
  EXPECT_EQ(due_, kStart + absl::Hours(5));
  Step(absl::Hours(5));
  EXPECT_EQ(Of("origin").state, Finding::STATE_OPEN);
  EXPECT_THAT(History(Of("origin")),
              ElementsAre("UNSPECIFIED>OPEN : it was found", "OPEN>ACKNOWLEDGED cid: asking the vendor",
                          "ACKNOWLEDGED>OPEN : the acknowledgement of cid has run out"));
}

TEST_F(Disposing, AWaiverComesBeforeAnAcknowledgement) {
  Acknowledge(Of("origin"));
  Waive("origin");
  Step();
  EXPECT_EQ(Of("origin").state, Finding::STATE_WAIVED);
  Step(absl::Hours(24 * 30));
  EXPECT_EQ(Of("origin").state, Finding::STATE_ACKNOWLEDGED);
  EXPECT_EQ(History(Of("origin")).back(),
            "WAIVED>ACKNOWLEDGED cid: waivers/w0 has expired; asking the vendor");
}

TEST(AcknowledgementObjection, IsThatTheFindingIsWorseOrAnother) {
  v1::Acknowledgement made;
  made.set_principal("cid");
  made.set_episode(1);
  made.set_severity(v1::SEVERITY_MEDIUM);
  made.set_measure(0.5);
  Finding finding;
  finding.set_severity(v1::SEVERITY_MEDIUM);
  auto& measure = *finding.mutable_explanation()->mutable_measure();
  measure.set_limit(0.4);
  measure.set_value(0.54);
  EXPECT_EQ(Objection(made, RecordOf(finding, kStart), kStart), "") << "a tenth of the limit is 0.04";
  measure.set_value(0.5401);
  EXPECT_THAT(Objection(made, RecordOf(finding, kStart), kStart), HasSubstr("measure is worse"));
  measure.set_value(0.5);
  finding.set_severity(v1::SEVERITY_HIGH);
  EXPECT_THAT(Objection(made, RecordOf(finding, kStart), kStart), HasSubstr("more severe"));
  finding.set_severity(v1::SEVERITY_LOW);
  FindingRecord again = RecordOf(finding, kStart);
  again.episode = 2;
  EXPECT_THAT(Objection(made, again, kStart), HasSubstr("earlier episode"));
}

TEST(Transitions, AreKeptUpToTheLimitAndSurviveTheStore) {
  FindingRecord record = RecordOf(Finding(), kStart);
  for (int i = 0; i < kTransitionsMax + 3; ++i) {
    record.state = i % 2 == 0 ? Finding::STATE_WAIVED : Finding::STATE_OPEN;
    AddTransition(record, Finding::STATE_OPEN, {"ann", std::to_string(i)}, kStart, {});
  }
  const Finding stored = FindingOf(record, {}, WithTransitions::kYes);
  EXPECT_EQ(stored.transitions_size(), kTransitionsMax);
  EXPECT_EQ(stored.earlier_transition_count(), 3);
  EXPECT_EQ(stored.transitions(0).reason(), "3");
  const Finding again = FindingOf(StoredRecord(stored), {}, WithTransitions::kYes);
  EXPECT_EQ(again.SerializeAsString(), stored.SerializeAsString());
  EXPECT_EQ(FindingOf(record).transitions_size(), 0);
}

}  // namespace
}  // namespace linchpin::policy
