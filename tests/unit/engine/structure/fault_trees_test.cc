// Trees with known answers: two of our own, checked by hand, and the Aralia benchmark where it is at hand.
//
// The benchmark's files are not part of the checkout. Their folder is named by LINCHPIN_FAULT_TREES, else
// looked for as shared/data/fault-trees beside the checkout or above it; with neither, those tests skip.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/structure/cut_sets.h"
#include "services/engine/structure/importance.h"
#include "services/resource/json/json_reader.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/structure/fault_tree.h"

namespace linchpin::engine {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

// A tree as a graph, with what is asked about its top event.
class Solved {
 public:
  explicit Solved(const FaultTree& tree) : tree_(tree) {
    auto graph = Graph::Empty()->Apply(tree.Facts());
    EXPECT_THAT(graph, IsOk());
    plan_ = *EvaluationPlan::Create(*graph);
    vendors_ = std::make_unique<AtomIndex>(*Knowledge::Create(*graph), AtomClass::kVendor);
    question_.consumers = {*(*graph)->consumers().Find("applications/" + tree.top)};
    question_.atoms = {vendors_.get()};
  }

  CutSets Cuts(CutSetOptions options) const {
    auto cuts = FindCutSets(*plan_, question_, options);
    EXPECT_THAT(cuts, IsOk());
    return cuts.ok() ? *std::move(cuts) : CutSets{};
  }
  Importance Important() const {
    ImportanceOptions options;
    options.limits.nodes_max = 900'000;
    options.chance = [this](std::string_view key) {
      return tree_.events.at(std::string(key.substr(key.find(':') + 1)));
    };
    auto importance = FindImportance(*plan_, question_, options);
    EXPECT_THAT(importance, IsOk());
    return importance.ok() ? *std::move(importance) : Importance{};
  }

 private:
  const FaultTree& tree_;
  std::shared_ptr<const EvaluationPlan> plan_;
  std::unique_ptr<const AtomIndex> vendors_;
  FailureQuestion question_;
};

// Two pumps of which one is enough, a supply that both need, a battery that stands in for the supply of the
// second: top = (p1 or s) and (p2 or (s and b)).
FaultTree Pumps() {
  using Op = FaultTree::Op;
  FaultTree tree;
  tree.top = "top";
  tree.gates["top"] = {Op::kAnd, 0, {"first", "second"}};
  tree.gates["first"] = {Op::kOr, 0, {"p1", "s"}};
  tree.gates["second"] = {Op::kOr, 0, {"p2", "dark"}};
  tree.gates["dark"] = {Op::kAnd, 0, {"s", "b"}};
  tree.events = {{"p1", 0.1}, {"p2", 0.2}, {"s", 0.05}, {"b", 0.5}};
  return tree;
}

TEST(FaultTrees, PumpsFailByThreePairs) {
  const FaultTree tree = Pumps();
  const CutSets cuts = Solved(tree).Cuts({.size_max = 4, .count_all = true});
  EXPECT_THAT(cuts.sets,
              ElementsAre(ElementsAre("vendor:b", "vendor:s"), ElementsAre("vendor:p1", "vendor:p2"),
                          ElementsAre("vendor:p2", "vendor:s")));
  EXPECT_THAT(cuts.count_by_size, ElementsAre(0, 0, 3));
  // s and (p2 or b), or not s and p1 and p2.
  EXPECT_DOUBLE_EQ(Solved(tree).Important().failure.lower, 0.05 * (1 - 0.8 * 0.5) + 0.95 * 0.1 * 0.2);
}

TEST(FaultTrees, TwoOfFourFailByEveryPair) {
  FaultTree tree;
  tree.top = "top";
  tree.gates["top"] = {FaultTree::Op::kAtLeast, 2, {"a", "b", "c", "d"}};
  tree.events = {{"a", 0.1}, {"b", 0.1}, {"c", 0.1}, {"d", 0.1}};
  EXPECT_THAT(Solved(tree).Cuts({.size_max = 3}).count_by_size, ElementsAre(0, 0, 6, 0));
  // Not none and not one: 1 - .9^4 - 4 * .1 * .9^3.
  EXPECT_NEAR(Solved(tree).Important().failure.lower, 0.0523, 1e-15);
}

// Forty events, so that the sets of three fill many blocks of trials.
FaultTree Random(uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&random](size_t n) { return static_cast<size_t>(random() % n); };
  FaultTree tree;
  std::vector<std::string> below;
  for (int i = 0; i < 40; ++i) {
    below.push_back("e" + std::to_string(i));
    tree.events[below.back()] = 0.1;
  }
  for (int i = 0; i < 60; ++i) {
    FaultTree::Gate gate{pick(3) == 0 ? FaultTree::Op::kAnd : FaultTree::Op::kOr, 0, {}};
    for (size_t k = 2 + pick(3); k > 0; --k) gate.arguments.push_back(below[pick(below.size())]);
    below.push_back("g" + std::to_string(i));
    tree.gates[below.back()] = gate;
  }
  tree.top = "top";
  tree.gates["top"] = {FaultTree::Op::kAnd, 0, {}};
  for (int i = 0; i < 3; ++i) tree.gates["top"].arguments.push_back(below[below.size() - 1 - pick(20)]);
  return tree;
}

