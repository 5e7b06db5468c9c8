// The sweep by machine words, against one static evaluation for each atom.
#include "services/engine/simulation/word_sweep.h"

#include <algorithm>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/engine/cutoff/atoms.h"
#include "tests/support/graph_maker.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;

// What one atom does, by EvaluateStatic.
AtomImpact Expected(const EvaluationPlan& plan, const Atom& atom, Reading reading,
                    const SweepOptions& options) {
  const auto outcome = EvaluateStatic(plan, {CutoffOf(plan.graph(), atom)}, reading, options.readiness);
  EXPECT_THAT(outcome, IsOk());
  AtomImpact impact{.impact_index_ppm = outcome->impact_index_ppm};
  for (const StaticOutcome::Lowered& lowered : outcome->lowered) {
    ++impact.impacted;
    if (lowered.base <= options.threshold_ppm || lowered.level > options.threshold_ppm) continue;
    ++impact.failed;
    impact.failures.push_back(lowered.consumer);
  }
  std::sort(impact.failures.begin(), impact.failures.end());
  if (!options.list_failed) impact.failures.clear();
  return impact;
}

struct Tried {
  size_t by_words = 0;
  size_t left = 0;
};

// Each atom of a class is asked for `copies` times in one pass, so that all widths of words come up.
Tried ExpectEqual(const EvaluationPlan& plan, AtomClass atom_class, Reading reading, SweepOptions options,
                  size_t copies) {
  const AtomIndex atoms(plan.knowledge(), atom_class);
  std::set<ConsumerIndex> failed, expected_failed;
  options.failed = [&](Reading, ConsumerIndex consumer) { failed.insert(consumer); };
  std::vector<const AtomIndex::Entry*> entries;
  std::vector<std::vector<DeploymentIndex>> hits;
  for (size_t i = 0; i < copies; ++i) {
    for (const AtomIndex::Entry& entry : atoms.entries()) {
      if (hits.size() == WordSweep::kAtomsMax) break;
      entries.push_back(&entry);
      hits.push_back(atoms.HitsOf(entry, reading));
    }
  }
  WordSweep sweep(plan, **plan.Words(reading, options.readiness), reading,
                  **plan.Baseline(reading, options.readiness), options);
  const auto impacts = sweep.Lose(hits);
  EXPECT_THAT(impacts, IsOk());
  Tried tried;
  for (size_t i = 0; i < hits.size(); ++i) {
    if (!(*impacts)[i].has_value()) {
      ++tried.left;
      continue;
    }
    ++tried.by_words;
    SweepOptions listing = options;
    listing.list_failed = true;
    AtomImpact expected = Expected(plan, entries[i]->atom, reading, listing);
    expected_failed.insert(expected.failures.begin(), expected.failures.end());
    if (!options.list_failed) expected.failures.clear();
    EXPECT_EQ(*(*impacts)[i], expected) << entries[i]->key;
  }
  EXPECT_EQ(failed, expected_failed);
  return tried;
}

Tried TryWorlds(uint32_t seeds, const RandomWorldOptions& options) {
  Tried all;
  for (uint32_t seed = 0; seed < seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomWorld world(seed, options);
    const auto plan = *EvaluationPlan::Create(*Graph::Empty()->Apply(world.Facts()));
    SweepOptions sweep{.readiness = world.Pick(2) == 0 ? Readiness::kImmediate : Readiness::kSustained,
                       .threshold_ppm = world.Pick(2) == 0 ? 0 : 100'000 * world.Pick(10),
                       .list_failed = world.Pick(2) == 0};
    const size_t copies[] = {1, 20, 40, 100};
    const Tried one = ExpectEqual(*plan, kAtomClasses[world.Pick(6)], kReadings[world.Pick(3)], sweep,
                                  copies[world.Pick(10) == 0 ? world.Pick(4) : 0]);
    all.by_words += one.by_words;
    all.left += one.left;
  }
  return all;
}

