#include "services/engine/knowledge/knowledge.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/conditions.h"
#include "tests/support/graph_maker.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Proven / likely / not excluded, as the table of examples writes it.
std::string Answer(const GraphMaker& world, const std::string& deployment, const Cutoff& cutoff,
                   DisabledRules disabled = {}) {
  const auto graph = world.Build();
  const auto knowledge = Knowledge::Create(graph, disabled);
  const Hit hit = HitOf(*knowledge, *Resolve(*graph, cutoff), *graph->deployments().Find(deployment));
  std::string text;
  for (Reading reading : kReadings)
    text += std::string(text.empty() ? "" : "/") + (hit.IsIn(reading) ? "hit" : "no");
  return text;
}
Cutoff Exit(const std::string& vendor) { return {.kind = CutoffKind::kVendorExit, .target = vendor}; }
Cutoff Failure(const std::string& target) { return {.kind = CutoffKind::kCloudFailure, .target = target}; }
Cutoff Ban(const char* country) {
  return {.kind = CutoffKind::kCountryWeightsBan, .country = Country::Parse(country)};
}
Cutoff Services(const char* country) {
  return {.kind = CutoffKind::kCountryServiceCutoff, .country = Country::Parse(country)};
}

// The vendors of the examples, and dP: the API of vendor P to its own closed model, host unknown.
GraphMaker Examples() {
  GraphMaker world;
  world.Vendor("OpenAI").roles = kDeveloperRole | kOperatorRole;
  world.Vendor("OpenAI").own_line = OwnLine::kClosed;
  for (const char* cloud : {"Amazon", "Microsoft"})
    world.Vendor(cloud).roles = kHostProviderRole | kOperatorRole;
  world.Vendor("Meta").roles = kDeveloperRole;
  world.Vendor("Lab", "CN").roles = kDeveloperRole;
  world.Vendor("P").roles = kOperatorRole | kDeveloperRole;
  // Each vendor of this fixture provides the host that the maker gives it, but for those that have none.
  for (const char* name : {"OpenAI", "Meta", "Lab", "P"}) world.Host("h" + std::string(name), "Amazon", "US");
  world.Host("us-east-1", "Amazon", "US");
  world.Host("eu-central-1", "Amazon", "DE");
  world.Api("dP", "P").host.reset();
  return world;
}

TEST(KnowledgeExamples, K1WhoProvidesNoHostsCannotBeTheHost) {
  EXPECT_EQ(Answer(Examples(), "dP", Exit("OpenAI")), "no/no/no");
  EXPECT_EQ(Answer(Examples(), "dP", Exit("Meta")), "no/no/no");
}

TEST(KnowledgeExamples, K2WhoProvidesHostsIsNotExcluded) {
  EXPECT_EQ(Answer(Examples(), "dP", Exit("Amazon")), "no/no/hit");
}

TEST(KnowledgeExamples, K3ACompleteListOfProvidersIsABound) {
  GraphMaker world = Examples();
  world.Vendor("P").serves_from = {{"Amazon"}, {*Country::Parse("US")}, true};
  EXPECT_EQ(Answer(world, "dP", Failure("Amazon")), "hit/hit/hit");
  EXPECT_EQ(Answer(world, "dP", Failure("us-east-1")), "no/no/hit");
  EXPECT_EQ(Answer(world, "dP", Failure("eu-central-1")), "no/no/no");
  DisabledRules off;
  off.Add(Rule::kServesFrom);
  EXPECT_EQ(Answer(world, "dP", Failure("Amazon"), off), "no/no/hit");
}

TEST(KnowledgeExamples, K4AnIncompleteListExcludesNothing) {
  GraphMaker world = Examples();
  world.Vendor("P").serves_from = {{"Amazon"}, {}, false};
  EXPECT_EQ(Answer(world, "dP", Failure("Amazon")), "no/hit/hit");
  EXPECT_EQ(Answer(world, "dP", Exit("Microsoft")), "no/no/hit");
}

TEST(KnowledgeExamples, K5AnOwnLineHasNoForeignBase) {
  GraphMaker world = Examples();
  world.Closed("gpt", "OpenAI").derivations = Fact<std::vector<DerivationFacts>>::Unknown();
  world.Api("dGpt", "OpenAI", "US", "gpt");
  EXPECT_EQ(Answer(world, "dGpt", Ban("CN")), "no/no/no");
  DisabledRules off;
  off.Add(Rule::kOwnLine);
  EXPECT_EQ(Answer(world, "dGpt", Ban("CN"), off), "no/no/hit");
  world.Vendor("OpenAI").own_line.reset();
  EXPECT_EQ(Answer(world, "dGpt", Ban("CN")), "no/no/hit");
}

TEST(KnowledgeExamples, K6ABoundExcludesACountry) {
  GraphMaker world = Examples();
  EXPECT_EQ(Answer(world, "dP", Services("CN")), "no/no/hit");
  world.deployment("dP").knowledge.bounds = {{.fact = FactKind::kCountryOfHost, .none_of = {"CN"}}};
  EXPECT_EQ(Answer(world, "dP", Services("CN")), "no/no/no");
}

