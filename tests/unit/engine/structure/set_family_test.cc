// Diagrams and families against plain enumeration, on thousands of random formulas.
#include "services/engine/structure/set_family.h"

#include <algorithm>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/structure/variable_order.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using Sets = std::set<std::vector<uint32_t>>;

constexpr uint32_t kVariables = 7;

// A formula of AND and OR over kVariables variables.
class RandomFormula {
 public:
  explicit RandomFormula(uint32_t seed) : random_(seed) {
    std::vector<Gate> gates;
    for (uint32_t v = 0; v < kVariables; ++v) gates.push_back(formula.Variable(v));
    const int count = 1 + Pick(10);
    for (int i = 0; i < count; ++i) {
      std::vector<Gate> arguments;
      for (int k = 1 + Pick(4); k > 0; --k) arguments.push_back(gates[gates.size() - 1 - Pick(gates.size())]);
      gates.push_back(Pick(2) == 0 ? formula.And(arguments) : formula.Or(arguments));
    }
    root = gates.back();
  }
  size_t Pick(size_t n) { return random_() % n; }

  Formula formula;
  Gate root = kFalseGate;

 private:
  std::mt19937 random_;
};

std::vector<bool> Assignment(uint32_t bits) {
  std::vector<bool> is_true(kVariables);
  for (uint32_t v = 0; v < kVariables; ++v) is_true[v] = (bits >> v & 1) != 0;
  return is_true;
}

std::vector<uint32_t> Members(uint32_t bits) {
  std::vector<uint32_t> members;
  for (uint32_t v = 0; v < kVariables; ++v) {
    if ((bits >> v & 1) != 0) members.push_back(v);
  }
  return members;
}

// All minimal sets, by trying every subset and every subset of one member less.
Sets MinimalSets(const Formula& formula, Gate root) {
  Sets sets;
  for (uint32_t bits = 0; bits < 1u << kVariables; ++bits) {
    bool minimal = formula.Evaluate(root, Assignment(bits));
    for (uint32_t v = 0; v < kVariables && minimal; ++v) {
      if ((bits >> v & 1) != 0) minimal = !formula.Evaluate(root, Assignment(bits ^ 1u << v));
    }
    if (minimal) sets.insert(Members(bits));
  }
  return sets;
}

Sets SetsOf(const SetFamilies& families, DiagramNode family, const VariableOrder& order) {
  Sets sets;
  families.ForEach(family, [&](const std::vector<uint32_t>& places) {
    std::vector<uint32_t> set;
    for (uint32_t place : places) set.push_back(order.variable_at[place]);
    std::sort(set.begin(), set.end());
    EXPECT_TRUE(sets.insert(set).second);
    return true;
  });
  return sets;
}

TEST(SetFamilies, EqualEnumerationOnRandomFormulas) {
  for (uint32_t seed = 0; seed < 4000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomFormula random(seed);
    const Sets expected = MinimalSets(random.formula, random.root);
    const VariableOrder order =
        FindOrder(random.formula, random.root, kVariables, kOrderRules[seed % std::size(kOrderRules)]);
    DecisionDiagram diagram({});
    const DiagramNode function =
        diagram.FromFormula(random.formula, random.root, order.place_of)[random.root];
    SetFamilies families({});
    const DiagramNode all = families.FromDiagram(diagram, function);
    EXPECT_EQ(SetsOf(families, all, order), expected);
    EXPECT_EQ(SetFamilies::ToDiagram(families, all, diagram), function);
    for (uint32_t size : {0u, 1u, 2u, 3u, SetFamilies::kAnySize}) {
      Sets few;
      for (const auto& set : expected) {
        if (set.size() <= size) few.insert(set);
      }
      EXPECT_EQ(SetsOf(families, families.AtMost(all, size), order), few);
      SetFamilies apart({});
      const DiagramNode direct = apart.FromFormula(random.formula, random.root, order.place_of, size);
      EXPECT_EQ(SetsOf(apart, direct, order), few) << size;
    }
    for (uint32_t v = 0; v < kVariables; ++v) {
      Sets rest;
      for (std::vector<uint32_t> set : expected) {
        if (std::erase(set, v) > 0) rest.insert(set);
      }
      EXPECT_EQ(SetsOf(families, families.Containing(all, order.place_of[v]), order), rest);
    }
  }
}

