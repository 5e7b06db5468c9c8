// Holds survivability rules against the engine's evaluation of one scenario after the other, and against
// every population that may be meant.
#include "services/policy/domain/rules/survivability_rule.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/simulation/simulate.h"
#include "services/policy/domain/rules/evaluation.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/incremental/random_inventory.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'770'000'000);
constexpr int kWorlds = 60;

Evaluation Evaluated(const replica::View& view, const std::string& rules, const std::string& assurance) {
  const auto text = testing_support::ReadInventory(
      "---\nkind: Policy\nname: policies/p\nrules:\n" + rules +
      "---\nkind: Assignment\nname: assignments/a\npolicy: policies/p\nassurance: " + assurance + "\n");
  EvaluationOptions options;
  options.now = kNow;
  auto evaluation = Evaluate(view, PolicySetOf(text).active(), options);
  EXPECT_THAT(evaluation, IsOk());
  return evaluation.ok() ? *std::move(evaluation) : Evaluation();
}

// One world, and who in it has no service under which loss, found one scenario at a time.
class OneByOne {
 public:
  explicit OneByOne(const replica::View& view)
      : graph_(view.graph()), plan_(*engine::EvaluationPlan::Create(view.shared_graph())) {
    for (const engine::ConsumerIndex consumer : graph_.consumers()) {
      const engine::ConsumerView record = graph_.consumers()[consumer];
      if (record.record().kind == engine::ConsumerKind::kApplication && record.group_count() > 0)
        applications_.push_back(consumer);
    }
    for (const engine::Atom& atom : engine::AtomsOf(plan_->knowledge(), engine::AtomClass::kVendor))
      keys_[engine::KeyOf(graph_, atom)] = atom;
  }

  const std::vector<engine::ConsumerIndex>& applications() const { return applications_; }
  const std::map<std::string, engine::Atom>& losses() const { return keys_; }
  const engine::Graph& graph() const { return graph_; }

  std::set<engine::ConsumerIndex> Fallen(const engine::Atom& atom, engine::Reading reading) const {
    std::set<engine::ConsumerIndex> fallen;
    const auto baseline = plan_->Baseline(reading, engine::Readiness::kSustained);
    for (const engine::ConsumerIndex consumer : applications_) {
      if ((*baseline)->level[consumer.value] == 0) fallen.insert(consumer);
    }
    const auto outcome = engine::EvaluateStatic(*plan_, {engine::CutoffOf(graph_, atom)}, reading,
                                                engine::Readiness::kSustained);
    EXPECT_THAT(outcome, IsOk());
    for (const auto& lowered : outcome->lowered) {
      const bool counted =
          std::find(applications_.begin(), applications_.end(), lowered.consumer) != applications_.end();
      if (counted && lowered.level == 0) fallen.insert(lowered.consumer);
    }
    return fallen;
  }

 private:
  const engine::Graph& graph_;
  const std::shared_ptr<const engine::EvaluationPlan> plan_;
  std::vector<engine::ConsumerIndex> applications_;
  std::map<std::string, engine::Atom> keys_;
};

TEST(Survivability, CountsWhoFallsInEachReading) {
  int compared = 0, open = 0;
  for (int seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(seed);
    RandomInventory inventory(static_cast<uint64_t>(seed), kNow);
    for (int i = 0; i < 80; ++i) inventory.Change();
    const auto view = inventory.Next();
    const OneByOne world(*view);
    if (world.applications().empty()) continue;
    const Evaluation evaluation = Evaluated(*view,
                                            "- {id: r, onUnknown: VIOLATION, survivability: {shock: {each: "
                                            "VENDOR}, atLeast: 1, minPopulation: 1}}\n",
                                            "PROVEN");
    std::map<std::string, v1::Explanation::Measure> found;
    for (const v1::Finding& finding : evaluation.findings)
      found[finding.discriminators().at("loss")] = finding.explanation().measure();
    found.erase("vendor:?");
    const auto all = static_cast<double>(world.applications().size());
    for (const auto& [key, atom] : world.losses()) {
      SCOPED_TRACE(key);
      engine::ByReading<double> kept;
      for (const engine::Reading reading : engine::kReadings)
        kept[reading] = (all - static_cast<double>(world.Fallen(atom, reading).size())) / all;
      const auto [least, most] = std::minmax({kept.proven, kept.likely, kept.not_excluded});
      ASSERT_EQ(found.contains(key), least < 1);
      if (!found.contains(key)) continue;
      const v1::Explanation::Measure& measure = found.at(key);
      EXPECT_DOUBLE_EQ(measure.value(), kept.likely);
      EXPECT_DOUBLE_EQ(measure.lower(), least);
      EXPECT_DOUBLE_EQ(measure.upper(), most);
      EXPECT_EQ(measure.population(), static_cast<int64_t>(world.applications().size()));
      ++compared;
      open += least < most ? 1 : 0;
    }
  }
  EXPECT_GT(compared, kWorlds);
  EXPECT_GT(open, 0) << "some facts must be open, or the readings are not compared";
}

