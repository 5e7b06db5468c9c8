#include "services/policy/domain/rules/evaluation.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/rules/lineage_rule.h"
#include "services/resource/stable_bytes.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::Finding;

const char kAssignment[] = "---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\n";

std::string PolicyYaml(const std::string& rules) {
  return "---\nkind: Policy\nname: policies/p\nrules:\n" + rules;
}

// `count` applications on one model of US origin.
std::string Applications(int count) {
  std::string yaml =
      "kind: Model\nname: models/m\noriginCountry: US\nknownNone: [derivations]\n---\n"
      "kind: Deployment\nname: deployments/d\nmodel: models/m\n";
  for (int i = 0; i < count; ++i) {
    const std::string name = "applications/a" + std::to_string(100 + i);
    yaml += "---\nkind: Application\nname: " + name + "\n---\nkind: Dependency\nname: " + name +
            "/dependencies/d\nalternatives: [{target: deployments/d}]\n";
  }
  return yaml;
}

Evaluation Evaluated(const std::string& yaml, EvaluationOptions options = {}) {
  const auto text = testing_support::ReadInventory(yaml);
  auto evaluation = Evaluate(*text.view, PolicySetOf(text).active(), options);
  EXPECT_THAT(evaluation, IsOk());
  return evaluation.ok() ? *std::move(evaluation) : Evaluation();
}

TEST(Evaluation, KeepsSomeFindingsAndSumsUpTheRest) {
  EvaluationOptions options;
  options.findings_max = 3;
  const Evaluation evaluation =
      Evaluated(Applications(8) + PolicyYaml("- {id: r, lineage: {allowed: [FR]}}\n") + kAssignment, options);
  EXPECT_EQ(evaluation.rules[0].counts[v1::OUTCOME_VIOLATION], 8) << "the count stays exact";
  std::vector<std::string> subjects;
  for (const Finding& finding : evaluation.findings) {
    if (finding.type() == Finding::TYPE_VIOLATION) {
      subjects.push_back(finding.subject());
    } else {
      EXPECT_EQ(finding.type(), Finding::TYPE_SUMMARY);
      EXPECT_EQ(finding.subject(), "policies/p");
      EXPECT_THAT(finding.message(), HasSubstr("8 findings in all"));
    }
  }
  std::sort(subjects.begin(), subjects.end());
  EXPECT_THAT(subjects, ElementsAre("applications/a100", "applications/a101", "applications/a102"));
  EXPECT_THAT(evaluation.findings, SizeIs(4));
}

std::string AllOf(const Evaluation& evaluation) {
  std::string text;
  for (const RuleOutcome& rule : evaluation.rules) {
    text += rule.assignment + " " + rule.rule + ":";
    for (const int64_t count : rule.counts) text += " " + std::to_string(count);
    text += "\n";
  }
  for (const Finding& finding : evaluation.findings) text += resource::StableBytes(finding) + "\n";
  for (const auto& outcome : evaluation.outcomes) text += resource::StableBytes(outcome) + "\n";
  for (const auto& [name, members] : evaluation.gaps)
    text += name + " " + std::to_string(members.subjects.size()) + "\n";
  return text;
}

// Rules that ask the same, of the same and of other subjects; some find more than is kept, some wait for
// facts.
TEST(Evaluation, IsTheSameWhateverTheNumberOfThreads) {
  const std::string policies = PolicyYaml(
      "- {id: origin, lineage: {allowed: [FR]}}\n"
      "- {id: same, severity: HIGH, lineage: {allowed: [FR]}}\n"
      "- {id: some, select: {where: {name: {in: [applications/a103, applications/a1500]}}}, lineage: "
      "{allowed: [FR]}}\n"
      "- {id: owner, attribute: {must: {owner: {exists: true}}}}\n"
      "- {id: parents, lineage: {facets: [DEVELOPER_PARENT], allowed: [FR]}}\n"
      "- {id: share, concentration: {groupBy: OPERATOR, metric: HHI, limit: 1}}\n");
  const std::string yaml = Applications(2000) + policies + kAssignment;
  EvaluationOptions options;
  options.findings_max = 1700;
  const std::string alone = AllOf(Evaluated(yaml, options));
  EXPECT_THAT(alone, HasSubstr("2000 findings in all"));
  options.threads = 4;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(AllOf(Evaluated(yaml, options)), alone);
  // Listing outcomes asks rule by rule.
  options.outcomes_max = 5000;
  const Evaluation listed = Evaluated(yaml, options);
  EXPECT_THAT(listed.outcomes, SizeIs(5000));
  EXPECT_EQ(listed.outcomes[2000].rule(), "same");
  EXPECT_EQ(listed.outcomes[4033].outcome(), v1::OUTCOME_VIOLATION) << "the one that `some` selects";
  options.threads = 1;
  EXPECT_EQ(AllOf(Evaluated(yaml, options)), AllOf(listed));
}

