#include "services/policy/domain/rules/concentration_rule.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/rules/evaluation.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;

// What an application depends on, and its tier; 0: unknown.
struct App {
  std::vector<std::string> operators;  // "": a deployment without one. One dependency for each.
  int tier = 1;
};

std::string InventoryOf(const std::vector<App>& apps) {
  std::string yaml =
      "kind: Vendor\nname: vendors/a\n---\nkind: Vendor\nname: vendors/b\n---\nkind: Vendor\nname: "
      "vendors/c\n";
  for (const char* vendor : {"a", "b", "c"}) {
    yaml += std::string("---\nkind: Deployment\nname: deployments/") + vendor + "\noperator: vendors/" +
            vendor + "\n";
  }
  for (size_t i = 0; i < apps.size(); ++i) {
    const std::string name = "applications/app" + std::to_string(100 + i);
    yaml += "---\nkind: Application\nname: " + name + "\n";
    if (apps[i].tier > 0) yaml += "tier: " + std::to_string(apps[i].tier) + "\n";
    for (size_t k = 0; k < apps[i].operators.size(); ++k) {
      std::string target = "deployments/" + apps[i].operators[k];
      if (apps[i].operators[k].empty()) {
        target = "deployments/open" + std::to_string(i) + "-" + std::to_string(k);
        yaml += "---\nkind: Deployment\nname: " + target + "\n";
      }
      yaml += "---\nkind: Dependency\nname: " + name + "/dependencies/d" + std::to_string(k) +
              "\nalternatives: [{target: " + target + "}]\n";
    }
  }
  return yaml;
}

// The outcome of one rule over the applications of tier 1.
Evaluation Ask(const std::vector<App>& apps, const std::string& rule) {
  const auto text = testing_support::ReadInventory(
      InventoryOf(apps) +
      "---\nkind: Policy\nname: policies/p\nrules: [{id: r, concentration: {over: {where: {tier: {le: 1}}}, "
      "groupBy: OPERATOR, " +
      rule + "}}]\n---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\n");
  auto evaluation = Evaluate(*text.view, PolicySetOf(text).active(), {});
  EXPECT_THAT(evaluation, IsOk());
  return evaluation.ok() ? *std::move(evaluation) : Evaluation();
}

v1::Outcome OutcomeOf(const Evaluation& evaluation) {
  for (int outcome = 1; outcome < RuleOutcome::kOutcomes; ++outcome) {
    if (evaluation.rules[0].counts[outcome] > 0) return static_cast<v1::Outcome>(outcome);
  }
  return v1::OUTCOME_UNSPECIFIED;
}

std::vector<App> Repeat(int count, const App& app) { return std::vector<App>(count, app); }

TEST(Concentration, TakesTheUnknownForAGroupThatMayBeSmall) {
  std::vector<App> apps = Repeat(20, {{"a"}});
  apps.push_back({{""}});
  const std::string rule = "metric: SHARE, violatesWhen: LT, limit: ";
  EXPECT_EQ(OutcomeOf(Ask(apps, rule + "0.1")), v1::OUTCOME_INDETERMINATE);
  EXPECT_EQ(OutcomeOf(Ask(apps, rule + "0.04")), v1::OUTCOME_PASS) << "one item is no smaller than 1 of 21";
  apps.push_back({{"b"}});
  EXPECT_EQ(OutcomeOf(Ask(apps, rule + "0.1")), v1::OUTCOME_VIOLATION) << "b is, if the unknown is a";
}

TEST(Concentration, FindsAShareThatIsTooLargeWhoeverBelongs) {
  std::vector<App> apps = Repeat(19, {{"a"}});
  apps.push_back({{"b"}});
  apps.push_back({{"a"}, 0});
  const Evaluation share = Ask(apps, "metric: SHARE, limit: 0.4");
  EXPECT_EQ(OutcomeOf(share), v1::OUTCOME_VIOLATION);
  ASSERT_EQ(share.findings.size(), 1u);
  EXPECT_EQ(share.findings[0].discriminators().at("group"), "vendors/a");
  EXPECT_DOUBLE_EQ(share.findings[0].explanation().measure().lower(), 0.95);
  EXPECT_DOUBLE_EQ(share.findings[0].explanation().measure().upper(), 20.0 / 21);
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: TOP_K_SHARE, k: 1, limit: 0.4")), v1::OUTCOME_VIOLATION);
}