TEST(WordSweep, EqualsStaticEvaluationsWhereNothingBinds) {
  const Tried tried = TryWorlds(1500, {.pool_percent = 0, .full_baseline = true});
  EXPECT_GT(tried.by_words, 5000u);
}

TEST(WordSweep, EqualsStaticEvaluationsWithSharesAndQualities) {
  const Tried tried = TryWorlds(1500, {.unknown_percent = 10, .unknown_switches = true, .pool_percent = 0});
  EXPECT_GT(tried.by_words, tried.left);
}

TEST(WordSweep, EqualsStaticEvaluationsBesidePools) {
  const Tried tried = TryWorlds(1500, {.pool_percent = 30});
  EXPECT_GT(tried.by_words, 0u);
  EXPECT_GT(tried.left, 0u) << "some atoms reach a pool that can run short";
}

// A chain of 200 applications, each with a vendor of its own, and the next: vendor i takes those behind it.
TEST(WordSweep, CountsPastEveryWordBoundary) {
  GraphMaker world;
  const auto name = [](const char* kind, int i) { return kind + std::to_string(1000 + i); };
  for (int i = 0; i < 200; ++i) {
    world.Api(name("d", i), name("v", i));
    auto app = world.App(name("app", i)).Weight(1 + i % 3);
    app.Needs({name("d", i)});
    if (i > 0) app.Needs({name("app", i - 1)});
  }
  const auto plan = *EvaluationPlan::Create(world.Build());
  const AtomIndex vendors(plan->knowledge(), AtomClass::kVendor);
  const auto outcomes = *Sweep(*plan, vendors);
  ASSERT_EQ(outcomes.size(), 200u);
  for (const AtomOutcome& outcome : outcomes) {
    const int i = std::stoi(outcome.key.substr(outcome.key.size() - 3));
    EXPECT_EQ(outcome.impact.proven.impacted, 200u - static_cast<uint32_t>(i)) << outcome.key;
    EXPECT_EQ(outcome.impact.proven.failed, 200u - static_cast<uint32_t>(i)) << outcome.key;
  }
}

// A cycle that falls through one of its members, and one consumer more kinds alike than are counted together.
TEST(WordSweep, FollowsACycleAndAddsWhatIsNotAlike) {
  GraphMaker world;
  for (int i = 0; i < 100; ++i) {
    world.Api("d" + std::to_string(i), "v" + std::to_string(i));
    auto app = world.App("a" + std::to_string(i)).Weight(1000 + i);
    app.Needs({"d" + std::to_string(i), "d" + std::to_string((i + 1) % 100)});
    app.Needs({"a" + std::to_string((i + 1) % 100), "d7"});
  }
  world.AddGroup("a50", {"d3"});
  const auto plan = *EvaluationPlan::Create(world.Build());
  for (Reading reading : kReadings) {
    const Tried tried = ExpectEqual(*plan, AtomClass::kVendor, reading, {.list_failed = true}, 2);
    EXPECT_EQ(tried.left, 0u);
    ExpectEqual(*plan, AtomClass::kVendor, reading, {}, 1);
  }
}

TEST(WordSweep, KeepsToItsLimits) {
  GraphMaker world;
  for (int i = 0; i < 10; ++i) {
    world.Api("d" + std::to_string(i), "v" + std::to_string(i));
    world.App("a" + std::to_string(i)).Needs({"d" + std::to_string(i)});
  }
  const auto plan = *EvaluationPlan::Create(world.Build());
  const AtomIndex vendors(plan->knowledge(), AtomClass::kVendor);
  ASSERT_THAT(Sweep(*plan, vendors), IsOk());
  SweepOptions few;
  few.limits.evaluations_max = 5;
  EXPECT_THAT(Sweep(*plan, vendors, few), StatusIs(absl::StatusCode::kResourceExhausted));
  SweepOptions gone;
  gone.limits.cancelled = [] { return true; };
  EXPECT_THAT(Sweep(*plan, vendors, gone), StatusIs(absl::StatusCode::kCancelled));
}

}  // namespace
}  // namespace linchpin::engine