// What holds whoever belongs, by asking of each set of those who perhaps do.
v1::Outcome OutcomeForAnyMembers(const OneByOne& world, const replica::View& view, double at_least) {
  std::vector<engine::ConsumerIndex> certain, perhaps;
  for (const engine::ConsumerIndex consumer : world.applications()) {
    const auto document = view.Parse<inventory::v1::Application>(world.graph().consumers().NameOf(consumer));
    if (document->tier() == 0) perhaps.push_back(consumer);
    if (document->tier() == 1 || document->tier() == 2) certain.push_back(consumer);
  }
  if (certain.empty() && perhaps.empty()) return v1::OUTCOME_NO_DATA;
  bool violated = false, open = certain.empty();
  for (const auto& [key, atom] : world.losses()) {
    double least = 1, most = 0;
    for (const engine::Reading reading : engine::kReadings) {
      const std::set<engine::ConsumerIndex> fallen = world.Fallen(atom, reading);
      for (uint32_t set = 0; set < 1U << perhaps.size(); ++set) {
        std::vector<engine::ConsumerIndex> members = certain;
        for (size_t i = 0; i < perhaps.size(); ++i) {
          if ((set >> i & 1U) != 0) members.push_back(perhaps[i]);
        }
        if (members.empty()) continue;
        const auto falls = std::count_if(members.begin(), members.end(), [&](engine::ConsumerIndex member) {
          return fallen.contains(member);
        });
        const double kept = 1 - static_cast<double>(falls) / static_cast<double>(members.size());
        least = std::min(least, kept);
        most = std::max(most, kept);
      }
    }
    violated = violated || (most < at_least && !certain.empty());
    open = open || (least < at_least && most >= at_least);
  }
  if (violated) return v1::OUTCOME_VIOLATION;
  return open ? v1::OUTCOME_INDETERMINATE : v1::OUTCOME_PASS;
}

TEST(Survivability, HoldsForWhoeverBelongs) {
  std::map<v1::Outcome, int> outcomes;
  for (int seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(seed);
    RandomInventory inventory(static_cast<uint64_t>(seed), kNow);
    for (int i = 0; i < 80; ++i) inventory.Change();
    const auto view = inventory.Next();
    const OneByOne world(*view);
    // Each vendor by its name, so that none is asked for that the inventory does not name.
    std::string named;
    for (const auto& [key, atom] : world.losses()) named += (named.empty() ? "\"" : ", \"") + key + "\"";
    if (named.empty() || world.applications().empty()) continue;
    // A low limit in every other world, so that some pass.
    const bool low = seed % 2 == 0;
    const Evaluation evaluation =
        Evaluated(*view,
                  "- {id: r, survivability: {over: {where: {tier: {le: 2}}}, shock: {named: [" + named +
                      "]}, atLeast: " + (low ? "0.25" : "0.6") + ", minPopulation: 1}}\n",
                  "PROVEN");
    const v1::Outcome expected = OutcomeForAnyMembers(world, *view, low ? 0.25 : 0.6);
    EXPECT_EQ(evaluation.rules[0].counts[expected], 1) << v1::Outcome_Name(expected);
    ++outcomes[expected];
  }
  for (const v1::Outcome outcome : {v1::OUTCOME_VIOLATION, v1::OUTCOME_INDETERMINATE, v1::OUTCOME_PASS})
    EXPECT_GT(outcomes[outcome], 0) << v1::Outcome_Name(outcome);
}

TEST(Survivability, SaysWhatItLacksWheneverItIsOpen) {
  for (int seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE(seed);
    RandomInventory inventory(static_cast<uint64_t>(seed), kNow);
    for (int i = 0; i < 80; ++i) inventory.Change();
    const Evaluation evaluation = Evaluated(
        *inventory.Next(),
        "- {id: r, survivability: {shock: {each: VENDOR}, atLeast: 0.9, minPopulation: 1}}\n", "CAUTIOUS");
    if (evaluation.rules[0].counts[v1::OUTCOME_INDETERMINATE] == 0) continue;
    EXPECT_FALSE(evaluation.findings.empty()) << "a rule that cannot decide must say what it waits for";
  }
}

TEST(Survivability, IsAnErrorForALossThatDoesNotExist) {
  const auto text = testing_support::ReadInventory(
      "kind: Application\nname: applications/a\n---\nkind: Deployment\nname: deployments/d\n---\nkind: "
      "Dependency\nname: applications/a/dependencies/d\nalternatives: [{target: deployments/d}]\n");
  const Evaluation evaluation = Evaluated(
      *text.view,
      "- {id: r, survivability: {shock: {named: [\"vendor:typo\"]}, atLeast: 0.9, minPopulation: 1}}\n",
      "CAUTIOUS");
  ASSERT_EQ(evaluation.rules[0].counts[v1::OUTCOME_ERROR], 1);
  EXPECT_THAT(evaluation.findings.at(0).message(), HasSubstr("vendors/typo is not in the inventory"));
}

}  // namespace
}  // namespace linchpin::policy
