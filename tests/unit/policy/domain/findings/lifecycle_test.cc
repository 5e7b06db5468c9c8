#include "services/policy/domain/findings/lifecycle.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Finding;

const char kPolicies[] = R"(
kind: Policy
name: policies/p
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules: [{id: origin, select: {where: {tier: {le: 2}}}, lineage: {allowed: "${home}"}}]
---
kind: Assignment
name: assignments/a
policy: policies/p
parameters: {home: [FR]}
)";

std::string Inventory(const std::string& origin, int tier = 1) {
  return "kind: Model\nname: models/m\nknownNone: [derivations]\n" +
         (origin.empty() ? "" : "originCountry: " + origin + "\n") +
         "---\nkind: Deployment\nname: deployments/d\nmodel: models/m\n---\n"
         "kind: Application\nname: applications/a\ntier: " +
         std::to_string(tier) +
         "\n---\nkind: Dependency\nname: applications/a/dependencies/d\nalternatives: [{target: "
         "deployments/d}]\n";
}

// Findings from one evaluation to the next.
class Life : public ::testing::Test {
 protected:
  LifecycleStep Step(const std::string& inventory, const std::string& policies = kPolicies,
                     absl::Duration later = absl::Minutes(1)) {
    now_ += later;
    const auto text = testing_support::ReadInventory(inventory, ++revision_);
    auto set = std::make_unique<PolicySet>(PolicySetOf(testing_support::ReadInventory(policies), revision_));
    EvaluationOptions options;
    options.now = now_;
    options.policy_revision = revision_;
    options.watch = &findings_;
    options.findings_max = findings_max_;
    auto evaluation = Evaluate(*text.view, set->active(), options);
    EXPECT_THAT(evaluation, IsOk());
    LifecycleOptions life;
    life.seen = std::exchange(seen_, now_);
    LifecycleStep step = Advance(findings_, *std::move(evaluation), *set, before_.get(), *text.view, life);
    findings_ = step.findings;
    before_ = std::move(set);
    return step;
  }

  // The only finding there is.
  const FindingRecord& Only() const {
    EXPECT_THAT(findings_, SizeIs(1));
    return *findings_.begin()->second;
  }

  Finding::ResolvedReason ReasonOf(const std::string& subject) const {
    for (const auto& [name, finding] : findings_) {
      if (finding->subject == subject && finding->state == Finding::STATE_RESOLVED)
        return finding->resolved_reason;
    }
    return Finding::RESOLVED_REASON_UNSPECIFIED;
  }

  int64_t findings_max_ = 10'000;
  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  absl::Time seen_ = absl::InfinitePast();
  int64_t revision_ = 0;
  FindingMap findings_;
  std::unique_ptr<PolicySet> before_;
};

TEST_F(Life, OpensWhatIsFound) {
  const LifecycleStep step = Step(Inventory("US"));
  EXPECT_EQ(step.opened, 1);
  EXPECT_THAT(step.changed, SizeIs(1));
  EXPECT_EQ(Only().state, Finding::STATE_OPEN);
  EXPECT_EQ(Only().episode, 1);
  EXPECT_EQ(Only().first_seen, now_);
}

TEST_F(Life, WritesNothingWhileNothingChanges) {
  Step(Inventory("US"));
  EXPECT_THAT(Step(Inventory("US")).changed, SizeIs(1))
      << "the explanation names a newer revision of the model";
  const auto text = testing_support::ReadInventory(Inventory("US"), revision_);
  EvaluationOptions options;
  options.now = now_ + absl::Minutes(5);
  auto evaluation = Evaluate(*text.view, before_->active(), options);
  const LifecycleStep step = Advance(findings_, *evaluation, *before_, before_.get(), *text.view);
  EXPECT_THAT(step.changed, IsEmpty());
  EXPECT_EQ(step.findings.begin()->second, findings_.begin()->second) << "not the same object";
  options.now = now_ + absl::Hours(2);
  const LifecycleStep later = Advance(findings_, *Evaluate(*text.view, before_->active(), options), *before_,
                                      before_.get(), *text.view);
  EXPECT_THAT(later.changed, SizeIs(1)) << "last_seen_time is stored at most hourly";
  EXPECT_EQ(later.changed[0]->first_seen, Only().first_seen);
}

