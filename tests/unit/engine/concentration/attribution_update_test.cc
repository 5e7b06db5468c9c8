#include "services/engine/concentration/attribution_update.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/engine/random_world.h"
#include "tests/unit/engine/supply.h"

namespace linchpin::engine {
namespace {

constexpr Basis kBases[] = {Basis::kApplications, Basis::kCriticality, Basis::kRequests, Basis::kTokens,
                            Basis::kSpend};

// Some consumers, by slot.
Members Some(RandomWorld& random) {
  auto counted = std::make_shared<std::vector<bool>>();
  for (int i = 0; i < 100; ++i) counted->push_back(random.Pick(3) > 0);
  return [counted](ConsumerIndex consumer) { return (*counted)[consumer.value]; };
}

absl::StatusOr<Attribution> Anew(const std::shared_ptr<const Graph>& graph, Basis basis, Members members) {
  Population population;
  population.consumer = std::move(members);
  return Attributor(graph).Attribute(basis, population);
}

std::vector<ConsumerIndex> AllOf(const Graph& a, const Graph& b) {
  std::vector<ConsumerIndex> all;
  for (uint32_t slot = 0; slot < std::max(a.consumers().slots(), b.consumers().slots()); ++slot)
    all.push_back({slot});
  return all;
}

void ExpectSame(const Attribution& updated, const Attribution& anew) {
  EXPECT_EQ(updated.by_deployment, anew.by_deployment);
  EXPECT_EQ(updated.total, anew.total);
  EXPECT_EQ(updated.population, anew.population);
  EXPECT_EQ(updated.unattributed, anew.unattributed);
  EXPECT_EQ(updated.unmeasured, anew.unmeasured);
  EXPECT_EQ(updated.cyclic, anew.cyclic);
}

// Chains of changes, so that what passes through consumers is kept as well as what rests.
TEST(AttributionUpdateProperty, GivesNumberByNumberWhatAttributingAnewGives) {
  int updated = 0;
  for (uint32_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE(seed);
    RandomWorld random(seed, {.unknown_percent = 10, .unknown_switches = true, .usage_percent = 50});
    const GraphChanges facts = random.Facts();
    auto graph = *Graph::Empty()->Apply(facts);
    const Basis basis = kBases[static_cast<size_t>(random.Pick(5))];
    Members members = Some(random);
    auto first = Anew(graph, basis, members);
    ASSERT_THAT(first, IsOk());
    KeptAttribution kept(*std::move(first));
    for (int step = 0; step < 4; ++step) {
      GraphChanges change = random.Change(facts);
      auto next = graph->Apply(change);
      if (!next.ok()) continue;  // Somebody depends on the consumer that was to go.
      const bool recount = random.Pick(2) == 0;
      const Members after = recount ? Some(random) : members;
      auto update =
          AttributionUpdate::Create(graph, *next, *Knowledge::Create(graph),
                                    recount ? AllOf(*graph, **next) : std::vector<ConsumerIndex>(), 1000);
      ASSERT_THAT(update, IsOk());
      ASSERT_NE(*update, nullptr);
      ASSERT_THAT((*update)->Apply(members, after, kept), IsOk());
      graph = *next;
      members = after;
      ExpectSame(kept.attribution(), *Anew(graph, basis, members));
      ++updated;
    }
  }
  EXPECT_GT(updated, 800);
}

class AttributionUpdateTest : public testing::Test {
 protected:
  AttributionUpdateTest() {
    supply_.Deployment("alpha");
    supply_.Deployment("beta");
    for (const char* id : {"portal", "claims", "rival"}) supply_.Application(id);
    supply_.Needs("applications/portal", "backend", {"applications/claims"});
    supply_.Needs("applications/claims", "chat", {"deployments/alpha", "deployments/beta"});
    supply_.Needs("applications/rival", "chat", {"deployments/alpha"});
  }

  Supply supply_;
  const Members all_ = [](ConsumerIndex) { return true; };
};

TEST_F(AttributionUpdateTest, WhatPassesThroughAChangedConsumerMovesWithIt) {
  const auto before = supply_.Build();
  GraphChanges change;
  change.groups.push_back(supply_.changes.groups[1]);
  change.groups[0].alternatives.erase(change.groups[0].alternatives.begin());
  const auto after = *before->Apply(change);
  KeptAttribution kept(*Anew(before, Basis::kApplications, all_));
  auto update = AttributionUpdate::Create(before, after, *Knowledge::Create(before), {}, 10);
  ASSERT_THAT(update, IsOk());
  ASSERT_THAT((*update)->Apply(all_, all_, kept), IsOk());
  EXPECT_EQ(kept.attribution().by_deployment, (std::vector<uint64_t>{1'000'000, 2'000'000}));
}

TEST_F(AttributionUpdateTest, LeavesToOthersWhatIsNotAChangeOfFewConsumers) {
  const auto before = supply_.Build();
  const auto knowledge = Knowledge::Create(before);
  GraphChanges vendor;
  vendor.vendors.push_back({"vendors/new", Country::Parse("US"), Fact<std::string>::None()});
  EXPECT_EQ(*AttributionUpdate::Create(before, *before->Apply(vendor), *knowledge, {}, 10), nullptr);
  GraphChanges change;
  change.groups.push_back(supply_.changes.groups[1]);
  change.groups[0].alternatives.pop_back();
  const auto after = *before->Apply(change);
  // Claims, and portal that depends on it.
  EXPECT_NE(*AttributionUpdate::Create(before, after, *knowledge, {}, 2), nullptr);
  EXPECT_EQ(*AttributionUpdate::Create(before, after, *knowledge, {}, 1), nullptr);
}

TEST_F(AttributionUpdateTest, AFigureThatBecomesTooLargeIsAnErrorAsAnew) {
  supply_.changes.groups[2].usage = {.requests = 5, .window_seconds = 30 * 86'400};
  const auto before = supply_.Build();
  GraphChanges change;
  change.groups.push_back(supply_.changes.groups[2]);
  change.groups[0].usage.requests = int64_t{1} << 57;
  const auto after = *before->Apply(change);
  KeptAttribution kept(*Anew(before, Basis::kRequests, all_));
  auto update = AttributionUpdate::Create(before, after, *Knowledge::Create(before), {}, 10);
  EXPECT_EQ((*update)->Apply(all_, all_, kept), Anew(after, Basis::kRequests, all_).status());
  EXPECT_FALSE(Anew(after, Basis::kRequests, all_).ok());
}

// Use decides how the weight of a consumer is split, too.
TEST_F(AttributionUpdateTest, ARecordThatBecomesTooLargeIsAnErrorOnEveryBasis) {
  const auto before = supply_.Build();
  GraphChanges change;
  change.groups.push_back(supply_.changes.groups[1]);
  change.groups[0].alternatives[0].usage = {.requests = INT64_MAX, .window_seconds = 1};
  const auto after = *before->Apply(change);
  for (Basis basis : kBases) {
    KeptAttribution kept(*Anew(before, basis, all_));
    auto update = AttributionUpdate::Create(before, after, *Knowledge::Create(before), {}, 10);
    const absl::StatusOr<Attribution> anew = Anew(after, basis, all_);
    EXPECT_EQ((*update)->Apply(all_, all_, kept), anew.status()) << static_cast<int>(basis);
    EXPECT_EQ(anew.ok(), basis == Basis::kTokens || basis == Basis::kSpend) << static_cast<int>(basis);
  }
}

}  // namespace
}  // namespace linchpin::engine
