#include "services/engine/questions/question_finder.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/unknowns.h"
#include "services/engine/simulation/simulate.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;

OpenQuestions Ask(const std::shared_ptr<const Graph>& graph, QuestionOptions options = {}) {
  const auto plan = *EvaluationPlan::Create(graph);
  const AtomCache atoms(plan->shared_knowledge());
  auto found = FindQuestions(*plan, atoms, options);
  EXPECT_TRUE(found.ok()) << found.status();
  return found.ok() ? *std::move(found) : OpenQuestions();
}

std::vector<std::string> Names(const Graph& graph, const OpenQuestions& found) {
  std::vector<std::string> names;
  for (const OpenQuestion& question : found.questions)
    names.push_back(SubjectOf(graph, question.facts[0]) + "." + FieldOf(graph, question.facts[0]));
  return names;
}

// Two clouds; a known deployment at one of them, and applications on deployments of unknown host.
Supply TwoClouds() {
  Supply supply;
  for (const char* cloud : {"one", "two"}) {
    supply.Vendor(cloud, "US");
    supply.changes.vendors.back().roles = kHostProviderRole | kOperatorRole;
    supply.changes.hosts.push_back(
        {std::string("hosts/") + cloud, std::string("vendors/") + cloud, Country::Parse("US")});
  }
  supply.Vendor("lab", "US");
  supply.changes.vendors.back().roles = kDeveloperRole;
  supply.Scratch("model", "lab").weights = Weights::kOpen;
  return supply;
}

DeploymentFacts& SelfHosted(Supply& supply, const std::string& id) {
  DeploymentFacts& deployment = supply.Serving(id, "model");
  deployment.mode = HostingMode::kSelfHosted;
  return deployment;
}

void Application(Supply& supply, const std::string& id, const std::vector<std::string>& targets) {
  supply.Application(id).continuity.weight = 1;
  supply.Needs("applications/" + id, "x", targets);
}

TEST(Questions, TheFactThatMoreStandsOnComesFirst) {
  Supply supply = TwoClouds();
  SelfHosted(supply, "often"), SelfHosted(supply, "seldom"), SelfHosted(supply, "known").host = "hosts/one";
  for (const char* id : {"a", "b", "c"}) Application(supply, id, {"deployments/often"});
  Application(supply, "d", {"deployments/seldom"});
  Application(supply, "e", {"deployments/known"});
  const auto graph = supply.Build();
  const OpenQuestions found = Ask(graph);
  EXPECT_THAT(Names(*graph, found), ElementsAre("deployments/often.host", "deployments/seldom.host"));
  EXPECT_EQ(found.questions[0].consumers, 3);
  EXPECT_EQ(found.questions[0].decided, 3);
  EXPECT_EQ(found.questions[1].consumers, 1);
  EXPECT_EQ(found.consumers, 5);
  EXPECT_EQ(found.undecided_consumers, 4);
  // Both clouds, both hosts, and the services of their country.
  EXPECT_EQ(found.questions[0].atoms.size(), 5u);
  EXPECT_EQ(found.undecided_pairs, 20);
}

// One imported route: no vendor, host or country is named, yet all that its only user depends on is unknown.
TEST(Questions, WhatIsNotListedStandsInWhereNothingIs) {
  Supply supply;
  supply.Model("model");
  SelfHosted(supply, "own");
  Application(supply, "a", {"deployments/own"});
  const auto graph = supply.Build();
  const OpenQuestions found = Ask(graph);
  EXPECT_THAT(Names(*graph, found), testing::Contains("deployments/own.host"));
  EXPECT_THAT(Names(*graph, found), testing::Contains("models/model.developer"));
  EXPECT_THAT(found.atoms, testing::Contains("host:?"));
  EXPECT_EQ(found.undecided_consumers, 1);
}

TEST(Questions, AGapIsDividedEvenlyAmongItsFacts) {
  Supply supply = TwoClouds();
  SelfHosted(supply, "both"), SelfHosted(supply, "alone");
  Application(supply, "a", {"deployments/both"});
  // Needs both: either may stop it.
  Application(supply, "b", {"deployments/both"});
  supply.Needs("applications/b", "y", {"deployments/alone"});
  const auto graph = supply.Build();
  const OpenQuestions found = Ask(graph);
  ASSERT_EQ(found.questions.size(), 2u);
  EXPECT_NEAR(found.questions[0].carried.ToDouble() / found.carried, 0.75, 1e-12);
  EXPECT_NEAR(found.questions[1].carried.ToDouble() / found.carried, 0.25, 1e-12);
  EXPECT_EQ(found.questions[0].decided, 1) << "of b neither answer alone decides";
  EXPECT_EQ(found.questions[1].decided, 0);
}

TEST(Questions, WhatIsOneThingIsAskedOnce) {
  Supply supply = TwoClouds();
  for (const char* id : {"m1", "m2", "m3", "m4"}) {
    SelfHosted(supply, id);
    Application(supply, id, {std::string("deployments/") + id});
  }
  SelfHosted(supply, "other");
  for (const char* id : {"x", "y"}) Application(supply, id, {"deployments/other"});
  const auto graph = supply.Build();
  QuestionOptions options;
  options.thing_of = [&](const FactRef& fact) {
    return SubjectOf(*graph, fact).starts_with("deployments/m") ? std::string("one address") : std::string();
  };
  EXPECT_EQ(Names(*graph, Ask(graph))[0], "deployments/other.host");
  const OpenQuestions found = Ask(graph, options);
  EXPECT_THAT(Names(*graph, found), ElementsAre("deployments/m1.host", "deployments/other.host"));
  EXPECT_EQ(found.questions[0].facts.size(), 4u);
  EXPECT_EQ(found.questions[0].consumers, 4);
  EXPECT_EQ(found.questions[0].decided, 4);
}