TEST_F(Life, ResolvesWhatIsFixedAndReopensItInANewEpisode) {
  Step(Inventory("US"));
  const absl::Time first = now_;
  const LifecycleStep fixed = Step(Inventory("FR"));
  EXPECT_EQ(fixed.resolved, 1);
  EXPECT_EQ(Only().state, Finding::STATE_RESOLVED);
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_FIXED);
  EXPECT_EQ(Only().state_time, now_);
  EXPECT_EQ(Only().last_seen, first);
  Step(Inventory("US"));
  EXPECT_EQ(Only().state, Finding::STATE_OPEN);
  EXPECT_EQ(Only().episode, 2);
  EXPECT_EQ(Only().first_seen, now_);
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_UNSPECIFIED);
}

TEST_F(Life, WasLastSeenByTheLastEvaluationThatFoundIt) {
  Step(Inventory("US"));
  const auto text = testing_support::ReadInventory(Inventory("US"), revision_);
  EvaluationOptions options;
  options.now = now_ + absl::Minutes(5);
  options.watch = &findings_;
  LifecycleOptions life;
  life.seen = now_;
  const auto unchanged = Advance(findings_, *Evaluate(*text.view, before_->active(), options), *before_,
                                 before_.get(), *text.view, life);
  EXPECT_THAT(unchanged.changed, IsEmpty());
  seen_ = options.now;
  Step(Inventory("FR"), kPolicies, absl::Minutes(6));
  EXPECT_EQ(Only().state, Finding::STATE_RESOLVED);
  EXPECT_EQ(Only().last_seen, options.now) << "not what was stored of it";
}

TEST_F(Life, SaysWhyItResolved) {
  Step(Inventory("US"));
  Step("kind: Model\nname: models/m\n");
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_SUBJECT_DELETED);
  Step(Inventory("US"));
  Step(Inventory("US", 3));
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_OUT_OF_SCOPE);
}

TEST_F(Life, DoesNotTakeTheUnknownForFixed) {
  Step(Inventory("US"));
  Step(Inventory(""));
  EXPECT_THAT(findings_, SizeIs(2)) << "the data gap stands beside it";
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_INDETERMINATE);
  Step(Inventory("US"));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_UNSPECIFIED) << "open again";
}

TEST_F(Life, DoesNotTakeNothingToAskForFixed) {
  Step(Inventory("US"));
  std::string bare = Inventory("US");
  bare.resize(bare.find("---\nkind: Dependency"));
  Step(bare);
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_INDETERMINATE);
}

TEST_F(Life, KeepsOpenWhatAnErrorHides) {
  Step(Inventory("US"));
  std::string edited = kPolicies;
  edited.replace(edited.find("[FR]"), 4, "[jurisdictionSets/gone]");
  const LifecycleStep step = Step(Inventory("FR"), edited);
  EXPECT_EQ(step.resolved, 0);
  for (const auto& [name, finding] : findings_) {
    if (finding->subject != "applications/a") continue;
    const Finding open = FindingOf(*finding, {revision_, revision_, now_});
    EXPECT_EQ(open.state(), Finding::STATE_OPEN);
    EXPECT_EQ(open.last_seen_time().seconds(), absl::ToUnixSeconds(now_ - absl::Minutes(1)))
        << "it was not seen";
  }
  EXPECT_THAT(findings_, SizeIs(2)) << "the error stands beside it";
  Step(Inventory("FR"));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_RULE_CHANGED);
}

// Two models below one application.
std::string TwoModels(const std::string& one, const std::string& two) {
  std::string yaml = "kind: Application\nname: applications/a\ntier: 1\n";
  for (const auto& [id, origin] : {std::pair{"m", one}, std::pair{"n", two}}) {
    const std::string name = id;
    yaml += "---\nkind: Model\nname: models/" + name + "\nknownNone: [derivations]\n" +
            (origin.empty() ? "" : "originCountry: " + origin + "\n") +
            "---\nkind: Deployment\nname: deployments/" + name + "\nmodel: models/" + name +
            "\n---\nkind: Dependency\nname: applications/a/dependencies/" + name +
            "\nalternatives: [{target: deployments/" + name + "}]\n";
  }
  return yaml;
}