TEST(DecisionDiagram, GivesTheSumOverAllAssignments) {
  std::mt19937 random(1);
  for (uint32_t seed = 0; seed < 1000; ++seed) {
    RandomFormula formula(seed);
    std::vector<double> chance(kVariables);
    for (double& p : chance) p = static_cast<double>(random() % 1001) / 1000;
    double expected = 0;
    for (uint32_t bits = 0; bits < 1u << kVariables; ++bits) {
      double p = formula.formula.Evaluate(formula.root, Assignment(bits)) ? 1 : 0;
      for (uint32_t v = 0; v < kVariables; ++v) p *= (bits >> v & 1) != 0 ? chance[v] : 1 - chance[v];
      expected += p;
    }
    const VariableOrder order = FindOrder(formula.formula, formula.root, kVariables, OrderRule::kShallowest);
    std::vector<double> by_place;
    for (uint32_t v : order.variable_at) by_place.push_back(chance[v]);
    DecisionDiagram diagram({});
    const DiagramNode root = diagram.FromFormula(formula.formula, formula.root, order.place_of)[formula.root];
    ASSERT_NEAR(diagram.Probability(root, by_place), expected, 1e-12) << seed;
  }
}

TEST(SetFamilies, CountsAlikeMembersApart) {
  SetFamilies families({});
  const DiagramNode pair = families.Product(families.Single(0), families.Single(1), SetFamilies::kAnySize);
  const DiagramNode family = families.Union(pair, families.Single(2));
  EXPECT_THAT(families.CountBySize(family, {2, 3, 5}), ElementsAre(0, 5, 6));
}

TEST(SetFamilies, CountsStopAtTheGreatestNumber) {
  SetFamilies families({});
  DiagramNode family = kEndTrue;
  for (uint32_t place = 0; place < 3; ++place)
    family = families.Product(family, families.Single(place), SetFamilies::kAnySize);
  EXPECT_EQ(families.CountBySize(family, std::vector<uint32_t>(3, UINT32_MAX))[3], UINT64_MAX);
}

// (0 or 1) and (2 or 3) and ...: its diagram grows with every pair if all first members come first.
TEST(DecisionDiagram, SaysWhichLimitItReached) {
  Formula formula;
  std::vector<Gate> pairs;
  std::vector<uint32_t> place_of;
  for (uint32_t pair = 0; pair < 12; ++pair) {
    pairs.push_back(formula.Or({formula.Variable(2 * pair), formula.Variable(2 * pair + 1)}));
    place_of.push_back(pair);
    place_of.push_back(12 + pair);
  }
  const Gate root = formula.And(pairs);
  DecisionDiagram few({.nodes_max = 1000});
  EXPECT_EQ(few.FromFormula(formula, root, place_of)[root], kNoNode);
  EXPECT_THAT(few, StatusIs(absl::StatusCode::kResourceExhausted));
  DecisionDiagram stopped({.cancelled = [] { return true; }});
  EXPECT_EQ(stopped.FromFormula(formula, root, place_of)[root], kNoNode);
  EXPECT_THAT(stopped, StatusIs(absl::StatusCode::kCancelled));
  DecisionDiagram enough({});
  EXPECT_NE(enough.FromFormula(formula, root, place_of)[root], kNoNode);
}

TEST(Formula, FoldsWhatIsPlainlyEqual) {
  Formula formula;
  const Gate a = formula.Variable(0), b = formula.Variable(1), c = formula.Variable(2);
  EXPECT_EQ(formula.Or({b, a, a}), formula.Or({a, b}));
  EXPECT_EQ(formula.Or({a, formula.Or({b, c})}), formula.Or({formula.Or({a, b}), c}));
  EXPECT_EQ(formula.Or({a, formula.And({a, b})}), a);
  EXPECT_EQ(formula.And({a, formula.Or({b, a})}), a);
  EXPECT_EQ(formula.And({a, kFalseGate}), kFalseGate);
  EXPECT_EQ(formula.And({a, kTrueGate}), a);
  EXPECT_EQ(formula.And({}), kTrueGate);
  EXPECT_EQ(formula.Or({}), kFalseGate);
}

}  // namespace
}  // namespace linchpin::engine
