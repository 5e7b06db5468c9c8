#include "services/policy/domain/incremental/incremental_evaluation.h"

#include <cstdlib>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/policy/domain/incremental/drift.h"
#include "services/resource/stable_bytes.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/incremental/random_inventory.h"
#include "tests/unit/policy/domain/incremental/written.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Rules of every kind, subject and handling of the unknown.
constexpr char kRules[] = R"(---
kind: Policy
name: policies/p
parameters: [{id: home, type: JURISDICTION_SET, required: true}]
rules:
- {id: origin, severity: CRITICAL, lineage: {allowed: "${home}"}}
- {id: origin-of-few, select: {where: {tier: {le: 1}}}, onUnknown: VIOLATION, lineage: {facets: [DEVELOPER_PARENT, HOST_PROVIDER_PARENT], allowed: "${home}"}}
- {id: origin-of-dependencies, select: {kind: DEPENDENCY, where: {consumer.tier: {le: 2}}}, lineage: {facets: [ORIGIN_COUNTRY, HOST_COUNTRY], primaryOnly: true, denied: [CN]}}
- {id: origin-of-services, select: {kind: BUSINESS_SERVICE}, lineage: {facets: [DEVELOPER], reach: DISTILLED, excludeSelf: true, allowed: "${home}"}}
- {id: origin-of-models, select: {kind: MODEL, where: {weights: OPEN}}, lineage: {maxDepth: 1, allowed: "${home}"}}
- {id: origin-of-deployments, select: {kind: DEPLOYMENT}, onUnknown: IGNORE, onUnknownReason: test, lineage: {facets: [HOST_COUNTRY, DEVELOPER], denied: [US]}}
- {id: origin-of-retail, severity: LOW, select: {where: {business_unit: retail}}, lineage: {allowed: "${home}"}, message: "{subject}"}
- {id: origin-again, lineage: {allowed: "${home}"}}
- {id: fallback, severity: HIGH, fallback: {testedWithin: 90d}}
- {id: fallback-of-all, select: {kind: DEPENDENCY}, fallback: {differentIn: [OPERATOR_GROUP, HOST_COUNTRY, BASE_MODEL_ROOT]}}
- {id: fallback-of-services, select: {kind: BUSINESS_SERVICE}, onUnknown: VIOLATION, fallback: {differentIn: [DEVELOPER_GROUP], essentialOnly: true}}
- {id: owner, attribute: {must: {owner: {exists: true}}}}
- {id: purpose, select: {kind: DEPENDENCY, where: {consumer.business_unit: retail}}, attribute: {must: {purpose: {exists: true}}}}
- {id: vendor-country, select: {kind: VENDOR}, attribute: {must: {country: {in: [US, FR]}}}}
- {id: model-origin, select: {kind: MODEL}, attribute: {mustNot: {origin_country: CN}}}
- {id: operator, select: {kind: DEPLOYMENT}, attribute: {must: {operator: {exists: true}}}}
- {id: licence, select: {kind: LICENCE}, attribute: {must: {irrevocable: true}}}
- {id: host, select: {kind: HOST, where: {country: {in: [US, CN]}}}, attribute: {must: {provider: {exists: true}}}}
- {id: released, select: {kind: MODEL}, freshness: {field: release_time, maxAge: 100d}, message: "{field} {state}"}
- {id: reviewed, select: {kind: DEPENDENCY}, freshness: {field: reviewed_time, maxAge: 100d}}
- {id: contract-end, select: {kind: CONTRACT}, attribute: {must: {end_time: {exists: true}}}}
- {id: contract-ends, select: {kind: CONTRACT}, freshness: {field: end_time, minAhead: 30d}}
- {id: retiring, severity: HIGH, select: {kind: MODEL}, freshness: {field: retirement_time, minAhead: 30d, inUse: true}}
- {id: tested, select: {kind: DEPENDENCY}, onUnknown: VIOLATION, freshness: {field: alternatives.last_test.time, maxAge: 60d}}
- {id: share, concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4, minPopulation: 1}}
- {id: outside, concentration: {over: {where: {tier: {le: 2}}}, groupBy: ORIGIN_COUNTRY, basis: CRITICALITY, metric: SHARE, home: "${home}", limit: 0.3, minPopulation: 1}}
- {id: parties, select: {kind: DEPENDENCY}, accessPath: {none: {country: CN}, possible: true}}
- {id: parties-of-all, onUnknown: VIOLATION, accessPath: {roles: [CONTRACT, OPERATOR], all: {country: {in: ["${home}"]}}, primaryOnly: true}}
- {id: owners, select: {kind: DEPLOYMENT}, accessPath: {roles: [OWNER], none: {name: vendors/v1}}}
- {id: labelled, select: {kind: BUSINESS_SERVICE}, accessPath: {roles: [INTERMEDIARY, OPERATOR, DEVELOPER, HOST_PROVIDER], none: {labels.team: red}, possible: true}}
- {id: vendor-ends, severity: HIGH, survivability: {shock: {each: VENDOR}, atLeast: 0.7, minPopulation: 1}}
- {id: ban, survivability: {over: {where: {tier: {le: 2}}}, shock: {each: WEIGHTS_COUNTRY, outside: "${home}"}, basis: CRITICALITY, atLeast: 0.8, immediate: true, minPopulation: 1}}
- {id: host-fails, onUnknown: VIOLATION, survivability: {over: {kind: BUSINESS_SERVICE}, shock: {each: HOST}, atLeast: 1, minPopulation: 1}}
- {id: services-stop, survivability: {shock: {named: ["services:CN", "services:JP"]}, atLeast: 0.9}}
- {id: share-again, severity: LOW, concentration: {groupBy: OPERATOR_GROUP, metric: SHARE, limit: 0.4, minPopulation: 1}}
- {id: growth, trend: {groupBy: OPERATOR_GROUP, metric: SHARE, maxGrowth: 0.1, window: 1d, minPopulation: 1}}
- {id: growth-outside, trend: {over: {where: {tier: {le: 2}}}, groupBy: ORIGIN_COUNTRY, basis: CRITICALITY, metric: SHARE, home: "${home}", maxGrowth: 0.05, window: 3d, minPopulation: 1, existingOnly: true}}
- {id: growth-of-largest, onUnknown: VIOLATION, trend: {groupBy: DEVELOPER_GROUP, metric: TOP_K_SHARE, maxGrowth: 0, window: 40d, minPopulation: 1}}
- {id: growth-of-index, severity: HIGH, trend: {over: {where: {business_unit: retail}}, groupBy: HOST_PROVIDER, metric: HHI, maxGrowth: 200, window: 36h, minPopulation: 1}, message: "{metric} {past} {now} {since} {by} {past_revision}"}
- {id: growth-of-services, onUnknown: IGNORE, onUnknownReason: test, trend: {over: {kind: BUSINESS_SERVICE}, groupBy: MODEL, metric: SHARE, maxGrowth: 0.2, window: 3d, minPopulation: 1}}
- {id: hosts, onUnknown: VIOLATION, concentration: {groupBy: HOST_PROVIDER_GROUP, metric: HHI, violatesWhen: GE, limit: 3000}}
---
kind: Assignment
name: assignments/a
policy: policies/p
owner: carol
parameters: {home: [US, DE]}
)";