TEST(Concentration, LeavesOpenWhatAMemberMayDecide) {
  std::vector<App> apps = {{{"a"}}, {{"b"}}, {{"b"}, 0}};
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: SHARE, limit: 0.6")), v1::OUTCOME_INDETERMINATE);
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: SHARE, limit: 0.9")), v1::OUTCOME_INDETERMINATE)
      << "at best, even where every way passes";
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: HHI, limit: 100")), v1::OUTCOME_INDETERMINATE);
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: SHARE, limit: 0.3")), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(OutcomeOf(Ask(apps, "metric: SHARE, limit: 0.3, minPopulation: 3")), v1::OUTCOME_INDETERMINATE)
      << "without the third there would be no figure";
}

// Whatever subset of the unknown members belongs, a violation that was found is one.
// Two applications on A, and one on what is probably A and certainly A or B.
Evaluation AskOnLikely(const std::string& assurance, const std::string& rule) {
  const auto text = testing_support::ReadInventory(
      InventoryOf({{{"a"}}, {{"a"}}, {{"b"}}}) +
      "---\nkind: Deployment\nname: deployments/x\nhostingMode: THIRD_PARTY_HOSTED\n"
      "bounds: [{field: operator, oneOf: [vendors/a, vendors/b]}]\n"
      "likely: [{field: operator, oneOf: [vendors/a], confidence: 0.8, reason: billed there}]\n"
      "---\nkind: Application\nname: applications/x\ntier: 1\n"
      "---\nkind: Dependency\nname: applications/x/dependencies/d\nalternatives: [{target: deployments/x}]\n"
      "---\nkind: Policy\nname: policies/p\nrules: [{id: r, severity: HIGH, concentration: {groupBy: "
      "OPERATOR, " +
      rule + "}}]\n---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\n" + assurance);
  auto evaluation = Evaluate(*text.view, PolicySetOf(text).active(), {});
  EXPECT_THAT(evaluation, IsOk());
  return evaluation.ok() ? *std::move(evaluation) : Evaluation();
}

