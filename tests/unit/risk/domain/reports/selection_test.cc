#include "services/risk/domain/reports/selection.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "services/base/error.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
namespace inventory = ::linchpin::inventory::v1;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// `pay` (critical) rests on `ledger`, which rests on `engine`; `web` (not critical) on `shop`; `lab` says
// nothing of itself and rests on `trial`, and `alone` is needed by nobody.
Documents Services() {
  Documents documents;
  documents.Add<inventory::Deployment>("name: 'deployments/d'")
      .Add<inventory::Application>(
          "name: 'applications/engine' tier: 1 owner: 'core' business_unit: 'bank' labels { key: 'team' "
          "value: 'a' }")
      .Add<inventory::Application>(
          "name: 'applications/ledger' tier: 1 owner: 'core' labels { key: 'team' value: 'b' }")
      .Add<inventory::Application>("name: 'applications/shop' tier: 2 owner: 'web' business_unit: 'retail'")
      .Add<inventory::Application>("name: 'applications/trial' known_none: 'owner'")
      .Add<inventory::Application>("name: 'applications/alone' tier: 4")
      .Add<inventory::BusinessService>("name: 'businessServices/pay' tier: 1 critical_function: true")
      .Add<inventory::BusinessService>("name: 'businessServices/web' tier: 2 critical_function: false")
      .Add<inventory::BusinessService>("name: 'businessServices/lab'");
  const auto needs = [&documents](const std::string& from, const std::string& to) {
    documents.Add<inventory::Dependency>("name: '" + from + "/dependencies/x' alternatives { target: '" + to +
                                         "' }");
  };
  needs("applications/engine", "deployments/d");
  needs("applications/ledger", "applications/engine");
  needs("applications/shop", "deployments/d");
  needs("applications/trial", "deployments/d");
  needs("businessServices/pay", "applications/ledger");
  needs("businessServices/web", "applications/shop");
  needs("businessServices/lab", "applications/trial");
  return documents;
}

class SelectionTest : public ::testing::Test {
 protected:
  // The ids selected.
  std::set<std::string> Ids(const std::string& selector) {
    const auto selection = Select(*view_, FromText<v1::ConsumerSelector>(selector));
    EXPECT_TRUE(selection.ok()) << selection.status();
    std::set<std::string> ids;
    if (!selection.ok()) return ids;
    described_ = (*selection)->described;
    for (const engine::ConsumerIndex consumer : view_->graph().consumers()) {
      if ((*selection)->selected[consumer.value])
        ids.emplace(resource::IdOf(view_->graph().consumers().NameOf(consumer)));
    }
    return ids;
  }
  absl::Status Refusal(const std::string& selector) {
    return Select(*view_, FromText<v1::ConsumerSelector>(selector)).status();
  }

  std::shared_ptr<const replica::View> view_ = ViewOf(Services(), 5);
  v1::ConsumerSelection described_;
};

TEST_F(SelectionTest, TakesAnyValueOfAFieldAndAllFields) {
  EXPECT_THAT(Ids("tiers: [1, 2]"), UnorderedElementsAre("engine", "ledger", "pay", "shop", "web"));
  EXPECT_THAT(Ids("tiers: 1 owners: ['core', 'web']"), UnorderedElementsAre("engine", "ledger"));
  EXPECT_THAT(Ids("business_units: 'retail'"), UnorderedElementsAre("shop"));
  EXPECT_THAT(Ids("labels { key: 'team' value: 'b' }"), UnorderedElementsAre("ledger"));
}

TEST_F(SelectionTest, SaysWhomItSelects) {
  Ids("tiers: 1");
  EXPECT_EQ(described_.application_count(), 2);
  EXPECT_EQ(described_.business_service_count(), 1);
  EXPECT_EQ(described_.description(), "tier 1");
  Ids("tiers: [1, 0] owners: 'core' critical_function: true labels { key: 'team' value: 'a' }");
  EXPECT_EQ(described_.description(), "tier 1 or not stated, owner core, critical function, label team=a");
}