TEST(KnowledgeExamples, K10ABaseIsNotYoungerThanItsChild) {
  GraphMaker world;
  world.Licence("l", false);
  world.Open("candidate", "Lab").licence = "l";
  world.model("candidate").release_seconds = 1'704'067'200;  // 2024-01.
  ModelFacts& child = world.Closed("child", "P");
  child.derivations = Fact<std::vector<DerivationFacts>>::Unknown();
  world.Api("d", "P", "US", "child");
  const Cutoff revoked{.kind = CutoffKind::kLicenceRevocation, .target = "l"};
  EXPECT_EQ(Answer(world, "d", revoked), "no/no/hit");
  child.release_seconds = 1'685'577'600;  // 2023-06.
  EXPECT_EQ(Answer(world, "d", revoked), "no/no/no");
}

// A region that fails is never certainly harmless to what runs somewhere at its provider.
TEST(Knowledge, ARegionMayBeTheOneWhereTheProviderIsKnown) {
  GraphMaker world = Examples();
  world.deployment("dP").knowledge.bounds = {{.fact = FactKind::kProviderOfHost, .one_of = {"Amazon"}}};
  EXPECT_EQ(Answer(world, "dP", Failure("us-east-1")), "no/no/hit");
  EXPECT_EQ(Answer(world, "dP", Exit("Amazon")), "hit/hit/hit");
}

TEST(Knowledge, OneOfTwoOwnersOfOneCountryIsCertain) {
  GraphMaker world = Examples();
  world.deployment("dP").knowledge.bounds = {
      {.fact = FactKind::kProviderOfHost, .one_of = {"Amazon", "Microsoft"}}};
  world.deployment("dP").operator_vendor.reset();
  world.deployment("dP").mode = HostingMode::kThirdPartyHosted;
  world.deployment("dP").knowledge.bounds.push_back({.fact = FactKind::kOperator, .one_of = {"Lab"}});
  EXPECT_EQ(Answer(world, "dP", Services("US")), "hit/hit/hit");
  EXPECT_EQ(Answer(world, "dP", Exit("Amazon")), "no/no/hit");
}

TEST(Knowledge, TheOwnCloudOfAnOperatorIsLikely) {
  GraphMaker world = Examples();
  world.Hosted("d", "mdP", "Amazon").host.reset();
  EXPECT_EQ(Answer(world, "d", Failure("Amazon")), "no/hit/hit");
  DisabledRules off;
  off.Add(Rule::kOwnCloud);
  EXPECT_EQ(Answer(world, "d", Failure("Amazon"), off), "no/no/hit");
}

TEST(Knowledge, ARouterCallsOneOfItsUpstreams) {
  GraphMaker world = Examples();
  world.Vendor("Router").roles = kOperatorRole;
  world.Vendor("Router").upstreams = {{"OpenAI", "Amazon"}, true};
  DeploymentFacts& routed = world.Hosted("d", "mdP", "P");
  routed.operator_vendor.reset();
  routed.mode.reset();
  routed.intermediaries = std::vector<std::string>{"Router"};
  world.model("mdP").weights = Weights::kOpen;
  EXPECT_EQ(Answer(world, "d", {.kind = CutoffKind::kVendorApiCutoff, .target = "OpenAI"}), "no/no/hit");
  EXPECT_EQ(Answer(world, "d", {.kind = CutoffKind::kVendorApiCutoff, .target = "Microsoft"}), "no/no/no");
  // A closed model comes from its developer, or from who hosts that developer's models.
  world.model("mdP").weights = Weights::kProprietary;
  world.Vendor("Amazon").hosted_developers = {{"P", false, true}};
  EXPECT_EQ(Answer(world, "d", {.kind = CutoffKind::kVendorApiCutoff, .target = "Amazon"}), "hit/hit/hit");
}

TEST(Knowledge, AnOperatorSpeaksForTheDevelopersThatItHosts) {
  GraphMaker world = Examples();
  DeploymentFacts& hosted = world.Hosted("d", "mdP", "Amazon");
  hosted.outlives_developer.reset();
  EXPECT_EQ(Answer(world, "d", Exit("P")), "no/no/hit");
  world.Vendor("Amazon").hosted_developers = {{"P", false, true}};
  EXPECT_EQ(Answer(world, "d", Exit("P")), "no/no/no");
  DisabledRules off;
  off.Add(Rule::kHostedDeveloper);
  EXPECT_EQ(Answer(world, "d", Exit("P"), off), "no/no/hit");
}

TEST(Knowledge, AVersionTakesFromItsLineWhatItDoesNotSay) {
  GraphMaker world = Examples();
  world.Open("line", "Lab");
  ModelFacts& snapshot = world.Closed("snapshot", "P");
  snapshot.developer.reset(), snapshot.weights.reset(), snapshot.version_of = "line";
  world.Api("d", "P", "US", "snapshot");
  EXPECT_EQ(Answer(world, "d", Ban("CN")), "hit/hit/hit");
  DisabledRules off;
  off.Add(Rule::kVersionOf);
  EXPECT_EQ(Answer(world, "d", Ban("CN"), off), "no/no/hit");
}