TEST(Questions, AnAnswerChangesTheNextList) {
  Supply supply = TwoClouds();
  SelfHosted(supply, "d");
  Application(supply, "a", {"deployments/d"});
  supply.changes.deployments[0].knowledge.bounds = {
      {.fact = FactKind::kProviderOfHost, .one_of = {"vendors/one"}}};
  const auto graph = supply.Build();
  const OpenQuestions found = Ask(graph);
  ASSERT_EQ(found.questions.size(), 1u);
  std::vector<std::string> atoms;
  for (uint32_t atom : found.questions[0].atoms) atoms.push_back(found.atoms[atom]);
  EXPECT_THAT(atoms, ElementsAre("host:one")) << "the exit of vendor one is proven, that of two excluded";
  supply.changes.deployments[0].knowledge = {};
  supply.changes.deployments[0].host = "hosts/one";
  EXPECT_TRUE(Ask(supply.Build()).questions.empty());
}

TEST(Questions, AFallbackThatStandsLeavesNothingOpen) {
  Supply supply = TwoClouds();
  SelfHosted(supply, "open"), SelfHosted(supply, "own").host = "hosts/home";
  supply.changes.hosts.push_back({"hosts/home", Fact<std::string>::None(), Country::Parse("DE")});
  supply.changes.deployments[0].knowledge.bounds = {{.fact = FactKind::kHost, .none_of = {"hosts/home"}}};
  Application(supply, "a", {"deployments/open", "deployments/own"});
  EXPECT_TRUE(Ask(supply.Build()).questions.empty());
}

TEST(Questions, AnUnknownSwitchTimeIsAsked) {
  Supply supply = TwoClouds();
  SelfHosted(supply, "first").host = "hosts/one", SelfHosted(supply, "second").host = "hosts/two";
  Application(supply, "a", {"deployments/first", "deployments/second"});
  supply.changes.groups.back().alternatives[1].switch_seconds.reset();
  const auto graph = supply.Build();
  EXPECT_THAT(Names(*graph, Ask(graph)),
              ElementsAre("applications/a/dependencies/x.alternatives[1].switch_duration"));
}

// The definition, word by word: one evaluation for each atom and reading, and the facts of each consumer.
std::map<FactRef, double> Naive(const EvaluationPlan& plan) {
  std::map<FactRef, double> carried;
  for (AtomClass atom_class :
       {AtomClass::kVendor, AtomClass::kHost, AtomClass::kWeights, AtomClass::kServices}) {
    const AtomIndex index(plan.knowledge(), atom_class);
    for (const AtomIndex::Entry& entry : index.entries()) {
      const Cutoff cutoff = CutoffOf(plan.graph(), entry.atom);
      std::map<uint32_t, int64_t> gap;
      for (Reading reading : {Reading::kNotExcluded, Reading::kProven}) {
        const auto outcome = EvaluateStatic(plan, {cutoff}, reading, Readiness::kSustained);
        for (const auto& lowered : outcome->lowered) {
          const int64_t loss = std::max(0, lowered.base - lowered.level);
          gap[lowered.consumer.value] += reading == Reading::kNotExcluded ? loss : -loss;
        }
      }
      const auto finder = UnknownFinder::Create(plan, {{cutoff}, 1});
      for (const auto& [consumer, value] : gap) {
        if (value <= 0 || !plan.counted().IsCounted({consumer})) continue;
        std::vector<FactRef> facts = (*finder)->Of({consumer});
        std::erase_if(facts, [](const FactRef& fact) { return fact.kind == FactKind::kTier; });
        const double whole =
            static_cast<double>(value) * static_cast<double>(plan.counted().WeightOf({consumer}));
        for (const FactRef& fact : facts) carried[fact] += whole / static_cast<double>(facts.size());
      }
    }
  }
  return carried;
}

void ExpectAsDefined(const GraphChanges& facts, uint32_t seed, int& asked) {
  const auto graph = Graph::Empty()->Apply(facts);
  if (!graph.ok()) return;
  const auto plan = EvaluationPlan::Create(*graph);
  ASSERT_TRUE(plan.ok());
  const AtomCache atoms((*plan)->shared_knowledge());
  const auto found = FindQuestions(**plan, atoms, {});
  ASSERT_TRUE(found.ok()) << found.status();
  std::map<FactRef, double> naive = Naive(**plan);
  std::erase_if(naive, [](const auto& entry) { return entry.second == 0; });
  for (const OpenQuestion& question : found->questions) {
    const double carried = question.carried.ToDouble();
    if (carried == 0) continue;
    ASSERT_EQ(naive.count(question.facts[0]), 1u) << seed;
    EXPECT_NEAR(carried, naive[question.facts[0]], carried * 1e-9)
        << "seed " << seed << " " << SubjectOf(**graph, question.facts[0]) << "."
        << FieldOf(**graph, question.facts[0]);
    naive.erase(question.facts[0]);
    ++asked;
  }
  EXPECT_TRUE(naive.empty()) << "seed " << seed << ": not asked for " << naive.size();
  for (size_t i = 1; i < found->questions.size(); ++i)
    EXPECT_TRUE(found->questions[i - 1].carried >= found->questions[i].carried) << seed;
}

TEST(QuestionProperties, EqualTheDefinition) {
  int asked = 0;
  for (uint32_t seed = 1; seed <= 250; ++seed) {
    RandomWorldOptions options{
        .unknown_percent = 30, .unknown_switches = seed % 2 == 0, .knowledge_percent = 20};
    if (seed % 3 == 0) options.pool_percent = 0;
    RandomWorld random(seed, options);
    ExpectAsDefined(random.Facts(), seed, asked);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(asked, 1000);
}

}  // namespace
}  // namespace linchpin::engine
