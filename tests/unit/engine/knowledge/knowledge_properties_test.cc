// Conditions over domains against a naive reading of the same pages, and what must hold of the three
// readings.
#include <string>

#include "gtest/gtest.h"
#include "services/engine/cutoff/conditions.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/naive_conditions.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

std::shared_ptr<const Knowledge> KnowledgeOf(const GraphChanges& facts) {
  auto graph = Graph::Empty()->Apply(facts);
  EXPECT_THAT(graph, IsOk());
  return Knowledge::Create(*graph);
}

int Sign(Truth truth) { return static_cast<int>(truth) - 1; }

// A world of which some graphs are refused: versions can close a cycle with derivations.
struct World {
  GraphChanges facts;
  std::shared_ptr<const Knowledge> knowledge;
  Scenario scenario;
};
std::optional<World> MakeWorld(uint32_t seed, RandomWorldOptions options) {
  RandomWorld random(seed, options);
  World world{random.Facts(), nullptr, random.Cutoffs(8)};
  auto graph = Graph::Empty()->Apply(world.facts);
  if (!graph.ok()) return std::nullopt;
  world.knowledge = Knowledge::Create(*graph);
  return world;
}

// Do values and bounds contradict? What is then read is tested by example.
bool Contradicts(const Knowledge& knowledge) {
  const std::vector<Contradiction>& found = knowledge.contradictions();
  return std::any_of(found.begin(), found.end(), [](const auto& one) { return !one.of_likelihood; });
}

int Failures() { return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count(); }

constexpr RandomWorldOptions kOpen = {.unknown_percent = 40, .knowledge_percent = 30};

TEST(KnowledgeProperties, ConditionsEqualTheNaiveReading) {
  int likely_hits = 0, open_hits = 0, certain = 0;
  for (uint32_t seed = 1; seed <= 4000 && Failures() < 20; ++seed) {
    const auto world = MakeWorld(seed, kOpen);
    if (!world.has_value()) continue;
    if (Contradicts(*world->knowledge)) continue;
    const NaiveConditions naive(world->facts);
    const Graph& graph = world->knowledge->graph();
    for (const Cutoff& cutoff : world->scenario.cutoffs) {
      const ResolvedCutoff resolved = *Resolve(graph, cutoff);
      for (DeploymentIndex index : graph.deployments()) {
        const DeploymentFacts& deployment = naive.deployments().at(graph.deployments()[index].name);
        const Hit hit = HitOf(*world->knowledge, resolved, index);
        const int proven = naive.Hit(cutoff, deployment, false), likely = naive.Hit(cutoff, deployment, true);
        EXPECT_EQ(Sign(hit.truth), proven)
            << "seed " << seed << " kind " << static_cast<int>(cutoff.kind) << " " << cutoff.target << " on "
            << deployment.name << (cutoff.country ? cutoff.country->ToString() : "");
        EXPECT_EQ(hit.likely, likely == 1)
            << "seed " << seed << " kind " << static_cast<int>(cutoff.kind) << " " << cutoff.target << " on "
            << deployment.name << " proven " << proven << " likely " << likely;
        certain += proven == 1;
        open_hits += proven == 0;
        likely_hits += proven == 0 && likely == 1;
      }
    }
  }
  EXPECT_GT(certain, 1000);
  EXPECT_GT(open_hits, 1000);
  EXPECT_GT(likely_hits, 200) << "the worlds must exercise what is tested";
}

// What is explained has the truth of what is plain; a likely hit names likely facts, and only a likely hit
// does.
TEST(KnowledgeProperties, EveryLikelyHitNamesItsLikelyFacts) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    const auto world = MakeWorld(seed, kOpen);
    if (!world.has_value()) continue;
    for (const Cutoff& cutoff : world->scenario.cutoffs) {
      const ResolvedCutoff resolved = *Resolve(world->knowledge->graph(), cutoff);
      for (const Hit& hit : AllHits(*world->knowledge, resolved)) {
        const HitReason reason = Explain(*world->knowledge, resolved, hit.deployment);
        EXPECT_EQ(reason.truth, hit.truth);
        EXPECT_EQ(reason.likely, hit.likely);
        EXPECT_EQ(reason.likely_facts.empty(), hit.truth == Truth::kTrue || !hit.likely) << "seed " << seed;
        EXPECT_EQ(hit.truth == Truth::kUnknown && reason.facts.empty(), false) << "seed " << seed;
        for (const FactRef& fact : reason.likely_facts) {
          const FactSource source = SourceOf(*world->knowledge, fact, /*likely=*/true);
          EXPECT_FALSE(ValueOf(*world->knowledge, fact, true).empty())
              << "seed " << seed << " " << FieldOf(world->knowledge->graph(), fact) << " "
              << static_cast<int>(source.rule);
        }
      }
    }
  }
}