TEST(Knowledge, ALikelyHitNamesTheLikelyFactWithItsReason) {
  GraphMaker world = Examples();
  world.deployment("dP").knowledge.likely = {{.fact = FactKind::kProviderOfHost,
                                              .one_of = {"Amazon"},
                                              .confidence = 0.9,
                                              .reason = "seen in headers"}};
  const auto graph = world.Build();
  const auto knowledge = Knowledge::Create(graph);
  const HitReason reason =
      Explain(*knowledge, *Resolve(*graph, Exit("Amazon")), *graph->deployments().Find("dP"));
  EXPECT_EQ(reason.truth, Truth::kUnknown);
  ASSERT_EQ(reason.likely_facts.size(), 1u);
  const FactRef fact = reason.likely_facts[0];
  EXPECT_EQ(FieldOf(*graph, fact) + " " + ValueOf(*knowledge, fact, true), "host.provider Amazon");
  const FactSource source = SourceOf(*knowledge, fact, true);
  ASSERT_NE(source.likelihood, nullptr);
  EXPECT_EQ(source.likelihood->reason, "seen in headers");
  EXPECT_EQ(source.likelihood->confidence, 0.9);
}

TEST(Knowledge, ADerivedFactNamesItsRule) {
  GraphMaker world = Examples();
  world.Vendor("P").serves_from = {{"Amazon"}, {}, true};
  const auto graph = world.Build();
  const auto knowledge = Knowledge::Create(graph);
  const HitReason reason =
      Explain(*knowledge, *Resolve(*graph, Exit("Amazon")), *graph->deployments().Find("dP"));
  ASSERT_EQ(reason.facts.size(), 1u);
  EXPECT_EQ(IdOf(SourceOf(*knowledge, reason.facts[0]).rule), "serves-from");
}

TEST(Knowledge, WhatContradictsIsReportedAndReadAsUnknown) {
  GraphMaker world = Examples();
  world.Vendor("P").serves_from = {{"Amazon"}, {}, true};
  world.deployment("dP").knowledge.bounds = {{.fact = FactKind::kProviderOfHost, .one_of = {"Microsoft"}}};
  const auto knowledge = Knowledge::Create(world.Build());
  ASSERT_EQ(knowledge->contradictions().size(), 1u);
  EXPECT_EQ(knowledge->contradictions()[0].fact, FactKind::kProviderOfHost);
  EXPECT_EQ(knowledge->contradictions()[0].rule, Rule::kServesFrom);
  EXPECT_EQ(Answer(world, "dP", Exit("Amazon")), "no/no/hit");
  EXPECT_EQ(Answer(world, "dP", Exit("Microsoft")), "no/no/hit");
}

TEST(Knowledge, ALikelihoodOutsideABoundIsReportedAndIgnored) {
  GraphMaker world = Examples();
  world.deployment("dP").knowledge.bounds = {{.fact = FactKind::kProviderOfHost, .one_of = {"Microsoft"}}};
  world.deployment("dP").knowledge.likely = {{.fact = FactKind::kProviderOfHost, .one_of = {"Amazon"}}};
  const auto knowledge = Knowledge::Create(world.Build());
  ASSERT_EQ(knowledge->contradictions().size(), 1u);
  EXPECT_TRUE(knowledge->contradictions()[0].of_likelihood);
  EXPECT_EQ(Answer(world, "dP", Exit("Microsoft")), "hit/hit/hit");
}

TEST(Knowledge, IsSharedBetweenGraphsThatDifferInConsumersAlone) {
  GraphMaker world = Examples();
  DisabledRules disabled;
  disabled.Add(Rule::kOwnLine);
  const auto before = world.Build();
  const auto knowledge = Knowledge::Create(before, disabled);
  GraphChanges change;
  change.consumers.push_back({.name = "applications/new"});
  const auto after = *before->Apply(change);
  const auto shared = knowledge->On(after);
  EXPECT_TRUE(shared->SharesWith(*knowledge));
  EXPECT_EQ(&shared->graph(), after.get());
  GraphChanges facts;
  facts.vendors.push_back({.name = "vendors/new"});
  const auto other = knowledge->On(*after->Apply(facts));
  EXPECT_FALSE(other->SharesWith(*knowledge));
  EXPECT_EQ(other->rules().disabled(), disabled);
}

TEST(Rules, EveryIdIsReadBack) {
  for (Rule rule : kDerivingRules) EXPECT_EQ(RuleOf(IdOf(rule)), rule);
  EXPECT_EQ(RuleOf("no-such-rule"), std::nullopt);
  EXPECT_EQ(RuleOf(""), std::nullopt);
}

}  // namespace
}  // namespace linchpin::engine