TEST(Evaluation, HasNoDataForAnEmptyPopulation) {
  for (const char* rule :
       {"- {id: r, lineage: {allowed: [FR]}}\n", "- {id: r, fallback: {}}\n",
        "- {id: r, concentration: {groupBy: OPERATOR, metric: HHI, limit: 1}}\n",
        "- {id: r, select: {where: {owner: {exists: true}}}, lineage: {allowed: [FR]}}\n"}) {
    const bool empty = std::string(rule).find("owner") == std::string::npos;
    const Evaluation evaluation = Evaluated(Applications(empty ? 0 : 2) + PolicyYaml(rule) + kAssignment);
    EXPECT_EQ(evaluation.rules[0].counts[v1::OUTCOME_NO_DATA], 1) << rule;
    EXPECT_EQ(evaluation.rules[0].counts[v1::OUTCOME_PASS], 0) << rule;
    EXPECT_THAT(evaluation.findings, IsEmpty()) << rule;
  }
}

TEST(Evaluation, IsAtBestIndeterminateForWhoIsPerhapsSelected) {
  const Evaluation evaluation = Evaluated(
      Applications(1) +
      PolicyYaml(
          "- {id: bad, severity: CRITICAL, select: {where: {tier: {le: 1}}}, lineage: {allowed: [FR]}}\n"
          "- {id: good, select: {where: {tier: {le: 1}}}, lineage: {allowed: [US]}}\n") +
      kAssignment);
  for (const RuleOutcome& rule : evaluation.rules)
    EXPECT_EQ(rule.counts[v1::OUTCOME_INDETERMINATE], 1) << rule.rule;
  ASSERT_THAT(evaluation.findings, SizeIs(1)) << "one for each data gap, whatever the number of rules";
  EXPECT_EQ(evaluation.findings[0].severity(), v1::SEVERITY_HIGH) << "one step below the gravest";
  EXPECT_EQ(evaluation.findings[0].subject(), "assignments/a");
  EXPECT_EQ(
      evaluation.findings[0].message(),
      "`tier` of applications/a100 is unknown: rules bad, good are indeterminate for applications/a100");
}

struct UnknownCase {
  const char* handling;
  v1::Outcome lineage, fallback, concentration, selection;
};
class OnUnknown : public ::testing::TestWithParam<UnknownCase> {};

