// Rules of kind trend: what is growth and what is knowledge, what a finding says of it, and that bounds hold
// whatever the unknown facts are.
#include "services/policy/domain/trends/trend_rule.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/rules/evaluation.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const absl::Time kNow = absl::FromCivil(absl::CivilHour(2026, 3, 31, 12), absl::UTCTimeZone());
constexpr char kShare[] = "groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.1, window: 30d, minPopulation: 1";

// An inventory in few words: who operates which deployment, and who uses which.
class Inventory {
 public:
  Inventory& Vendor(const std::string& id, const std::string& parent = "") {
    return Put("kind: Vendor\nname: vendors/" + id +
               (parent.empty() ? "\nknownNone: [parent]" : "\nparent: vendors/" + parent) + "\n");
  }
  // `facts` stands for the operator where it is not known.
  Inventory& Deployment(const std::string& id, const std::string& vendor, const std::string& facts = "") {
    return Put("kind: Deployment\nname: deployments/" + id + "\n" +
               (vendor.empty() ? "" : "operator: vendors/" + vendor + "\n") + facts);
  }
  Inventory& Uses(const std::string& application, const std::string& deployment) {
    Put("kind: Application\nname: applications/" + application + "\n");
    return Put("kind: Dependency\nname: applications/" + application +
               "/dependencies/d\nalternatives: [{target: deployments/" + deployment + "}]\n");
  }
  std::shared_ptr<const replica::View> View() const {
    std::string text;
    for (const std::string& document : documents_) text += "---\n" + document;
    return testing_support::ReadInventory(text).view;
  }

 private:
  Inventory& Put(const std::string& document) {
    documents_.push_back(document);
    return *this;
  }
  std::vector<std::string> documents_;
};

PastMoment At(const Inventory& world) {
  return {.missing = PastMoment::Missing::kNone, .view = world.View()};
}

struct Setting {
  std::string more = {};  // Of the rule.
  std::string assurance = "CAUTIOUS";
};

Evaluation Evaluated(const PastMoment& past, const Inventory& now, const std::string& trend,
                     const Setting& setting = {}) {
  const auto text = testing_support::ReadInventory(
      "---\nkind: Policy\nname: policies/p\nrules: [{id: grows, " + setting.more + " trend: {" + trend +
      "}}]\n---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\nassurance: " + setting.assurance +
      "\n");
  const PolicySet policies = PolicySetOf(text);
  EvaluationOptions options;
  options.now = kNow;
  PastInventory::Moments moments;
  for (const absl::Time instant : MomentsOf(policies.active(), kNow)) moments.emplace(instant, past);
  options.past = std::make_shared<const PastInventory>("history", std::move(moments));
  auto evaluation = Evaluate(*now.View(), policies.active(), options);
  EXPECT_THAT(evaluation, IsOk());
  return evaluation.ok() ? *std::move(evaluation) : Evaluation();
}

v1::Outcome OutcomeOf(const Evaluation& evaluation) {
  for (int outcome = 1; outcome < RuleOutcome::kOutcomes; ++outcome) {
    if (evaluation.rules.at(0).counts[outcome] > 0) return static_cast<v1::Outcome>(outcome);
  }
  return v1::OUTCOME_UNSPECIFIED;
}

Inventory TwoVendors() {
  return Inventory().Vendor("acme").Vendor("beta").Deployment("a", "acme").Deployment("b", "beta");
}

// Half and half, then three of five.
TEST(Trend, FindsWhoHasGrownByWhom) {
  const Inventory past = TwoVendors().Uses("one", "a").Uses("two", "b").Uses("three", "b").Uses("four", "a");
  const Inventory now = TwoVendors()
                            .Uses("one", "a")
                            .Uses("two", "b")
                            .Uses("three", "b")
                            .Uses("four", "a")
                            .Uses("five", "a")
                            .Uses("six", "a");
  const Evaluation evaluation = Evaluated(At(past), now, kShare);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  const v1::Finding& finding = evaluation.findings[0];
  EXPECT_EQ(finding.message(),
            "vendors/acme has grown from 50% to 66.7% of the weight by operator since 2026-03-01T12:00Z "
            "(limit: 10% in 30d): "
            "applications/five +8.3% (new), applications/six +8.3% (new)");
  EXPECT_EQ(finding.discriminators().at("group"), "vendors/acme");
  const v1::Explanation& explanation = finding.explanation();
  EXPECT_EQ(explanation.measure().metric(), "SHARE_GROWTH");
  EXPECT_NEAR(explanation.measure().value(), 1.0 / 6, 1e-12);
  const v1::Growth& growth = explanation.growth();
  EXPECT_EQ(growth.past_value(), 0.5);
  EXPECT_EQ(growth.past_population(), 4);
  EXPECT_EQ(growth.contributor_count(), 2);
  EXPECT_EQ(growth.contributors(0).change(), v1::Growth::CHANGE_CAME);
  EXPECT_NEAR(growth.contributors(0).points() + growth.contributors(1).points(),
              explanation.measure().value(), 1e-9);
}