// Does the change leave every hit within what was possible before?
void ExpectNarrower(const World& before, const World& after, uint32_t seed, const std::string& what) {
  for (const Cutoff& cutoff : before.scenario.cutoffs) {
    const ResolvedCutoff resolved = *Resolve(before.knowledge->graph(), cutoff);
    for (DeploymentIndex index : before.knowledge->graph().deployments()) {
      const Truth was = Hits(*before.knowledge, resolved, index),
                  is = Hits(*after.knowledge, resolved, index);
      EXPECT_TRUE(was == Truth::kUnknown || was == is)
          << what << ", seed " << seed << ", " << cutoff.target << " on "
          << before.knowledge->graph().deployments()[index].name;
    }
  }
}

// A likelihood never moves proven or not excluded.
TEST(KnowledgeProperties, LikelihoodsMoveNothingButLikely) {
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    const auto world = MakeWorld(seed, kOpen);
    if (!world.has_value()) continue;
    World without = *world;
    const auto forget = [](auto& list) {
      for (auto& facts : list) facts.knowledge.likely.clear();
    };
    forget(without.facts.vendors), forget(without.facts.hosts), forget(without.facts.licences);
    forget(without.facts.models), forget(without.facts.deployments);
    without.knowledge = KnowledgeOf(without.facts);
    for (const Cutoff& cutoff : world->scenario.cutoffs) {
      const ResolvedCutoff resolved = *Resolve(world->knowledge->graph(), cutoff);
      for (DeploymentIndex index : world->knowledge->graph().deployments()) {
        EXPECT_EQ(Hits(*world->knowledge, resolved, index), Hits(*without.knowledge, resolved, index))
            << seed;
      }
    }
  }
}