TEST(Concentration, LikelyFactsDecideAsFarAsTheAssignmentLetsThem) {
  const std::string too_much = "metric: SHARE, limit: 0.6",
                    enough = "metric: SHARE, violatesWhen: LT, limit: 0.3";
  // A has 2 or 3 of 4, probably 3.
  const Evaluation cautious = AskOnLikely("", too_much);
  EXPECT_EQ(OutcomeOf(cautious), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(cautious.rules[0].likely[v1::OUTCOME_VIOLATION], 1);
  ASSERT_EQ(cautious.findings.size(), 1u);
  const v1::Finding& finding = cautious.findings[0];
  EXPECT_EQ(finding.certainty(), v1::CERTAINTY_LIKELY);
  EXPECT_EQ(finding.severity(), v1::SEVERITY_MEDIUM) << "one step less grave than its rule";
  EXPECT_EQ(finding.discriminators().at("group"), "vendors/a");
  EXPECT_DOUBLE_EQ(finding.explanation().measure().value(), 0.75);
  ASSERT_EQ(finding.explanation().facts_size(), 1);
  EXPECT_EQ(finding.explanation().facts(0).resource(), "deployments/x");
  EXPECT_EQ(OutcomeOf(AskOnLikely("assurance: PROVEN\n", too_much)), v1::OUTCOME_INDETERMINATE);

  // B has 1 or 2 of 4, probably 1: below 0.3. Of a rule that all groups have enough, LIKELY passes nothing
  // here.
  EXPECT_EQ(OutcomeOf(AskOnLikely("", enough)), v1::OUTCOME_VIOLATION);
  const std::string few = "metric: SHARE, limit: 0.8";  // A has at most 3 of 4.
  EXPECT_EQ(OutcomeOf(AskOnLikely("", few)), v1::OUTCOME_PASS);
  EXPECT_EQ(AskOnLikely("", few).rules[0].likely[v1::OUTCOME_PASS], 0) << "proven";
  const std::string distinct = "metric: HHI, violatesWhen: LE, limit: 6200";  // 5000 or 6250, probably 6250.
  EXPECT_EQ(OutcomeOf(AskOnLikely("", distinct)), v1::OUTCOME_INDETERMINATE) << "CAUTIOUS passes nothing so";
  const Evaluation likely = AskOnLikely("assurance: LIKELY\n", distinct);
  EXPECT_EQ(OutcomeOf(likely), v1::OUTCOME_PASS);
  EXPECT_EQ(likely.rules[0].likely[v1::OUTCOME_PASS], 1);
}

TEST(Concentration, TheShareOutsideHomeHasThreeFigures) {
  const auto ask = [](const std::string& limit) {
    const auto text = testing_support::ReadInventory(
        "kind: Vendor\nname: vendors/us\ncountry: US\n---\nkind: Vendor\nname: vendors/de\ncountry: DE\n"
        "---\nkind: Model\nname: models/us\ndeveloper: vendors/us\n---\nkind: Model\nname: models/de\n"
        "developer: vendors/de\n---\nkind: Model\nname: models/open\n"
        "bounds: [{field: origin_country, oneOf: [DE, FR]}]\n---\nkind: Model\nname: models/likely\n"
        "likely: [{field: origin_country, oneOf: [US], confidence: 0.7, reason: its maker}]\n" +
        [] {
          std::string yaml;
          for (const char* model : {"us", "de", "open", "likely"}) {
            const std::string id = model;
            yaml += "---\nkind: Deployment\nname: deployments/" + id + "\nmodel: models/" + id +
                    "\n---\nkind: Application\nname: applications/" + id +
                    "\n---\nkind: Dependency\nname: applications/" + id +
                    "/dependencies/d\nalternatives: [{target: deployments/" + id + "}]\n";
          }
          return yaml;
        }() +
        "---\nkind: Policy\nname: policies/p\nrules: [{id: r, concentration: {groupBy: ORIGIN_COUNTRY, "
        "metric: "
        "SHARE, home: [DE, FR], limit: " +
        limit + "}}]\n---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\n");
    auto evaluation = Evaluate(*text.view, PolicySetOf(text).active(), {});
    EXPECT_THAT(evaluation, IsOk());
    return *std::move(evaluation);
  };
  // 1 of 4 is proven, 2 of 4 are likely and not excluded: what is German or French lies at home.
  EXPECT_EQ(OutcomeOf(ask("0.5")), v1::OUTCOME_PASS);
  const Evaluation likely = ask("0.4");
  EXPECT_EQ(OutcomeOf(likely), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(likely.findings[0].certainty(), v1::CERTAINTY_LIKELY);
  const Evaluation proven = ask("0.2");
  EXPECT_EQ(proven.findings[0].certainty(), v1::CERTAINTY_PROVEN);
  const v1::Explanation::Measure& measure = proven.findings[0].explanation().measure();
  EXPECT_DOUBLE_EQ(measure.lower(), 0.25);
  EXPECT_DOUBLE_EQ(measure.value(), 0.5);
  EXPECT_DOUBLE_EQ(measure.upper(), 0.5);
}

TEST(Concentration, HoldsForEveryPopulation) {
  std::mt19937 random(5);
  const char* const rules[] = {"metric: SHARE, limit: 0.5", "metric: SHARE, violatesWhen: LT, limit: 0.4",
                               "metric: TOP_K_SHARE, k: 2, violatesWhen: GE, limit: 0.7"};
  int found = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<App> apps;
    std::vector<size_t> open;
    for (int i = 0; i < 7; ++i) {
      App app{{}, random() % 3 == 0 && open.size() < 3 ? 0 : 1};
      for (uint32_t k = 0; k <= random() % 3; ++k) {
        const char* const operators[] = {"a", "a", "a", "b", "c", ""};
        app.operators.emplace_back(operators[random() % 6]);
      }
      if (app.tier == 0) open.push_back(apps.size());
      apps.push_back(std::move(app));
    }
    if (open.empty()) continue;
    for (const char* rule : rules) {
      const Evaluation before = Ask(apps, rule);
      if (OutcomeOf(before) != v1::OUTCOME_VIOLATION) continue;
      ++found;
      for (uint32_t subset = 0; subset < 1u << open.size(); ++subset) {
        std::vector<App> complete = apps;
        for (size_t i = 0; i < open.size(); ++i) complete[open[i]].tier = subset >> i & 1 ? 1 : 2;
        EXPECT_EQ(OutcomeOf(Ask(complete, rule)), v1::OUTCOME_VIOLATION) << rule << " in round " << round;
      }
    }
  }
  EXPECT_GT(found, 20) << "the inventories are too tame to show anything";
}

}  // namespace
}  // namespace linchpin::policy