TEST(Trend, CountsTheLimitItselfAsHeld) {
  // From 2 of 5 to 3 of 6: ten points exactly.
  const Inventory past =
      TwoVendors().Uses("one", "a").Uses("two", "a").Uses("three", "b").Uses("four", "b").Uses("five", "b");
  const Inventory now = Inventory(past).Uses("six", "a");
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), now, kShare)), v1::OUTCOME_PASS);
  const std::string less = "groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.0999, window: 30d";
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), now, less)), v1::OUTCOME_VIOLATION);
}

TEST(Trend, NamesWhoHasGoneAndWhoHasChanged) {
  const Inventory past = TwoVendors().Uses("one", "a").Uses("two", "b").Uses("three", "b").Uses("four", "b");
  const Inventory now = TwoVendors().Uses("one", "a").Uses("two", "a").Uses("three", "b");
  const Evaluation evaluation = Evaluated(At(past), now, kShare);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  const v1::Growth& growth = evaluation.findings[0].explanation().growth();
  ASSERT_EQ(growth.contributors_size(), 2);
  EXPECT_EQ(growth.contributors(0).consumer(), "applications/two");
  EXPECT_EQ(growth.contributors(0).change(), v1::Growth::CHANGE_SHIFTED);
  EXPECT_EQ(growth.contributors(0).part(), 1);
  EXPECT_EQ(growth.contributors(1).consumer(), "applications/four");
  EXPECT_EQ(growth.contributors(1).change(), v1::Growth::CHANGE_WENT);
  // From a quarter to two thirds.
  EXPECT_NEAR(growth.contributors(0).points() + growth.contributors(1).points(), 2.0 / 3 - 0.25, 1e-9);
}

TEST(Trend, KnowledgeThatGotBetterIsNoGrowth) {
  const Inventory past = Inventory()
                             .Vendor("acme")
                             .Vendor("beta")
                             .Deployment("a", "")
                             .Deployment("b", "beta")
                             .Uses("one", "a")
                             .Uses("two", "b");
  const Inventory now = TwoVendors().Uses("one", "a").Uses("two", "b");
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), now, kShare)), v1::OUTCOME_PASS);
  const Evaluation grown = Evaluated(At(past), Inventory(now).Uses("three", "a"), kShare);
  ASSERT_EQ(OutcomeOf(grown), v1::OUTCOME_VIOLATION);
  EXPECT_THAT(grown.findings[0].explanation().growth().learnt(), ElementsAre("deployments/a operator"));
}

TEST(Trend, NeitherIsWhatIsLeftUnknownAtBothEnds) {
  const Inventory world = Inventory()
                              .Vendor("acme")
                              .Deployment("a", "acme")
                              .Deployment("b", "")
                              .Uses("one", "a")
                              .Uses("two", "b");
  for (const char* metric : {"SHARE", "TOP_K_SHARE", "HHI"}) {
    const std::string trend = "groupBy: OPERATOR, maxGrowth: 0, window: 1d, metric: ";
    EXPECT_EQ(OutcomeOf(Evaluated(At(world), world, trend + metric)), v1::OUTCOME_PASS) << metric;
  }
}

TEST(Trend, WaitsForTheFactThatDecides) {
  const Inventory past = TwoVendors().Deployment("c", "").Uses("one", "a").Uses("two", "b");
  const Evaluation evaluation = Evaluated(At(past), Inventory(past).Uses("three", "c"), kShare);
  EXPECT_EQ(OutcomeOf(evaluation), v1::OUTCOME_INDETERMINATE);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_THAT(evaluation.findings[0].message(), HasSubstr("`operator` of deployments/c is unknown"));
}

TEST(Trend, DecidesByLikelyFactsWhereTheyMay) {
  const Inventory past = TwoVendors().Deployment("c", "").Uses("one", "a").Uses("two", "b");
  const Inventory now =
      TwoVendors()
          .Deployment("c", "", "likely: [{field: operator, oneOf: [vendors/acme], reason: its address}]\n")
          .Uses("one", "a")
          .Uses("two", "b")
          .Uses("three", "c");
  const Evaluation evaluation = Evaluated(At(past), now, kShare);
  ASSERT_EQ(OutcomeOf(evaluation), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(evaluation.findings[0].certainty(), v1::CERTAINTY_LIKELY);
  EXPECT_THAT(evaluation.findings[0].explanation().facts(), SizeIs(1));
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), now, kShare, {"", "PROVEN"})), v1::OUTCOME_INDETERMINATE);
}