constexpr char kMore[] = R"(---
kind: Assignment
name: assignments/b
policy: policies/p
parameters: {home: [FR]}
assurance: LIKELY
)";
constexpr char kProven[] = R"(---
kind: Assignment
name: assignments/c
policy: policies/p
parameters: {home: [CN, US]}
assurance: PROVEN
)";
// Asks what the first assignment asks, and of the same subjects.
constexpr char kSame[] = R"(---
kind: Assignment
name: assignments/e
policy: policies/p
owner: dave
parameters: {home: [US, DE]}
)";
constexpr char kBroken[] = R"(---
kind: Assignment
name: assignments/d
policy: policies/gone
)";

// Goes two ways from one random revision to the next: by what changes touch, and by evaluating everything.
class TwoWays {
 public:
  TwoWays(uint64_t seed, int64_t findings_max)
      : inventory_(seed, now_), evaluation_({.findings_max = findings_max}), findings_max_(findings_max) {
    for (int i = 0; i < 60; ++i) inventory_.Change();
    SetPolicies(std::string(kRules) + kMore + kSame);
  }

  void SetPolicies(const std::string& yaml) {
    policies_ = std::make_shared<const PolicySet>(
        PolicySetOf(testing_support::ReadInventory(yaml), ++policy_revision_));
  }
  RandomInventory& inventory() { return inventory_; }
  void Advance(absl::Duration time) {
    now_ += time;
    inventory_.SetNow(now_);
  }

