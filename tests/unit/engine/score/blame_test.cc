#include "services/engine/score/blame.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/score/claims.h"

namespace linchpin::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<BlamedGroup> Blame(const std::shared_ptr<const Graph>& graph, AtomClass atom_class,
                               const std::string& key, const std::string& consumer = "applications/claims",
                               Reading reading = Reading::kProven) {
  auto plan = EvaluationPlan::Create(graph);
  const AtomIndex index((*plan)->knowledge(), atom_class);
  BlameFinder finder(**plan, {});
  for (const AtomIndex::Entry& entry : index.entries()) {
    if (entry.key != key) continue;
    auto blamed = finder.Find(reading, ConsumerOf(*graph, consumer), index, entry,
                              ExampleHazards().Of(atom_class, entry.key));
    EXPECT_THAT(blamed, IsOk());
    return *std::move(blamed);
  }
  ADD_FAILURE() << key;
  return {};
}

Gap GapOf(const Supply& supply, AtomClass atom_class, const std::string& key,
          Reading reading = Reading::kProven) {
  const auto blamed = Blame(supply.Build(), atom_class, key, "applications/claims", reading);
  EXPECT_EQ(blamed.size(), 1u);
  return blamed.empty() ? Gap::kNone : blamed[0].gap;
}

TEST(Blame, NamesAMissingFallback) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives.pop_back();
  EXPECT_EQ(GapOf(supply, AtomClass::kVendor, "vendor:alpha"), Gap::kNoFallback);
}

TEST(Blame, NamesASlowSwitch) {
  const auto blamed = Blame(Claims().Build(), AtomClass::kVendor, "vendor:alpha");
  ASSERT_EQ(blamed.size(), 1u);
  EXPECT_EQ(blamed[0].gap, Gap::kSlowSwitch);
  EXPECT_EQ(blamed[0].share, 1);
  EXPECT_THAT(blamed[0].alternatives, ElementsAre(Gap::kSharedFate, Gap::kSlowSwitch));
}

TEST(Blame, NamesASharedFate) {
  EXPECT_EQ(GapOf(Claims(), AtomClass::kServices, "services:US"), Gap::kSharedFate);
}

TEST(Blame, NamesAFallbackThatCarriesTooLittle) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives[1].switch_seconds = 0;
  supply.changes.groups[0].alternatives[1].share_ppm = 500'000;  // Tier 1 needs 800,000.
  EXPECT_EQ(GapOf(supply, AtomClass::kVendor, "vendor:alpha"), Gap::kTooSmall);
}

TEST(Blame, NamesAnUnknownSwitchInWorst) {
  Supply supply = Claims();
  supply.changes.groups[0].alternatives[1].switch_seconds.reset();
  EXPECT_THAT(Blame(supply.Build(), AtomClass::kVendor, "vendor:alpha"), IsEmpty());
  EXPECT_EQ(GapOf(supply, AtomClass::kVendor, "vendor:alpha", Reading::kNotExcluded), Gap::kUnknownSwitch);
}

TEST(Blame, IsSharedByDependenciesThatFailTogether) {
  Supply supply = Claims();
  supply.Needs("applications/claims", "embed", {"deployments/alpha"});
  const auto blamed = Blame(supply.Build(), AtomClass::kVendor, "vendor:alpha");
  // Both for 6 h, then `embed` alone for the rest of the year.
  ASSERT_EQ(blamed.size(), 2u);
  const double year = static_cast<double>(kYearSeconds), both = 6.0 * kHour;
  EXPECT_NEAR(blamed[0].share, both / 2 / year, 1e-12);
  EXPECT_NEAR(blamed[1].share, (year - both / 2) / year, 1e-12);
  EXPECT_EQ(blamed[1].gap, Gap::kNoFallback);
}

TEST(Blame, LeadsThroughConsumersToTheDeploymentThatIsLost) {
  Supply supply = Claims();
  supply.Application("portal", 1);
  supply.Needs("applications/portal", "backend", {"applications/claims"});
  const auto graph = supply.Build();
  const auto blamed = Blame(graph, AtomClass::kVendor, "vendor:alpha", "applications/portal");
  ASSERT_EQ(blamed.size(), 1u);
  std::vector<std::string> path;
  for (Target target : blamed[0].path) path.emplace_back(graph->NameOf(target));
  EXPECT_THAT(path, ElementsAre("applications/portal", "applications/claims", "deployments/alpha"));
  EXPECT_EQ(blamed[0].gap, Gap::kNoFallback);
}

}  // namespace
}  // namespace linchpin::engine