TEST(Trend, AnOwnerThatHasChangedIsGrowthAndIsNamed) {
  const Inventory past = TwoVendors().Uses("one", "a").Uses("two", "b");
  const Inventory now = Inventory()
                            .Vendor("acme")
                            .Vendor("beta", "acme")
                            .Deployment("a", "acme")
                            .Deployment("b", "beta")
                            .Uses("one", "a")
                            .Uses("two", "b");
  const std::string groups = "groupBy: OPERATOR_GROUP, metric: SHARE, maxGrowth: 0.1, window: 30d";
  const Evaluation evaluation = Evaluated(At(past), now, groups);
  ASSERT_EQ(OutcomeOf(evaluation), v1::OUTCOME_VIOLATION);
  const v1::Growth& growth = evaluation.findings[0].explanation().growth();
  ASSERT_EQ(growth.moves_size(), 1);
  EXPECT_EQ(growth.moves(0).deployment(), "deployments/b");
  EXPECT_EQ(growth.moves(0).from(), "vendors/beta");
  EXPECT_EQ(growth.moves(0).to(), "vendors/acme");
}

TEST(Trend, OwnPremisesThatBecameAServiceAreGrowth) {
  const Inventory past = Inventory()
                             .Vendor("acme")
                             .Deployment("a", "acme")
                             .Deployment("b", "", "hostingMode: SELF_HOSTED\n")
                             .Uses("one", "a")
                             .Uses("two", "b");
  const Inventory now = Inventory()
                            .Vendor("acme")
                            .Deployment("a", "acme")
                            .Deployment("b", "acme")
                            .Uses("one", "a")
                            .Uses("two", "b");
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), now, kShare)), v1::OUTCOME_VIOLATION);
}

TEST(Trend, CountsOnlyWhoWasThereIfAskedTo) {
  const Inventory past = TwoVendors().Uses("one", "a").Uses("two", "b");
  const Inventory came = Inventory(past).Uses("three", "a").Uses("four", "a");
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), came, kShare)), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), came, std::string(kShare) + ", existingOnly: true")),
            v1::OUTCOME_PASS);
  const Inventory shifted = TwoVendors().Uses("one", "a").Uses("two", "a").Uses("three", "b");
  EXPECT_EQ(OutcomeOf(Evaluated(At(past), shifted, std::string(kShare) + ", existingOnly: true")),
            v1::OUTCOME_VIOLATION);
}

TEST(Trend, HoldsTheIndexToPoints) {
  // From 5000 to (16 + 4) / 36 of 10000: 555.6.
  const Inventory past = TwoVendors().Uses("one", "a").Uses("two", "b");
  const Inventory now = TwoVendors()
                            .Uses("one", "a")
                            .Uses("two", "b")
                            .Uses("three", "a")
                            .Uses("four", "a")
                            .Uses("five", "a")
                            .Uses("six", "b");
  const auto outcome = [&](const std::string& most) {
    return OutcomeOf(
        Evaluated(At(past), now, "groupBy: OPERATOR, metric: HHI, window: 30d, maxGrowth: " + most));
  };
  EXPECT_EQ(outcome("555"), v1::OUTCOME_VIOLATION);
  EXPECT_EQ(outcome("556"), v1::OUTCOME_PASS);
}

// --- The past that is not there.

TEST(Trend, SaysFromWhenAYoungInventoryCanBeJudged) {
  PastMoment young{.missing = PastMoment::Missing::kBeforeHistory};
  young.begins = kNow - absl::Hours(24 * 10) - absl::Minutes(30);
  const Evaluation evaluation = Evaluated(young, TwoVendors().Uses("one", "a").Uses("two", "b"), kShare);
  EXPECT_EQ(OutcomeOf(evaluation), v1::OUTCOME_INDETERMINATE);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  const v1::Finding& finding = evaluation.findings[0];
  EXPECT_EQ(finding.type(), v1::Finding::TYPE_DATA_GAP);
  EXPECT_EQ(finding.discriminators().at("past"), "30d");
  EXPECT_EQ(finding.message(),
            "the history is too short: the inventory begins at 2026-03-21T11:30Z, and growth within 30d can "
            "be judged from "
            "2026-04-20T12:00Z: rule grows is indeterminate for the whole population");
  EXPECT_EQ(finding.remediation(), "wait until 2026-04-20T12:00Z, or shorten `window`");
  // Once it can be judged it is: the clock says so without a change.
  EXPECT_EQ(BeginOfWindow(absl::Hours(24 * 30),
                          absl::FromCivil(absl::CivilHour(2026, 4, 20, 12), absl::UTCTimeZone())),
            absl::FromCivil(absl::CivilHour(2026, 3, 21, 12), absl::UTCTimeZone()));
}

