#include "services/policy/domain/inquiry/questions.h"

#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

class QuestionsTest : public ::testing::Test {
 protected:
  // Whether rules of these two bodies are of one scope, of one question, or ask different questions.
  std::string Compare(const std::string& a, const std::string& b) {
    const auto bound =
        BindPolicy(PolicyText("rules: [{id: a, " + a + "}, {id: b, " + b + "}]"), AssignmentText(""), {});
    EXPECT_THAT(bound, IsOk());
    const Questions questions({&bound->rules[0], &bound->rules[1]});
    if (questions.ScopeOf(0) == questions.ScopeOf(1)) return "scope";
    return questions.question_count() == 1 ? "question" : "nothing";
  }
};

TEST_F(QuestionsTest, AreSharedByRulesThatAskTheSame) {
  const std::string tier = "select: {where: {tier: {le: 1}}}, ";
  EXPECT_EQ(Compare("lineage: {allowed: [FR, US]}", "severity: HIGH, lineage: {allowed: [US, FR]}"), "scope");
  EXPECT_EQ(Compare(tier + "fallback: {}", "fallback: {}, " + tier.substr(0, tier.size() - 2)), "scope");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", tier + "lineage: {allowed: [FR]}"), "question");
  EXPECT_EQ(Compare("attribute: {must: {owner: {exists: true}}}",
                    tier + "attribute: {must: {owner: {exists: true}}}"),
            "question");
  EXPECT_EQ(Compare("accessPath: {none: {country: CN}}", "message: other, accessPath: {none: {country: CN}}"),
            "scope");
}

TEST_F(QuestionsTest, AreApartWhereAnythingThatIsAskedDiffers) {
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "lineage: {denied: [FR]}"), "nothing");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "lineage: {allowed: [FR], primaryOnly: true}"), "nothing");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "lineage: {allowed: [FR], maxDepth: 3}"), "nothing");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "onUnknown: VIOLATION, lineage: {allowed: [FR]}"), "nothing");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "select: {kind: MODEL}, lineage: {allowed: [FR]}"),
            "nothing");
  EXPECT_EQ(Compare("fallback: {}", "fallback: {minCount: 2}"), "nothing");
  EXPECT_EQ(Compare("fallback: {testedWithin: 90d}", "fallback: {testedWithin: 91d}"), "nothing");
  EXPECT_EQ(Compare("attribute: {must: {tier: {le: 1}}}", "attribute: {must: {tier: {le: 2}}}"), "nothing");
  EXPECT_EQ(Compare("attribute: {must: {tier: {le: 1}}}", "attribute: {mustNot: {tier: {le: 1}}}"),
            "nothing");
  EXPECT_EQ(Compare("accessPath: {none: {country: CN}}", "accessPath: {none: {country: CN}, possible: true}"),
            "nothing");
  EXPECT_EQ(Compare("lineage: {allowed: [FR]}", "fallback: {}"), "nothing");
}

TEST_F(QuestionsTest, LeaveOutRulesOverAPopulation) {
  const auto bound =
      BindPolicy(PolicyText("rules: [{id: a, concentration: {groupBy: OPERATOR, metric: HHI, limit: 1}}, "
                            "{id: b, fallback: {}}, {id: c, fallback: {}}]"),
                 AssignmentText(""), {});
  ASSERT_THAT(bound, IsOk());
  const std::vector<const BoundRule*> rules = {&bound->rules[0], &bound->rules[1], &bound->rules[2]};
  const Questions questions(rules);
  ASSERT_THAT(questions.scopes(), SizeIs(1));
  EXPECT_THAT(questions.scopes()[0].rules, ElementsAre(1, 2));
  const Questions apart(rules, /*apart=*/true);
  EXPECT_THAT(apart.scopes(), SizeIs(2));
  EXPECT_EQ(apart.question_count(), 2u);
}

TEST_F(QuestionsTest, OfPopulationsAreTheSameWhereNothingThatIsAskedDiffers) {
  const std::string share = "groupBy: OPERATOR, metric: SHARE, limit: 0.4";
  const std::string rules[] = {"concentration: {" + share + "}",
                               "severity: HIGH, message: other, concentration: {" + share + "}",
                               "concentration: {" + share + ", violatesWhen: GE}",
                               "concentration: {over: {where: {tier: {le: 1}}}, " + share + "}",
                               "onUnknown: VIOLATION, concentration: {" + share + "}",
                               "survivability: {shock: {each: VENDOR}, atLeast: 0.7}",
                               "survivability: {shock: {each: HOST}, atLeast: 0.7}",
                               "trend: {groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.4, window: 1d}",
                               "trend: {groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.4, window: 2d}"};
  std::string yaml;
  for (size_t i = 0; i < std::size(rules); ++i)
    yaml += (i == 0 ? "{id: r" : ", {id: r") + std::to_string(i) + ", " + rules[i] + "}";
  const auto bound = BindPolicy(PolicyText("rules: [" + yaml + "]"), AssignmentText(""), {});
  ASSERT_THAT(bound, IsOk());
  for (size_t i = 0; i < std::size(rules); ++i) {
    for (size_t k = 0; k < std::size(rules); ++k)
      EXPECT_EQ(AskTheSame(bound->rules[i], bound->rules[k]), i == k || i + k == 1) << i << " and " << k;
  }
}

}  // namespace
}  // namespace linchpin::policy