TEST_F(Life, TellsOneViolationOfASubjectFromAnother) {
  Step(TwoModels("US", "US"));
  Step(TwoModels("US", "FR"));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_FIXED);
  Step(TwoModels("US", "US"));
  Step(TwoModels("US", ""));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_INDETERMINATE);
}

// Two applications, each with a model of its own.
std::string TwoApplications(const std::string& one, const std::string& two) {
  std::string yaml;
  for (const auto& [id, origin] : {std::pair{"a", one}, std::pair{"b", two}}) {
    const std::string name = id;
    yaml += "---\nkind: Application\nname: applications/" + name +
            "\ntier: 1\n---\nkind: Model\nname: models/" + name +
            "\nknownNone: [derivations]\noriginCountry: " + origin +
            "\n---\nkind: Deployment\nname: deployments/" + name + "\nmodel: models/" + name +
            "\n---\nkind: Dependency\nname: applications/" + name +
            "/dependencies/d\nalternatives: [{target: deployments/" + name + "}]\n";
  }
  return yaml;
}

TEST_F(Life, TruncatesOnlyWhatComesAfterTheLastOneKept) {
  Step(TwoApplications("US", "US"));
  findings_max_ = 1;
  Step(TwoApplications("US", "US"));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_UNSPECIFIED);
  EXPECT_EQ(ReasonOf("applications/b"), Finding::RESOLVED_REASON_TRUNCATED);
  findings_max_ = 10'000;
  Step(TwoApplications("US", "US"));
  findings_max_ = 0;
  Step(TwoApplications("FR", "US"));
  EXPECT_EQ(ReasonOf("applications/a"), Finding::RESOLVED_REASON_FIXED) << "although the rule is truncated";
  EXPECT_EQ(ReasonOf("applications/b"), Finding::RESOLVED_REASON_TRUNCATED);
}

struct PolicyEdit {
  const char* name;
  const char* from;
  const char* to;
  Finding::ResolvedReason reason;
};
class PolicyEdits : public Life, public ::testing::WithParamInterface<PolicyEdit> {};

TEST_P(PolicyEdits, TellTheReason) {
  std::string edited = kPolicies;
  edited.replace(edited.find(GetParam().from), std::string(GetParam().from).size(), GetParam().to);
  const std::string inventory = Inventory("US");
  Step(inventory);
  const FindingRecord first = Only();
  Step(inventory, edited);
  EXPECT_EQ(findings_.at(first.name)->state, Finding::STATE_RESOLVED);
  EXPECT_EQ(findings_.at(first.name)->resolved_reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    All, PolicyEdits,
    ::testing::Values(PolicyEdit{"Parameter", "[FR]", "[FR, US]", Finding::RESOLVED_REASON_RULE_CHANGED},
                      PolicyEdit{"Selector", "{le: 2}", "{gt: 2}", Finding::RESOLVED_REASON_RULE_CHANGED},
                      PolicyEdit{"RuleId", "id: origin", "id: other", Finding::RESOLVED_REASON_RULE_REMOVED},
                      PolicyEdit{"Disabled", "parameters: {home", "mode: DISABLED\nparameters: {home",
                                 Finding::RESOLVED_REASON_ASSIGNMENT_DISABLED},
                      PolicyEdit{"Assignment", "assignments/a", "assignments/b",
                                 Finding::RESOLVED_REASON_RULE_REMOVED}),
    [](const auto& info) { return info.param.name; });

TEST_F(PolicyEdits, OfASetThatNobodyNamesAreNoChangeOfARule) {
  const std::string named =
      "---\nkind: JurisdictionSet\nname: jurisdictionSets/home\nincludes: [jurisdictionSets/own]\n";
  const auto policies = [&](const std::string& own, const std::string& other) {
    std::string text = kPolicies;
    text.replace(text.find("[FR]"), 4, "jurisdictionSets/home");
    return text + named + "---\nkind: JurisdictionSet\nname: jurisdictionSets/own\ncountries: [" + own +
           "]\n---\nkind: JurisdictionSet\nname: jurisdictionSets/other\ncountries: [" + other + "]\n";
  };
  Step(Inventory("US"), policies("FR", "CN"));
  Step(Inventory("FR"), policies("FR", "CN, RU"));
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_FIXED);
  Step(Inventory("US"), policies("FR", "CN"));
  Step(Inventory("US"), policies("FR, US", "CN"));
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_RULE_CHANGED) << "by a set that is included";
}