TEST_F(SelectionTest, LeavesOpenWhatAnAbsentFieldLeavesOpen) {
  EXPECT_THAT(Ids("tiers: 4"), UnorderedElementsAre("alone"));
  EXPECT_EQ(described_.undecided_count(), 2);
  EXPECT_THAT(described_.undecided_consumers(), ElementsAre("applications/trial", "businessServices/lab"));
  // That it has no owner is known of `trial`.
  Ids("owners: 'web'");
  EXPECT_THAT(described_.undecided_consumers(), ElementsAre("applications/alone", "businessServices/lab",
                                                            "businessServices/pay", "businessServices/web"));
  EXPECT_THAT(Ids("tiers: 0"), UnorderedElementsAre("trial", "lab"));
  EXPECT_EQ(described_.undecided_count(), 0);
  // What one field rules out is not open, whatever the others are.
  Ids("tiers: 1 owners: 'core'");
  EXPECT_THAT(described_.undecided_consumers(), ElementsAre("businessServices/lab", "businessServices/pay"));
}

TEST_F(SelectionTest, FollowsCriticalFunctionsDownToWhatTheyRestOn) {
  EXPECT_THAT(Ids("critical_function: true"), UnorderedElementsAre("pay", "ledger", "engine"));
  EXPECT_THAT(described_.undecided_consumers(), ElementsAre("applications/trial", "businessServices/lab"));
  EXPECT_THAT(Ids("critical_function: false"), UnorderedElementsAre("web", "shop", "alone"));
  EXPECT_THAT(described_.undecided_consumers(), ElementsAre("applications/trial", "businessServices/lab"));
}

TEST_F(SelectionTest, EndsAroundACycle) {
  Documents documents = Services();
  documents.Add<inventory::Dependency>(
      "name: 'applications/engine/dependencies/y' alternatives { target: 'applications/ledger' }");
  view_ = ViewOf(documents, 6);
  EXPECT_THAT(Ids("critical_function: true"), UnorderedElementsAre("pay", "ledger", "engine"));
}

TEST_F(SelectionTest, IsRefusedWhereNobodyIsSelected) {
  const absl::Status status = Refusal("tiers: 3 owners: 'nobody'");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(base::ReasonOf(status), "NOTHING_SELECTED");
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("no application or business service has tier 3, owner nobody; of 1 an absent field leaves it "
                "open; tiers stated: 1, 2, 4; owners stated: core, web"));
}

TEST_F(SelectionTest, RefusesEmptyValues) {
  for (const char* selector : {"owners: ''", "business_units: ''", "labels { key: '' value: 'x' }"})
    EXPECT_EQ(base::ReasonOf(Refusal(selector)), "FIELD_INVALID") << selector;
}

TEST_F(SelectionTest, SelectsRoutesWhereTheyStandIn) {
  Documents documents;
  documents.Add<inventory::Deployment>("name: 'deployments/d'")
      .Add<inventory::Route>(
          "name: 'routes/a' labels { key: 'team' value: 'a' } alternatives { target: 'deployments/d' }")
      .Add<inventory::Route>("name: 'routes/b' alternatives { target: 'deployments/d' }");
  view_ = ViewOf(documents, 6);
  EXPECT_THAT(Ids("labels { key: 'team' value: 'a' }"), UnorderedElementsAre("a"));
  EXPECT_EQ(described_.application_count(), 1);
}

TEST(ConsumerSelector, AsksForNothingWhenEmpty) {
  EXPECT_TRUE(IsEmpty(v1::ConsumerSelector()));
  EXPECT_FALSE(IsEmpty(FromText<v1::ConsumerSelector>("critical_function: false")));
  EXPECT_FALSE(IsEmpty(FromText<v1::ConsumerSelector>("tiers: 0")));
}

}  // namespace
}  // namespace linchpin::risk