TEST(Trend, WaitsForAnInventoryThatHasNotBegun) {
  const PastMoment none{.missing = PastMoment::Missing::kBeforeHistory};
  const Evaluation evaluation = Evaluated(none, TwoVendors(), kShare);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_THAT(evaluation.findings[0].message(), HasSubstr("nothing has been written yet"));
}

TEST(Trend, SaysWhatToSetWhereThePastIsNotKept) {
  const PastMoment gone{.missing = PastMoment::Missing::kCompacted};
  const Evaluation evaluation = Evaluated(gone, TwoVendors().Uses("one", "a").Uses("two", "b"), kShare);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_THAT(evaluation.findings[0].remediation(), HasSubstr("set history-seconds to 2595600 at least"));
}

TEST(Trend, IsAnErrorWhereThePastCannotBeRead) {
  PastMoment failed{.missing = PastMoment::Missing::kFailed};
  failed.error = "the database is away";
  const Evaluation evaluation = Evaluated(failed, TwoVendors().Uses("one", "a").Uses("two", "b"), kShare);
  EXPECT_EQ(OutcomeOf(evaluation), v1::OUTCOME_ERROR);
  EXPECT_EQ(evaluation.due, kNow + absl::Minutes(1));
}

TEST(Trend, IsNoPassWhereTooFewWereCounted) {
  const Inventory past = TwoVendors().Uses("one", "a");
  const std::string two = "groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.1, window: 30d";
  const Evaluation evaluation = Evaluated(At(past), Inventory(past).Uses("two", "a"), two);
  EXPECT_EQ(OutcomeOf(evaluation), v1::OUTCOME_INDETERMINATE);
  ASSERT_THAT(evaluation.findings, SizeIs(1));
  EXPECT_THAT(evaluation.findings[0].message(), HasSubstr("30d ago 1 consumer was counted"));
}

TEST(Trend, IsDueWhenTheWindowBeginsAnHourLater) {
  const Inventory world = TwoVendors().Uses("one", "a").Uses("two", "b");
  EXPECT_EQ(Evaluated(At(world), world, kShare).due, kNow + absl::Hours(1));
}

// --- Bounds.

// Everything that may be: operators of `open` are one of two each, now and then the same.
class TwoOperators {
 public:
  // Bits of `seed` say who uses what at the two ends.
  explicit TwoOperators(uint32_t seed) : seed_(seed) {}

  // `known` bit by bit says which operator an open deployment has; negative: nobody knows.
  Inventory At(int end, int known) const {
    Inventory world = Inventory()
                          .Vendor("acme")
                          .Vendor("beta")
                          .Vendor("gamma")
                          .Deployment("a", "acme")
                          .Deployment("b", "beta");
    for (int i = 0; i < 2; ++i) {
      const std::string vendor = known < 0 ? "" : (known >> i & 1) != 0 ? "gamma" : i == 0 ? "acme" : "beta";
      const std::string may = i == 0 ? "[vendors/acme, vendors/gamma]" : "[vendors/beta, vendors/gamma]";
      world.Deployment("x" + std::to_string(i), vendor,
                       known < 0 ? "bounds: [{field: operator, oneOf: " + may + "}]\n" : "");
    }
    static const char* const kUsed[] = {"a", "b", "x0", "x1"};
    for (int i = 0; i < 5; ++i) {
      const uint32_t choice = (seed_ >> (end * 15 + i * 3)) & 7;
      // Some are there at one end alone.
      if (choice < 7) world.Uses("app" + std::to_string(i), kUsed[choice % 4]);
    }
    return world;
  }

 private:
  const uint32_t seed_;
};