// A bound never widens what is possible, but for one that takes none from a parent or licence: then the
// member is read as owned, or licensed, by anybody that its bounds allow.
TEST(KnowledgeProperties, ABoundNeverWidens) {
  int tried = 0;
  for (uint32_t seed = 1; seed <= 1500; ++seed) {
    const auto world = MakeWorld(seed, {.unknown_percent = 40, .knowledge_percent = 15});
    if (!world.has_value() || !world->knowledge->contradictions().empty()) continue;
    // Taken back one at a time, so that the world with all bounds is the narrower one.
    const auto take_back = [&](auto list) {
      for (size_t i = 0; i < (world->facts.*list).size(); ++i) {
        const std::vector<BoundFacts> bounds = (world->facts.*list)[i].knowledge.bounds;
        for (size_t b = 0; b < bounds.size(); ++b) {
          if (bounds[b].fact == FactKind::kVendorParent || bounds[b].fact == FactKind::kLicence) continue;
          World wider = *world;
          auto& left = (wider.facts.*list)[i].knowledge.bounds;
          left.erase(left.begin() + static_cast<std::ptrdiff_t>(b));
          wider.knowledge = KnowledgeOf(wider.facts);
          if (!wider.knowledge->contradictions().empty()) continue;
          ExpectNarrower(wider, *world, seed, "bound of " + (world->facts.*list)[i].name);
          ++tried;
        }
      }
    };
    take_back(&GraphChanges::vendors), take_back(&GraphChanges::hosts);
    take_back(&GraphChanges::models), take_back(&GraphChanges::deployments);
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(tried, 300);
}

// What is proven is likely, and what is likely is not excluded.
TEST(KnowledgeProperties, HitsGrowFromProvenToNotExcluded) {
  int grown = 0;
  for (uint32_t seed = 1; seed <= 1000; ++seed) {
    const auto world = MakeWorld(seed, kOpen);
    if (!world.has_value()) continue;
    for (const Cutoff& cutoff : world->scenario.cutoffs) {
      const ResolvedCutoff resolved = *Resolve(world->knowledge->graph(), cutoff);
      for (DeploymentIndex index : world->knowledge->graph().deployments()) {
        const Hit hit = HitOf(*world->knowledge, resolved, index);
        EXPECT_LE(hit.IsIn(Reading::kProven), hit.IsIn(Reading::kLikely)) << seed;
        EXPECT_LE(hit.IsIn(Reading::kLikely), hit.IsIn(Reading::kNotExcluded)) << seed;
        grown += hit.IsIn(Reading::kLikely) && !hit.IsIn(Reading::kProven);
      }
    }
  }
  EXPECT_GT(grown, 100);
}

// Is the value, which a bound lists, still a member of the domain? A rule can have taken it out, such as that
// of what a router calls: who states it then goes against the rule, not inside what was possible.
bool IsStillPossible(const Knowledge& knowledge, FactKind fact, const std::string& deployment,
                     const std::string& value) {
  const Graph& graph = knowledge.graph();
  const Domain& domain = knowledge.Of(fact, graph.deployments().Find(deployment)->value).proven;
  if (fact == FactKind::kHost) return domain.Allows(graph.hosts().Find(value)->value);
  return domain.Allows(graph.vendors().Find(value)->value);
}

// Are all owners of the vendor stated? An absent parent of a member of a domain is read as none, one unknown
// at a time (knowledge.md K2); once the member is stated, the parent is an open fact of its own.
bool OwnersAreStated(const Graph& graph, VendorIndex vendor) {
  while (graph.vendors()[vendor].parent.has_value()) vendor = graph.vendors()[vendor].parent.value();
  return graph.vendors()[vendor].parent.is_none();
}

bool OwnersOfMemberAreStated(const Graph& graph, FactKind fact, const std::string& value) {
  if (fact == FactKind::kOperator) return OwnersAreStated(graph, *graph.vendors().Find(value));
  const Fact<VendorIndex>& provider = graph.hosts()[*graph.hosts().Find(value)].provider;
  return provider.is_none() || (provider.has_value() && OwnersAreStated(graph, provider.value()));
}

// Stating a fact as any one member of a domain that a bound lists leaves every answer inside what it was.
TEST(KnowledgeProperties, EveryMemberOfASmallDomainLiesInside) {
  int tried = 0;
  for (uint32_t seed = 1; seed <= 6000; ++seed) {
    const auto world = MakeWorld(seed, {.unknown_percent = 30, .knowledge_percent = 30});
    if (!world.has_value() || !world->knowledge->contradictions().empty()) continue;
    for (size_t d = 0; d < world->facts.deployments.size(); ++d) {
      for (const BoundFacts& bound : world->facts.deployments[d].knowledge.bounds) {
        if (bound.fact != FactKind::kOperator && bound.fact != FactKind::kHost) continue;
        for (const std::string& value : bound.one_of) {
          if (value == "none") continue;
          const std::string& name = world->facts.deployments[d].name;
          if (!IsStillPossible(*world->knowledge, bound.fact, name, value)) continue;
          if (!OwnersOfMemberAreStated(world->knowledge->graph(), bound.fact, value)) continue;
          World stated = *world;
          DeploymentFacts& deployment = stated.facts.deployments[d];
          (bound.fact == FactKind::kOperator ? deployment.operator_vendor : deployment.host) = value;
          const auto settled = [&](const auto& said) {
            return said.fact == bound.fact ||
                   (bound.fact == FactKind::kHost &&
                    (said.fact == FactKind::kProviderOfHost || said.fact == FactKind::kCountryOfHost));
          };
          std::erase_if(deployment.knowledge.bounds, settled);
          std::erase_if(deployment.knowledge.likely, settled);
          auto graph = Graph::Empty()->Apply(stated.facts);
          if (!graph.ok()) continue;
          stated.knowledge = Knowledge::Create(*graph);
          if (!stated.knowledge->contradictions().empty()) continue;
          ExpectNarrower(*world, stated, seed, name + " is " + value);
          ++tried;
        }
      }
    }
    if (testing::Test::HasFailure()) return;
  }
  EXPECT_GT(tried, 200);
}

}  // namespace
}  // namespace linchpin::engine
