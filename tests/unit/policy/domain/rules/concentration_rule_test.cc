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