// Sets of up to three are found by trying them all, larger ones by a diagram: the two must agree.
TEST(FaultTrees, TriedSetsAreThoseOfTheDiagram) {
  size_t of_three = 0;
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    const FaultTree tree = Random(seed);
    const CutSets tried = Solved(tree).Cuts({.size_max = 3}), all = Solved(tree).Cuts({.size_max = 4});
    std::vector<std::vector<std::string>> small = all.sets;
    std::erase_if(small, [](const std::vector<std::string>& set) { return set.size() > 3; });
    ASSERT_EQ(tried.sets, small) << seed;
    ASSERT_EQ(tried.count_by_size,
              std::vector<uint64_t>(all.count_by_size.begin(), all.count_by_size.begin() + 4))
        << seed;
    of_three += tried.count_by_size[3];
  }
  EXPECT_GT(of_three, 500u);
}

// --- The benchmark -----------------------------------------------------------------------------------------

std::optional<fs::path> Folder() {
  if (const char* named = std::getenv("LINCHPIN_FAULT_TREES"); named != nullptr) return fs::path(named);
  for (fs::path above = fs::path(LINCHPIN_SOURCE_DIR); above.has_relative_path();
       above = above.parent_path()) {
    const fs::path folder = above.parent_path() / "shared" / "data" / "fault-trees";
    if (fs::exists(folder / "expected.csv")) return folder;
  }
  return std::nullopt;
}

std::string Read(const fs::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

FaultTree Parse(const std::string& text) {
  auto root = resource::JsonReader(text, {}).Next();
  EXPECT_TRUE(root.has_value());
  FaultTree tree;
  tree.top = Find(*root, "top")->text;
  for (const auto& [name, at, value] : Find(*root, "basic_events")->entries) {
    EXPECT_TRUE(absl::SimpleAtod(value.text, &tree.events[name]));
  }
  for (const auto& [name, at, value] : Find(*root, "gates")->entries) {
    FaultTree::Gate& gate = tree.gates[name];
    const std::string& op = Find(value, "op")->text;
    gate.op = op == "and"       ? FaultTree::Op::kAnd
              : op == "atleast" ? FaultTree::Op::kAtLeast
                                : FaultTree::Op::kOr;
    if (gate.op == FaultTree::Op::kAtLeast) {
      EXPECT_TRUE(absl::SimpleAtoi(Find(value, "k")->text, &gate.k));
    }
    for (const resource::Node& argument : Find(value, "args")->items) gate.arguments.push_back(argument.text);
  }
  return tree;
}

struct Known {
  std::vector<uint64_t> count_by_order;
  double probability = 0;
};

// The row of one tree: tree,gates,events,sets,"n0,n1,...",probability,...
Known KnownOf(const fs::path& folder, const std::string& name) {
  Known known;
  for (absl::string_view line : absl::StrSplit(Read(folder / "expected.csv"), '\n')) {
    if (line.substr(0, name.size() + 1) != name + ",") continue;
    const std::vector<std::string> parts = absl::StrSplit(line, '"');
    for (absl::string_view count : absl::StrSplit(parts.at(1), ',')) {
      EXPECT_TRUE(absl::SimpleAtoi(count, &known.count_by_order.emplace_back()));
    }
    const std::vector<std::string> rest = absl::StrSplit(parts.at(2), ',');
    EXPECT_TRUE(absl::SimpleAtod(rest.at(1), &known.probability));
  }
  EXPECT_FALSE(known.count_by_order.empty()) << "expected.csv has no row of " << name;
  return known;
}

class Aralia : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    folder_ = Folder();
    if (!folder_.has_value())
      GTEST_SKIP() << "set LINCHPIN_FAULT_TREES to the folder of the Aralia fault trees to run this";
    tree_ = Parse(Read(*folder_ / (std::string(GetParam()) + ".json")));
    known_ = KnownOf(*folder_, GetParam());
  }
  std::optional<fs::path> folder_;
  FaultTree tree_;
  Known known_;
};

TEST_P(Aralia, HasTheKnownNumberOfCutSetsOfEachOrder) {
  const CutSets cuts = Solved(tree_).Cuts({.size_max = 2, .count_all = true});
  EXPECT_TRUE(cuts.counted_all);
  EXPECT_EQ(cuts.count_by_size, known_.count_by_order);
}

TEST_P(Aralia, HasTheKnownNumbersUpToOrderThreeWithoutTheWholeDiagram) {
  const CutSets cuts = Solved(tree_).Cuts({.size_max = 3});
  EXPECT_EQ(cuts.complete_to, 3u);
  EXPECT_FALSE(cuts.counted_all);
  known_.count_by_order.resize(4, 0);
  EXPECT_EQ(cuts.count_by_size, known_.count_by_order);
}

TEST_P(Aralia, HasTheKnownProbabilityOfTheTopEvent) {
  auto importance = Solved(tree_).Important();
  EXPECT_TRUE(importance.failure.exact());
  EXPECT_NEAR(importance.failure.lower / known_.probability, 1, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Trees, Aralia,
                         ::testing::Values("baobab1", "baobab3", "chinese", "das9201", "das9203", "das9205",
                                           "das9207", "edf9201", "edf9203", "edf9205", "edfpa14p", "edfpa15p",
                                           "edfpa15r", "elf9601", "ftr10", "isp9601", "isp9603", "isp9605",
                                           "isp9607"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace linchpin::engine