  // Whether it was found out incrementally.
  bool Step() {
    const auto view = inventory_.Next();
    history_.insert_or_assign(now_, view);
    past_ = PastNow();
    const bool part = StepByWhatChanges(view);
    StepWhole(*view);
    Compare();
    return part;
  }

 private:
  // The views that have been, as a store keeps them.
  std::shared_ptr<const PastInventory> PastNow() const {
    PastInventory::Moments moments;
    for (const absl::Time instant : MomentsOf(policies_->active(), now_)) {
      PastMoment& moment = moments[instant];
      const auto after = history_.upper_bound(instant);
      const bool there = after != history_.begin();
      moment.missing = there ? PastMoment::Missing::kNone : PastMoment::Missing::kBeforeHistory;
      if (there) moment.view = std::prev(after)->second;
      if (!there) moment.begins = history_.begin()->first;
    }
    return std::make_shared<const PastInventory>("history", std::move(moments));
  }

  bool StepByWhatChanges(const std::shared_ptr<const replica::View>& view) {
    const EvaluationInput input{view, policies_, now_, policy_revision_, past_};
    LifecycleOptions life;
    life.seen = seen_;
    auto part = evaluation_.Update(input, inventory_.changed(), findings_);
    if (part) {
      LifecycleStep step =
          AdvancePart(findings_, std::move(part->evaluation), part->gone, *policies_, *view, life);
      Refresh(now_, life, step);
      findings_ = std::move(step.findings);
      return true;
    }
    auto all = evaluation_.EvaluateAll(input, findings_);
    EXPECT_THAT(all, IsOk());
    findings_ = policy::Advance(findings_, std::move(all->evaluation), *policies_, before_.get(), *view, life)
                    .findings;
    return false;
  }

  void StepWhole(const replica::View& view) {
    EvaluationOptions options;
    options.now = now_;
    options.policy_revision = policy_revision_;
    options.findings_max = findings_max_;
    options.watch = &expected_;
    options.past = past_;
    auto full = Evaluate(view, policies_->active(), options);
    ASSERT_THAT(full, IsOk());
    const auto knowledge = engine::Knowledge::Create(view.shared_graph());
    const ResourceUse use(view.graph(), *knowledge);
    EXPECT_THAT(DriftFrom({findings_, evaluation_.rules(), evaluation_.gaps(), evaluation_.retirements()},
                          *full, RetirementsInUse(view, use)),
                IsEmpty());
    LifecycleOptions life;
    life.seen = std::exchange(seen_, now_);
    at_ = {full->inventory_revision, full->policy_revision, now_};
    expected_ = policy::Advance(expected_, *std::move(full), *policies_, before_.get(), view, life).findings;
    before_ = policies_;
  }

  // What people are served, byte for byte, with states, times and transitions.
  void Compare() const {
    ASSERT_EQ(findings_.size(), expected_.size());
    auto other = expected_.begin();
    for (const auto& [name, finding] : findings_) {
      const v1::Finding is = FindingOf(*finding, at_, WithTransitions::kYes);
      const v1::Finding should = FindingOf(*other->second, at_, WithTransitions::kYes);
      ASSERT_EQ(resource::StableBytes(is), resource::StableBytes(should))
          << is.DebugString() << "\nshould be\n"
          << should.DebugString();
      ++other;
    }
  }