TEST_F(PolicyEdits, KeepAFindingWhoseLimitsAndWordsChange) {
  Step(Inventory("US"));
  const std::string name = Only().name;
  std::string edited = kPolicies;
  edited.replace(edited.find("id: origin"), 10, "id: origin, severity: CRITICAL, message: \"{node}!\"");
  const LifecycleStep step = Step(Inventory("US"), edited);
  EXPECT_EQ(Only().name, name);
  EXPECT_EQ(Only().episode, 1);
  EXPECT_EQ(Only().severity, v1::SEVERITY_CRITICAL);
  EXPECT_EQ(FindingOf(Only()).message(), "models/m!");
}

TEST_F(Life, OpensADataGapForAnUnknownFact) {
  Step(Inventory(""));
  EXPECT_EQ(Only().type, Finding::TYPE_DATA_GAP);
  EXPECT_EQ(FindingOf(Only()).data_gap().resources(0), "models/m");
  EXPECT_EQ(Only().severity, v1::SEVERITY_LOW) << "one step below the rule's MEDIUM";
  EXPECT_THAT(FindingOf(Only()).related(), ElementsAre("applications/a"));
  Step(Inventory("FR"));
  EXPECT_EQ(Only().resolved_reason, Finding::RESOLVED_REASON_FIXED);
}

TEST_F(Life, ForgetsResolvedFindingsInTime) {
  Step(Inventory("US"));
  Step(Inventory("FR"));
  EXPECT_THAT(Step(Inventory("FR"), kPolicies, absl::Hours(24 * 89)).forgotten, IsEmpty());
  EXPECT_THAT(Step(Inventory("FR"), kPolicies, absl::Hours(24 * 2)).forgotten, SizeIs(1));
  EXPECT_THAT(findings_, IsEmpty());
}

TEST_F(Life, MakesAnErrorOfAnAssignmentThatDoesNotBind) {
  std::string edited = kPolicies;
  edited.replace(edited.find("[FR]"), 4, "[jurisdictionSets/gone]");
  Step(Inventory("US"), edited);
  EXPECT_EQ(Only().type, Finding::TYPE_EVALUATION_ERROR);
  EXPECT_EQ(Only().subject, "policies/p");
}

TEST_F(Life, OverridesTheSeverityOfAnErrorToo) {
  std::string edited = kPolicies;
  edited.replace(edited.find("[FR]"), 4, "[jurisdictionSets/gone]");
  Step(Inventory("US"), edited + "severityOverrides: {origin: CRITICAL}\n");
  EXPECT_EQ(Only().type, Finding::TYPE_EVALUATION_ERROR);
  EXPECT_EQ(Only().severity, v1::SEVERITY_CRITICAL);
}

TEST_F(Life, CountsNanosecondsForward) {
  google::protobuf::Timestamp time;
  SetTime(absl::FromUnixMicros(-1'500'000), &time);
  EXPECT_EQ(time.seconds(), -2);
  EXPECT_EQ(time.nanos(), 500'000'000);
}

TEST_F(Life, SurvivesBeingStored) {
  Step(Inventory("US"));
  const FindingRecord back = StoredRecord(FindingOf(Only()));
  EXPECT_EQ(back.content, Only().content);
  EXPECT_EQ(back.content_hash, Only().content_hash);
  EXPECT_EQ(back.first_seen, Only().first_seen);
  EXPECT_EQ(back.episode, 1);
}

}  // namespace
}  // namespace linchpin::policy