TEST(Trend, BoundsHoldWhateverTheUnknownFactsAre) {
  const std::string kinds[] = {"metric: SHARE, maxGrowth: 0.15", "metric: TOP_K_SHARE, maxGrowth: 0.15",
                               "metric: TOP_K_SHARE, k: 2, maxGrowth: 0.1", "metric: HHI, maxGrowth: 900"};
  std::map<v1::Outcome, int> met;
  for (uint32_t round = 1; round <= 30; ++round) {
    const TwoOperators worlds(round * 2'654'435'761U);
    for (const std::string& kind : kinds) {
      SCOPED_TRACE(std::to_string(round) + " " + kind);
      const std::string trend = "groupBy: OPERATOR, window: 30d, minPopulation: 1, " + kind;
      const v1::Outcome bounded = OutcomeOf(Evaluated(At(worlds.At(0, -1)), worlds.At(1, -1), trend));
      int violated = 0;
      for (int known = 0; known < 4; ++known) {
        violated += OutcomeOf(Evaluated(At(worlds.At(0, known)), worlds.At(1, known), trend)) ==
                    v1::OUTCOME_VIOLATION;
      }
      ++met[bounded];
      if (bounded == v1::OUTCOME_VIOLATION) {
        EXPECT_EQ(violated, 4);
      } else if (bounded == v1::OUTCOME_PASS) {
        EXPECT_EQ(violated, 0);
      }
    }
  }
  EXPECT_GT(met[v1::OUTCOME_VIOLATION], 10);
  EXPECT_GT(met[v1::OUTCOME_PASS], 10);
  EXPECT_GT(met[v1::OUTCOME_INDETERMINATE], 0);
}

// Where a fact has become known since, the answer is that of a world in which it always was.
TEST(Trend, AnswersAsIfWhatIsKnownHadAlwaysBeen) {
  for (uint32_t round = 1; round <= 10; ++round) {
    const TwoOperators worlds(round * 2'246'822'519U);
    for (int known = 0; known < 4; ++known) {
      const Inventory now = worlds.At(1, known);
      const Evaluation learnt = Evaluated(At(worlds.At(0, -1)), now, kShare);
      const Evaluation always = Evaluated(At(worlds.At(0, known)), now, kShare);
      EXPECT_EQ(OutcomeOf(learnt), OutcomeOf(always));
      EXPECT_EQ(learnt.findings.size(), always.findings.size());
    }
  }
}

// --- Binding.

std::vector<std::string> Faults(const std::string& trend) {
  return Violations(CheckPolicy(PolicyText("rules: [{id: r, trend: {" + trend + "}}]")));
}

TEST(Trend, RefusesWhatItCannotMean) {
  const std::string fine = "groupBy: OPERATOR, metric: SHARE, maxGrowth: 0.1, ";
  EXPECT_THAT(Faults(fine + "window: 1d"), IsEmpty());
  EXPECT_THAT(Faults(fine + "window: 3650d"), IsEmpty());
  EXPECT_THAT(Faults(fine + "window: 23h"),
              ElementsAre("rules[0].trend.window: is 23h; a window is 1d to 3650d long"));
  EXPECT_THAT(Faults(fine + "window: 3651d"),
              ElementsAre("rules[0].trend.window: is 3651d; a window is 1d to 3650d long"));
  EXPECT_THAT(
      Faults("groupBy: OPERATOR, metric: SHARE, maxGrowth: 10, window: 30d"),
      ElementsAre("rules[0].trend.max_growth: a share grows by 0 to 1: write 0.1 for ten percentage points"));
  EXPECT_THAT(Faults("groupBy: OPERATOR, metric: HHI, maxGrowth: 10001, window: 30d"),
              ElementsAre("rules[0].trend.max_growth: HHI grows by 0 to 10000 points"));
  EXPECT_THAT(Faults("groupBy: OPERATOR, metric: COUNT_DISTINCT, maxGrowth: 1, window: 30d"),
              ElementsAre(AllOf(HasSubstr("rules[0].trend.metric"), HasSubstr("SHARE, TOP_K_SHARE or HHI"))));
  EXPECT_THAT(Faults(fine + "window: 30d, home: [FR]"),
              ElementsAre(HasSubstr("rules[0].trend.home: is only read with")));
}

TEST(Trend, TakesItsWindowFromAParameter) {
  const std::string policy =
      "parameters: [{id: w, type: DURATION}]\nrules: [{id: r, trend: {groupBy: OPERATOR, metric: SHARE, "
      "maxGrowth: 0.1, "
      "window: \"${w}\"}}]";
  EXPECT_THAT(CheckPolicy(PolicyText(policy)), IsOk());
  const auto bound =
      BindPolicy(PolicyText(policy), AssignmentText("parameters: {w: 1h}"), JurisdictionSets());
  EXPECT_THAT(Violations(bound.status()), ElementsAre(HasSubstr("is 1h; a window is")));
}

}  // namespace
}  // namespace linchpin::policy