TEST_P(OnUnknown, DecidesWhatAnUnknownFactLeadsTo) {
  const std::string reason =
      std::string(GetParam().handling) == "IGNORE" ? ", onUnknownReason: we know" : std::string();
  const std::string head = std::string(", onUnknown: ") + GetParam().handling + reason;
  // The model's origin and both operators are unknown; the application's tier is, too.
  const Evaluation evaluation = Evaluated(
      "kind: Model\nname: models/m\nknownNone: [derivations]\n---\nkind: Deployment\nname: "
      "deployments/d\nmodel: models/m\n"
      "---\nkind: Deployment\nname: deployments/e\n---\nkind: Application\nname: applications/a\n---\nkind: "
      "Application\n"
      "name: applications/b\n---\nkind: Dependency\nname: applications/a/dependencies/d\n"
      "alternatives: [{target: deployments/d}, {target: deployments/e}]\n---\nkind: Dependency\n"
      "name: applications/b/dependencies/d\nalternatives: [{target: deployments/d}, {target: "
      "deployments/e}]\n" +
      PolicyYaml("- {id: lineage" + head + ", lineage: {allowed: [FR], primaryOnly: true}}\n- {id: fallback" +
                 head + ", fallback: {differentIn: [OPERATOR]}}\n- {id: concentration" + head +
                 ", concentration: {groupBy: OPERATOR, metric: SHARE, limit: 0.4}}\n- {id: selection" + head +
                 ", select: {where: {tier: {le: 1}}}, fallback: {minCount: 2}}\n") +
      kAssignment);
  ASSERT_THAT(evaluation.rules, SizeIs(4));
  const v1::Outcome wanted[] = {GetParam().lineage, GetParam().fallback, GetParam().concentration,
                                GetParam().selection};
  for (int i = 0; i < 4; ++i) {
    const bool population = i == 2;
    EXPECT_EQ(evaluation.rules[i].counts[wanted[i]], population ? 1 : 2) << evaluation.rules[i].rule;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, OnUnknown,
    ::testing::Values(UnknownCase{"INDETERMINATE", v1::OUTCOME_INDETERMINATE, v1::OUTCOME_INDETERMINATE,
                                  v1::OUTCOME_INDETERMINATE, v1::OUTCOME_INDETERMINATE},
                      UnknownCase{"VIOLATION", v1::OUTCOME_VIOLATION, v1::OUTCOME_VIOLATION,
                                  v1::OUTCOME_VIOLATION, v1::OUTCOME_VIOLATION},
                      UnknownCase{"IGNORE", v1::OUTCOME_PASS, v1::OUTCOME_PASS, v1::OUTCOME_PASS,
                                  v1::OUTCOME_NOT_APPLICABLE}),
    [](const auto& info) { return info.param.handling; });

TEST(Evaluation, HasOneGapForAKindOfFactWhateverTheNumberOfSubjects) {
  const Evaluation evaluation = Evaluated(
      Applications(40) + "---\nkind: Application\nname: applications/tiered\ntier: 3\n" +
      PolicyYaml("- {id: r, severity: HIGH, select: {where: {tier: {le: 1}}}, lineage: {allowed: [US]}}\n"
                 "- {id: s, select: {where: {tier: {le: 2}}}, fallback: {}}\n") +
      kAssignment);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  const Finding& gap = evaluation.findings[0];
  EXPECT_EQ(gap.certainty(), v1::CERTAINTY_OPEN);
  EXPECT_EQ(gap.policy(), "policies/p");
  EXPECT_EQ(gap.message(),
            "`tier` of 40 of 41 applications is unknown (applications/a100, applications/a101, "
            "applications/a102, ...): rules r, s are indeterminate for 40 subjects");
  EXPECT_EQ(gap.data_gap().kind(), "Application");
  EXPECT_EQ(gap.data_gap().path(), "tier");
  EXPECT_EQ(gap.data_gap().resource_count(), 40);
  EXPECT_EQ(gap.data_gap().subject_count(), 40);
  EXPECT_THAT(gap.data_gap().resources(), SizeIs(20));
  EXPECT_THAT(gap.data_gap().rules(), ElementsAre("r", "s"));
  EXPECT_THAT(gap.related(), SizeIs(20));
  EXPECT_THAT(gap.data_gap().fill_in(), HasSubstr("kind: Application\nname: applications/a100\ntier:  # 1"));
}

TEST(Evaluation, NamesTheSameGapWhereverInAListTheFactIsMissing) {
  const Evaluation evaluation = Evaluated(
      Applications(2) +
      PolicyYaml("- {id: r, select: {kind: DEPENDENCY}, freshness: {field: reviewed_time, maxAge: 30d}}\n") +
      kAssignment);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_THAT(evaluation.findings[0].message(),
              HasSubstr("`reviewed_time` of 2 of 2 dependencies is unknown"));
  EXPECT_THAT(evaluation.findings[0].data_gap().fill_in(), HasSubstr("reviewedTime:  # such as 2026"));
}

TEST(Evaluation, EndsWhenNobodyWaits) {
  const auto text = testing_support::ReadInventory(
      Applications(1) + PolicyYaml("- {id: r, lineage: {allowed: [FR]}}\n") + kAssignment);
  EvaluationOptions options;
  options.cancelled = [] { return true; };
  EXPECT_THAT(Evaluate(*text.view, PolicySetOf(text).active(), options),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST(Evaluation, OffersTheExplanationAsMessage) {
  const Evaluation evaluation =
      Evaluated(Applications(1) +
                PolicyYaml("- {id: r, message: \"{node} ({country}) below {subject}, rule {rule}\", lineage: "
                           "{allowed: [FR]}}\n") +
                kAssignment);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_EQ(evaluation.findings[0].message(), "models/m (US) below applications/a100, rule r");
}

TEST(Evaluation, TellsADepthThatIsTooSmallFromAnUnknownFact) {
  std::string chain;
  for (int i = 0; i < 4; ++i) {
    chain += "kind: Model\nname: models/m" + std::to_string(i) + "\noriginCountry: US\n" +
             (i == 3 ? "knownNone: [derivations]\n"
                     : "derivations: [{baseModel: models/m" + std::to_string(i + 1) +
                           ", relation: FINE_TUNE}]\n") +
             "---\n";
  }
  chain += "kind: Deployment\nname: deployments/d\nmodel: models/m0\n";
  const auto with_depth = [&](int depth) {
    return Evaluated(chain +
                     PolicyYaml("- {id: r, select: {kind: DEPLOYMENT}, lineage: {allowed: [US], maxDepth: " +
                                std::to_string(depth) + "}}\n") +
                     kAssignment);
  };
  EXPECT_EQ(with_depth(3).rules[0].counts[v1::OUTCOME_PASS], 1);
  const Evaluation cut = with_depth(2);
  EXPECT_EQ(cut.rules[0].counts[v1::OUTCOME_INDETERMINATE], 1);
  ASSERT_THAT(cut.findings, SizeIs(1));
  const Finding& gap = cut.findings[0];
  EXPECT_EQ(gap.type(), Finding::TYPE_DATA_GAP);
  EXPECT_THAT(gap.data_gap().resources(), ElementsAre("models/m2"));
  EXPECT_EQ(gap.discriminators().at("limit"), "max_depth");
  EXPECT_EQ(gap.message(),
            "the lineage beyond `max_depth` of models/m2 is not looked at: rule r is indeterminate for "
            "deployments/d");
  EXPECT_EQ(gap.remediation(), "raise `max_depth` of r");
  EXPECT_EQ(gap.explanation().facts_size(), 0) << "no fact is missing";
}

// A random inventory with unknown facts, cycles among consumers, merges and derivations of unspecified
// relation.
std::string RandomInventory(std::mt19937& random) {
  const auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  const auto id = [](int i) { return std::to_string(i); };
  const char* const countries[] = {"", "FR", "US", "CN"};
  std::string yaml;
  for (int i = 0; i < 4; ++i) {
    yaml += "---\nkind: Vendor\nname: vendors/v" + id(i) + "\n";
    if (const char* country = countries[pick(4)]; *country != 0)
      yaml += std::string("country: ") + country + "\n";
    if (pick(2) == 0) yaml += "knownNone: [parent]\n";
  }
  for (int i = 0; i < 12; ++i) {
    yaml += "---\nkind: Model\nname: models/m" + id(i) + "\n";
    if (pick(3) > 0) yaml += "developer: vendors/v" + id(pick(4)) + "\n";
    if (const char* country = countries[pick(4)]; *country != 0)
      yaml += std::string("originCountry: ") + country + "\n";
    if (i > 0 && pick(3) > 0) {
      const char* const relations[] = {", relation: FINE_TUNE", ", relation: DISTILLED", ""};
      yaml += "derivations: [{baseModel: models/m" + id(pick(i)) + relations[pick(3)] + "}]\n";
    } else if (pick(3) > 0) {
      yaml += "knownNone: [derivations]\n";
    }
  }
  for (int i = 0; i < 6; ++i) {
    yaml += "---\nkind: Deployment\nname: deployments/d" + id(i) + "\n";
    if (pick(6) > 0) yaml += "model: models/m" + id(pick(12)) + "\n";
    if (pick(3) > 0) yaml += "operator: vendors/v" + id(pick(4)) + "\n";
  }
  for (int i = 0; i < 8; ++i) yaml += "---\nkind: Application\nname: applications/a" + id(i) + "\n";
  for (int i = 0; i < 8; ++i) {
    for (int j = 0; j < pick(3); ++j) {
      yaml += "---\nkind: Dependency\nname: applications/a" + id(i) + "/dependencies/d" + id(j) +
              "\nalternatives: [";
      for (int k = 0; k <= pick(3); ++k) {
        yaml += pick(4) == 0 ? "{target: applications/a" + id(pick(8)) + "}, "
                             : "{target: deployments/d" + id(pick(6)) + "}, ";
      }
      yaml += "]\n";
    }
  }
  return yaml.substr(4);
}

TEST(Lineage, CountsTheSameWithAndWithoutExplaining) {
  std::mt19937 random(7);
  int violations = 0, open = 0;
  for (int round = 0; round < 60; ++round) {
    const auto text = testing_support::ReadInventory(RandomInventory(random));
    const char* const rules[] = {"{allowed: [FR]}", "{denied: [CN], reach: DISTILLED}",
                                 "{allowed: [FR, US], primaryOnly: true}",
                                 "{allowed: [FR], facets: [ORIGIN_COUNTRY, DEVELOPER, HOST_COUNTRY]}"};
    for (const char* rule : rules) {
      const auto bound = BindPolicy(PolicyText(std::string("rules: [{id: r, lineage: ") + rule + "}]"),
                                    AssignmentText(""), {});
      ASSERT_THAT(bound, IsOk());
      const auto knowledge = engine::Knowledge::Create(text.view->shared_graph());
      const World world(*text.view, *knowledge, absl::UnixEpoch());
      Judges judges(knowledge);
      Workspace workspace(world, judges);
      LineageEvaluator evaluator(world, workspace, bound->rules[0]);
      for (int i = 0; i < 8; ++i) {
        const std::string subject = "applications/a" + std::to_string(i);
        const SubjectResult with = evaluator.Evaluate(subject, true);
        const SubjectResult without = evaluator.Evaluate(subject, false);
        EXPECT_EQ(with.outcome, without.outcome) << subject << " in round " << round;
        EXPECT_EQ(with.violation_count, without.violation_count) << subject << " in round " << round;
        EXPECT_EQ(with.missing, without.missing) << subject << " in round " << round;
        EXPECT_EQ(with.violations.size(), static_cast<size_t>(with.violation_count));
        violations += with.outcome == v1::OUTCOME_VIOLATION;
        open += with.outcome == v1::OUTCOME_INDETERMINATE;
      }
    }
  }
  EXPECT_GT(violations, 100) << "the inventories are too tame to show anything";
  EXPECT_GT(open, 100);
}

// What the facts decide stays decided when the unknown ones become known, and equal input gives equal output.
TEST(Evaluation, HoldsForEveryCompletionOfTheUnknownFacts) {
  std::mt19937 random(11);
  const std::string policy =
      PolicyYaml(
          "- {id: lineage, lineage: {allowed: [FR]}}\n- {id: fallback, fallback: {}}\n"
          "- {id: share, concentration: {groupBy: ORIGIN_COUNTRY, metric: SHARE, limit: 0.5}}\n") +
      kAssignment;
  int decided = 0;
  for (int round = 0; round < 40; ++round) {
    const std::string inventory = RandomInventory(random);
    std::string complete = inventory;
    // Everything that is open becomes known: vendors and models without a country get one, all else none.
    for (const char* kind : {"vendors/v", "models/m"}) {
      for (size_t at = complete.find(std::string("name: ") + kind); at != std::string::npos;
           at = complete.find(std::string("name: ") + kind, at + 1)) {
        const size_t end = std::min(complete.find("---", at), complete.size());
        const std::string document = complete.substr(at, end - at);
        std::string known;
        const bool vendor = std::string(kind) == "vendors/v";
        const char* const field = vendor ? "country: " : "originCountry: ";
        // The origin of a model whose developer is known is that of the developer.
        const bool derived = document.find("developer: ") != std::string::npos;
        if (!derived && document.find(field) == std::string::npos)
          known += std::string(field) + (random() % 2 == 0 ? "FR\n" : "US\n");
        if (document.find("knownNone") == std::string::npos &&
            document.find("derivations") == std::string::npos) {
          known += vendor ? "knownNone: [parent]\n" : "knownNone: [derivations]\n";
        }
        complete.insert(end, known);
      }
    }
    for (size_t at = complete.find("}]\n"); at != std::string::npos; at = complete.find("}]\n", at + 1)) {
      const size_t line = complete.rfind('\n', at) + 1;
      const std::string text = complete.substr(line, at - line);
      if (text.find("derivations: [{baseModel") == 0 && text.find("relation") == std::string::npos) {
        complete.insert(at, ", relation: FINE_TUNE");
      }
    }
    EvaluationOptions options;
    options.outcomes_max = 1000;
    const Evaluation before = Evaluated(inventory + policy, options);
    const Evaluation again = Evaluated(inventory + policy, options);
    const Evaluation after = Evaluated(complete + policy, options);
    ASSERT_EQ(before.outcomes.size(), after.outcomes.size());
    ASSERT_EQ(before.findings.size(), again.findings.size());
    for (size_t i = 0; i < before.findings.size(); ++i) {
      EXPECT_EQ(resource::StableBytes(before.findings[i]), resource::StableBytes(again.findings[i]));
    }
    for (size_t i = 0; i < before.outcomes.size(); ++i) {
      const auto& old = before.outcomes[i];
      if (old.outcome() == v1::OUTCOME_INDETERMINATE) continue;
      ++decided;
      EXPECT_EQ(v1::Outcome_Name(old.outcome()), v1::Outcome_Name(after.outcomes[i].outcome()))
          << old.rule() << " of " << old.subject() << " in round " << round << "\n"
          << inventory;
    }
  }
  EXPECT_GT(decided, 200);
}

}  // namespace
}  // namespace linchpin::policy
