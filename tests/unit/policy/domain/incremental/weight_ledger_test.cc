#include "services/policy/domain/incremental/weight_ledger.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "services/policy/domain/rules/population_rules.h"
#include "tests/support/inventory_text.h"
#include "tests/support/status_matchers.h"
#include "tests/unit/policy/domain/incremental/written.h"
#include "tests/unit/policy/domain/policy_text.h"

namespace linchpin::policy {
namespace {

constexpr char kInventory[] = R"(---
kind: Deployment
name: deployments/alpha
---
kind: Deployment
name: deployments/beta
---
kind: Application
name: applications/claims
tier: 1
---
kind: Dependency
name: applications/claims/dependencies/chat
alternatives: [{target: deployments/alpha}]
---
kind: Application
name: applications/portal
tier: 3
---
kind: Dependency
name: applications/portal/dependencies/chat
alternatives: [{target: deployments/alpha}]
)";

constexpr char kPolicies[] = R"(---
kind: Policy
name: policies/p
rules:
- {id: all, concentration: {groupBy: OPERATOR, metric: SHARE, limit: 0.4, minPopulation: 1}}
- {id: again, concentration: {groupBy: HOST_PROVIDER, metric: HHI, limit: 2000, minPopulation: 1}}
- {id: grave, concentration: {over: {where: {tier: {le: 2}}}, groupBy: OPERATOR, metric: SHARE, limit: 0.4, minPopulation: 1}}
---
kind: Assignment
name: assignments/a
policy: policies/p
)";

// One revision of the inventory.
struct Revision {
  explicit Revision(std::shared_ptr<const replica::View> of)
      : view(std::move(of)), knowledge(engine::Knowledge::Create(view->shared_graph())) {}

  const std::shared_ptr<const replica::View> view;
  const std::shared_ptr<const engine::Knowledge> knowledge;
  const World world{*view, *knowledge, absl::UnixEpoch()};
};

class WeightLedgerTest : public testing::Test {
 protected:
  const BoundRule& Rule(size_t place) const { return policies_.active()[0].bound->rules[place]; }

  void Keep(const Revision& revision) {
    Selections selections(revision.world);
    for (size_t i = 0; i < 3; ++i) selections.Add(SelectorOf(Rule(i)));
    selections.Run();
    PopulationRules populations(revision.world, selections, nullptr);
    for (size_t i = 0; i < 3; ++i) ledger_.Keep(Rule(i), populations.Weigh(Rule(i)));
  }

  void Advance(const Revision& was, const Revision& now, const SubjectNames& moved) {
    Selections before(was.world, &moved), after(now.world, &moved);
    for (size_t i = 0; i < 3; ++i) {
      before.Add(SelectorOf(Rule(i)));
      after.Add(SelectorOf(Rule(i)));
    }
    before.Run();
    after.Run();
    ledger_.Advance(was.world, now.world, moved, before, after);
  }

  const PolicySet policies_ = PolicySetOf(testing_support::ReadInventory(kPolicies));
  const Revision first_{testing_support::ReadInventory(kInventory).view};
  const SubjectNames portal_{{v1::SUBJECT_KIND_APPLICATION, {"applications/portal"}}};
  WeightLedger ledger_;
};

TEST_F(WeightLedgerTest, FollowsADependency) {
  Keep(first_);
  inventory::v1::Dependency dependency;
  dependency.set_name("applications/portal/dependencies/chat");
  dependency.add_alternatives()->set_target("deployments/beta");
  Advance(first_, Revision(Written(*first_.view, dependency)), portal_);
  ASSERT_TRUE(ledger_.Keeps(Rule(0)));
  EXPECT_EQ(ledger_.Find(Rule(0))->by_deployment, (std::vector<uint64_t>{1'000'000, 1'000'000}));
  // The same population: kept once, and found by either rule.
  EXPECT_EQ(ledger_.Find(Rule(0)), ledger_.Find(Rule(1)));
}

TEST_F(WeightLedgerTest, FollowsWhoIsCounted) {
  Keep(first_);
  EXPECT_EQ(ledger_.Find(Rule(2))->total, 1'000'000u);
  inventory::v1::Application portal;
  portal.set_name("applications/portal");
  portal.set_tier(2);
  const Revision second(Written(*first_.view, portal));
  Advance(first_, second, portal_);
  ASSERT_TRUE(ledger_.Keeps(Rule(2)));
  EXPECT_EQ(ledger_.Find(Rule(2))->total, 2'000'000u);
  EXPECT_EQ(ledger_.Find(Rule(2))->population, 2);
  // Of an application without a tier it is not known.
  portal.clear_tier();
  Advance(second, Revision(Written(*second.view, portal)), portal_);
  EXPECT_FALSE(ledger_.Keeps(Rule(2)));
  EXPECT_TRUE(ledger_.Keeps(Rule(0)));
}

TEST_F(WeightLedgerTest, DropsAllWhereMoreThanConsumersDiffer) {
  Keep(first_);
  inventory::v1::Deployment alpha;
  alpha.set_name("deployments/alpha");
  alpha.set_capacity_units(1);
  Advance(first_, Revision(Written(*first_.view, alpha)), {});
  EXPECT_FALSE(ledger_.Keeps(Rule(0)));
}

}  // namespace
}  // namespace linchpin::policy