  absl::Time now_ = absl::FromUnixSeconds(1'770'000'000);
  absl::Time seen_ = absl::InfinitePast();
  RandomInventory inventory_;
  int64_t policy_revision_ = 0;
  std::shared_ptr<const PolicySet> policies_, before_;
  std::map<absl::Time, std::shared_ptr<const replica::View>> history_;  // By when it was written.
  std::shared_ptr<const PastInventory> past_;
  IncrementalEvaluation evaluation_;
  const int64_t findings_max_;
  FindingMap findings_, expected_;
  ComputedAt at_;
};

// More worlds for a night: LINCHPIN_WORLDS=1000.
int Worlds() {
  const char* const worlds = std::getenv("LINCHPIN_WORLDS");
  return worlds == nullptr ? 12 : std::atoi(worlds);
}

TEST(IncrementalEvaluation, SaysWhatEvaluatingEverythingSays) {
  int parts = 0, steps = 0;
  for (int seed = 1; seed <= Worlds(); ++seed) {
    SCOPED_TRACE(seed);
    // Few findings are kept in some worlds, so that rules have more than that.
    TwoWays world(static_cast<uint64_t>(seed), seed % 3 == 0 ? 3 : 10'000);
    RandomInventory& inventory = world.inventory();
    for (int i = 0; i < 60; ++i) {
      SCOPED_TRACE(i);
      const uint64_t changes = inventory.Below(4);
      for (uint64_t k = 0; k < changes; ++k)
        inventory.Chance(50) ? inventory.ChangeDependency() : inventory.Change();
      if (inventory.Chance(40)) world.Advance(absl::Seconds(1 + inventory.Below(200'000)));
      if (inventory.Chance(3)) world.Advance(absl::Hours(24 * 100));
      if (inventory.Chance(4)) {
        const std::string some[] = {kMore, kProven, kBroken, kSame, ""};
        world.SetPolicies(std::string(kRules) + some[inventory.Below(5)]);
      }
      parts += world.Step() ? 1 : 0;
      ++steps;
      if (::testing::Test::HasFailure()) return;
    }
  }
  RecordProperty("incremental_steps", parts);
  EXPECT_GT(parts, steps / 2) << "most steps must be incremental, or this test compares nothing";
}

TEST(IncrementalEvaluation, FollowsDependenciesWithoutEvaluatingEverything) {
  TwoWays world(77, 10'000);
  world.Step();
  for (int i = 0; i < 100; ++i) {
    world.inventory().ChangeDependency();
    EXPECT_TRUE(world.Step()) << i;
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(IncrementalEvaluation, MovesTheClockWithoutEvaluatingEverything) {
  TwoWays world(78, 10'000);
  world.Step();
  for (int i = 0; i < 100; ++i) {
    world.Advance(absl::Hours(7));
    EXPECT_TRUE(world.Step()) << i;
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(IncrementalEvaluation, LeavesAClockThatGoesBackToAllOfIt) {
  TwoWays world(79, 10'000);
  world.Step();
  world.Advance(-absl::Hours(1));
  EXPECT_FALSE(world.Step());
}

// --- What a change touches.

constexpr char kChain[] = R"(---
kind: Vendor
name: vendors/v
country: US
knownNone: [parent]
---
kind: Host
name: hosts/h
country: US
provider: vendors/v
---
kind: Model
name: models/m
developer: vendors/v
weights: PROPRIETARY
requiresActivation: false
knownNone: [derivations, licence]
---
kind: Model
name: models/other
developer: vendors/v
weights: PROPRIETARY
requiresActivation: false
knownNone: [derivations, licence]
---
kind: Deployment
name: deployments/d
model: models/m
operator: vendors/v
host: hosts/h
hostingMode: VENDOR_API
passThrough: NO
outlivesDeveloper: NO
custody: HELD
knownNone: [intermediaries]
---
kind: Application
name: applications/low
---
kind: Dependency
name: applications/low/dependencies/d
alternatives: [{target: deployments/d}]
---
kind: Application
name: applications/high
---
kind: Dependency
name: applications/high/dependencies/low
alternatives: [{target: applications/low}]
---
kind: Application
name: applications/apart
)";

std::set<std::string> Touched(const std::vector<std::string>& changed) {
  const auto text = testing_support::ReadInventory(kChain);
  const auto knowledge = engine::Knowledge::Create(text.view->shared_graph());
  const auto reach = ReachOf(changed, {*text.view, *knowledge}, {*text.view, *knowledge}, false);
  EXPECT_TRUE(reach.has_value());
  std::set<std::string> names;
  if (!reach) return names;
  for (const auto& [kind, of_kind] : reach->subjects) names.insert(of_kind.begin(), of_kind.end());
  return names;
}

TEST(ReachOf, OfAModelGoesUpToAllWhoStandOnIt) {
  EXPECT_THAT(
      Touched({"models/m"}),
      UnorderedElementsAre("models/m", "deployments/d", "applications/low", "applications/low/dependencies/d",
                           "applications/high", "applications/high/dependencies/low"));
}

TEST(ReachOf, OfAModelThatNobodyUsesEndsThere) {
  EXPECT_THAT(Touched({"models/other"}), UnorderedElementsAre("models/other"));
}

TEST(ReachOf, OfAConsumerIsItAndItsDependencies) {
  EXPECT_THAT(Touched({"applications/low"}),
              UnorderedElementsAre("applications/low", "applications/low/dependencies/d"));
  EXPECT_THAT(Touched({"applications/apart"}), UnorderedElementsAre("applications/apart"));
}

TEST(ReachOf, OfADependencyWhoseAlternativesStayIsItAndItsConsumer) {
  EXPECT_THAT(Touched({"applications/low/dependencies/d"}),
              UnorderedElementsAre("applications/low", "applications/low/dependencies/d"));
}

TEST(ReachOf, GivesUpBeyondItsLimit) {
  const auto text = testing_support::ReadInventory(kChain);
  const auto knowledge = engine::Knowledge::Create(text.view->shared_graph());
  const ReachSide side{*text.view, *knowledge};
  EXPECT_TRUE(ReachOf({"models/m"}, side, side, false, {6}).has_value());
  EXPECT_FALSE(ReachOf({"models/m"}, side, side, false, {5}).has_value());
}

// --- What stays.

constexpr char kDescribed[] = R"(---
kind: Policy
name: policies/p
rules:
- {id: unit, onUnknown: VIOLATION, attribute: {must: {business_unit: {exists: true}}}}
---
kind: Assignment
name: assignments/a
policy: policies/p
)";

TEST(IncrementalEvaluation, FindsAgainOnlyWhatSaysSomethingElseOrHasAnotherOwner) {
  const auto policies =
      std::make_shared<const PolicySet>(PolicySetOf(testing_support::ReadInventory(kDescribed)));
  const auto first = testing_support::ReadInventory(kChain).view;
  IncrementalEvaluation evaluation({});
  const absl::Time now = absl::FromUnixSeconds(1'770'000'000);
  const auto all = evaluation.EvaluateAll({first, policies, now, 1}, {});
  ASSERT_THAT(all, IsOk());
  EXPECT_EQ(all->evaluation.findings.size(), 3u);
  inventory::v1::Dependency dependency;
  dependency.set_name("applications/low/dependencies/d");
  dependency.add_alternatives()->set_target("deployments/d");
  dependency.set_purpose(inventory::v1::Dependency::PURPOSE_CHAT);
  const auto second = Written(*first, dependency);
  auto part = evaluation.Update({second, policies, now, 1}, {dependency.name()}, {});
  ASSERT_TRUE(part.has_value());
  EXPECT_THAT(part->evaluation.findings, IsEmpty());
  EXPECT_THAT(part->gone, IsEmpty());
  inventory::v1::Application low;
  low.set_name("applications/low");
  low.set_owner("ann");
  part = evaluation.Update({Written(*second, low), policies, now, 1}, {low.name()}, {});
  ASSERT_TRUE(part.has_value());
  ASSERT_EQ(part->evaluation.findings.size(), 1u);
  EXPECT_EQ(part->evaluation.findings[0].owner(), "ann");
}

}  // namespace
}  // namespace linchpin::policy
