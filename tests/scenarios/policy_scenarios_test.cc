// Every tests/scenarios/policy/NAME.yaml is an inventory with policies; NAME.expected beside it is what they
// find. The first line of the inventory says what counts as now: `# now: 2026-03-01T00:00:00Z`.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/rules/evaluation.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"

namespace linchpin::policy {
namespace {

namespace fs = std::filesystem;

fs::path Folder() { return fs::path(LINCHPIN_SOURCE_DIR) / "tests/scenarios/policy"; }

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> Scenarios() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(Folder())) {
    if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::Time NowOf(const std::string& text) {
  absl::Time now;
  const std::string prefix = "# now: ";
  const bool given =
      text.rfind(prefix, 0) == 0 &&
      absl::ParseTime(absl::RFC3339_full, text.substr(prefix.size(), text.find('\n') - prefix.size()), &now,
                      nullptr);
  EXPECT_TRUE(given) << "the first line must be `# now: TIME`";
  return now;
}

std::string LikelyOf(const v1::Explanation::FactUsed& fact) {
  std::string text = fact.likely() ? " (likely: " + fact.reason() + ")" : "";
  return fact.rule().empty() ? text : text + " by " + fact.rule();
}

void Describe(const v1::Finding& finding, std::string& text) {
  std::vector<std::string> discriminators;
  for (const auto& [key, value] : finding.discriminators()) discriminators.push_back(" " + key + "=" + value);
  std::sort(discriminators.begin(), discriminators.end());  // A map of a message has no order.
  const bool likely = finding.certainty() == v1::CERTAINTY_LIKELY;
  absl::StrAppend(&text, v1::Finding::Type_Name(finding.type()).substr(5), likely ? " likely " : " ",
                  v1::Severity_Name(finding.severity()).substr(9), " ",
                  finding.rule().empty() ? "-" : finding.rule(), " ", finding.subject(),
                  absl::StrJoin(discriminators, ""), "\n  ", finding.message(), "\n");
  for (const auto& name : finding.data_gap().resources()) absl::StrAppend(&text, "  lacks ", name, "\n");
  for (const auto& fact : finding.explanation().facts()) {
    absl::StrAppend(&text, "  fact ", fact.resource(), " ", fact.path(), " = ",
                    fact.unknown() ? "?" : fact.value(), fact.derived() ? " (derived)" : "", LikelyOf(fact),
                    "\n");
  }
  for (const auto& path : finding.explanation().paths()) {
    absl::StrAppend(&text, "  path ", absl::StrJoin(path.names(), " -> "), "\n");
  }
  for (const auto& near_miss : finding.explanation().near_misses()) {
    absl::StrAppend(&text, "  near miss ", near_miss.candidate().empty() ? "-" : near_miss.candidate(),
                    " for ", near_miss.dependency(), ": ", near_miss.reason(), "\n");
  }
  if (!finding.explanation().has_measure()) return;
  const auto& measure = finding.explanation().measure();
  std::vector<std::string> groups;
  for (const auto& group : measure.groups()) groups.push_back(absl::StrCat(group.key(), " ", group.weight()));
  absl::StrAppend(&text, "  measure ", measure.metric(), " ", measure.numerator(), "/", measure.denominator(),
                  " ", measure.comparator(), " ", measure.limit(), " in [", measure.lower(), ", ",
                  measure.upper(), "] of W ", measure.total_weight(), ", ", measure.population(),
                  " consumers: ", absl::StrJoin(groups, ", "), "\n");
}

std::string Describe(const Evaluation& evaluation) {
  std::string text;
  for (const RuleOutcome& rule : evaluation.rules) {
    absl::StrAppend(&text, rule.assignment, " ", rule.rule, ":");
    for (int outcome = 1; outcome < RuleOutcome::kOutcomes; ++outcome) {
      if (rule.counts[outcome] == 0) continue;
      absl::StrAppend(&text, " ", v1::Outcome_Name(static_cast<v1::Outcome>(outcome)).substr(8), " ",
                      rule.counts[outcome]);
      if (rule.likely[outcome] > 0) absl::StrAppend(&text, " (", rule.likely[outcome], " likely)");
    }
    text += "\n";
  }
  for (const v1::Finding& finding : evaluation.findings) Describe(finding, text);
  return text;
}

class PolicyScenario : public ::testing::TestWithParam<std::string> {};

TEST_P(PolicyScenario, FindsWhatIsExpected) {
  const std::string yaml = Read(Folder() / (GetParam() + ".yaml"));
  const auto text = testing_support::ReadInventory(yaml);
  for (const auto& policy : text.All<v1::Policy>()) EXPECT_THAT(CheckPolicy(policy), IsOk());
  const PolicySet policies(1, text.All<v1::Policy>(), text.All<v1::Assignment>(),
                           text.All<v1::JurisdictionSet>());
  EvaluationOptions options;
  options.now = NowOf(yaml);
  const auto evaluation = Evaluate(*text.view, policies.active(), options);
  ASSERT_THAT(evaluation, IsOk());
  const fs::path expected = Folder() / (GetParam() + ".expected");
  // To be read by eye before it is committed.
  if (std::getenv("LINCHPIN_REWRITE") != nullptr) std::ofstream(expected) << Describe(*evaluation);
  EXPECT_EQ(Describe(*evaluation), Read(expected));
}

INSTANTIATE_TEST_SUITE_P(All, PolicyScenario, ::testing::ValuesIn(Scenarios()), [](const auto& info) {
  std::string name;
  for (const char c : info.param) name += std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

}  // namespace
}  // namespace linchpin::policy
