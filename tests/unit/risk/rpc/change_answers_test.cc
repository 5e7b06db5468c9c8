// Questions with proposed changes: AssessChange, and `proposed` of the others.
#include "services/risk/rpc/change_answers.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "services/base/steady.h"
#include "services/inventory/domain/inventory_rules.h"
#include "services/replica/publisher.h"
#include "services/risk/rpc/loss_answers.h"
#include "services/risk/rpc/risk_answers.h"
#include "services/risk/rpc/score_answers.h"
#include "services/risk/rpc/structure_answers.h"
#include "tests/support/inventory_text.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using ::testing::HasSubstr;

// Two applications, each on a vendor of its own.
constexpr char kInventory[] = R"(
kind: Vendor
name: vendors/acme
country: US
knownNone: [parent]
---
kind: Vendor
name: vendors/borealis
country: FR
knownNone: [parent]
---
kind: Model
name: models/one
developer: vendors/acme
---
kind: Model
name: models/two
developer: vendors/borealis
---
kind: Deployment
name: deployments/one
model: models/one
operator: vendors/acme
---
kind: Deployment
name: deployments/two
model: models/two
operator: vendors/borealis
---
kind: Application
name: applications/a
tier: 1
---
kind: Dependency
name: applications/a/dependencies/chat
alternatives: [{target: deployments/one}]
---
kind: Application
name: applications/b
tier: 1
---
kind: Dependency
name: applications/b/dependencies/chat
alternatives: [{target: deployments/two}]
)";

// The second application moves to the vendor of the first; a third is new.
constexpr char kMove[] = R"(
  operations { upsert { dependency { name: "applications/b/dependencies/chat"
                                     alternatives { target: "deployments/one" } } } }
  operations { upsert { application { name: "applications/c" tier: 1 } } }
  operations { upsert { dependency { name: "applications/c/dependencies/chat"
                                     alternatives { target: "deployments/one" } } } })";

class WhatIfTest : public ::testing::Test {
 protected:
  WhatIfTest() {
    source_.SetHistory("history");
    source_.Publish({testing_support::ReadInventory(kInventory, 5).view, {}, true});
    source_.ConfirmNewest(base::SteadyNow());
    records_.SetHistory("history");
    records_.Publish({testing_support::MakeView({}, 1), {}, true});
  }

  template <typename Request>
  Request With(const std::string& changes, Request request = {}) {
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(changes, request.mutable_proposed()));
    return request;
  }
  v1::AssessChangeResponse Assess(const std::string& changes) {
    kit::Call call;
    v1::AssessChangeResponse response;
    const absl::Status status = changes_.AssessChange(call, With<v1::AssessChangeRequest>(changes), response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  // The largest share of an operator.
  double TopShare(const std::string& changes) {
    kit::Call call;
    v1::GetConcentrationResponse response;
    auto request = With<v1::GetConcentrationRequest>(changes);
    request.add_dimensions(common::v1::DIMENSION_OPERATOR);
    const absl::Status status = answers_.GetConcentration(call, request, response);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(response.inventory().revision(), 5);
    return response.concentrations(0).top_share_ratio();
  }

  replica::Publisher source_;
  replica::Publisher records_;
  AnalysisCache cache_;
  Scorer scorer_;
  HazardFeed hazards_{records_};
  const serving::Snapshots snapshots_{source_, inventory::InventoryRules()};
  RiskAnswers answers_{snapshots_, cache_, {{"FR"}, "EUR", nullptr, 4}};
  ScoreAnswers scores_{snapshots_, records_, cache_, scorer_, hazards_, {"secret"}};
  StructureAnswers structure_{snapshots_, cache_, hazards_};
  ChangeAnswers changes_{snapshots_, cache_, scorer_, hazards_, {"FR"}};
};

TEST_F(WhatIfTest, AssessChangeShowsBothSides) {
  const v1::AssessChangeResponse response = Assess(kMove);
  EXPECT_EQ(response.inventory().revision(), 5);
  EXPECT_EQ(response.proposed().created(), 2);
  EXPECT_EQ(response.proposed().updated(), 1);
  const auto& before = response.before();
  const auto& after = response.after();
  ASSERT_EQ(before.concentrations_size(), 5);
  EXPECT_EQ(before.concentrations(0).dimension(), common::v1::DIMENSION_OPERATOR_GROUP);
  EXPECT_DOUBLE_EQ(before.concentrations(0).top_share_ratio(), 0.5);
  EXPECT_DOUBLE_EQ(after.concentrations(0).top_share_ratio(), 1);
  EXPECT_EQ(after.concentrations(0).groups(0).key(), "vendors/acme");
  EXPECT_DOUBLE_EQ(before.concentrations(0).hhi(), 5000);
  EXPECT_DOUBLE_EQ(after.concentrations(0).hhi(), 10'000);
  EXPECT_EQ(after.worst_event().key(), "vendor:acme");
  EXPECT_EQ(before.worst_event().sustained().proven().down(), 1);
  EXPECT_EQ(after.worst_event().sustained().proven().down(), 3);
  EXPECT_LT(before.foreign().foreign_share_lower_ratio(), after.foreign().foreign_share_lower_ratio());
  EXPECT_TRUE(before.has_portfolio());
  // The new one has no score before; the one that only changes its vendor keeps its own.
  ASSERT_EQ(response.move_count(), 1) << response.DebugString();
  EXPECT_EQ(response.moves(0).name(), "applications/c");
  EXPECT_FALSE(response.moves(0).has_before());
  EXPECT_GT(response.moves(0).after().likely().score(), 0);
}

TEST_F(WhatIfTest, AChangeOfNothingHasEqualSides) {
  const v1::AssessChangeResponse response = Assess("");
  EXPECT_EQ(response.before().SerializeAsString(), response.after().SerializeAsString());
  EXPECT_EQ(response.move_count(), 0);
}

TEST_F(WhatIfTest, WithoutApplicationsThereIsNoScore) {
  const v1::AssessChangeResponse response = Assess(
      "operations { delete: 'applications/a/dependencies/chat' } operations { delete: 'applications/a' } "
      "operations { delete: 'applications/b/dependencies/chat' } operations { delete: 'applications/b' }");
  EXPECT_TRUE(response.before().has_portfolio());
  EXPECT_FALSE(response.after().has_portfolio());
  EXPECT_FALSE(response.after().has_worst_event());
  EXPECT_EQ(response.move_count(), 2);
  EXPECT_FALSE(response.moves(0).has_after());
}

TEST_F(WhatIfTest, WhatIsSupposedIsNotKeptForOthers) {
  EXPECT_DOUBLE_EQ(TopShare(""), 0.5);
  EXPECT_DOUBLE_EQ(TopShare(kMove), 1);
  EXPECT_DOUBLE_EQ(TopShare(""), 0.5);
  const v1::AssessChangeResponse first = Assess(kMove);
  Assess("operations { delete: 'applications/a/dependencies/chat' }");
  const v1::AssessChangeResponse again = Assess(kMove);
  EXPECT_EQ(again.before().SerializeAsString(), first.before().SerializeAsString());
  EXPECT_EQ(again.after().SerializeAsString(), first.after().SerializeAsString());
}

// Dates of retirement are kept by revision, but not those of a what-if.
TEST_F(WhatIfTest, RetirementsAreThoseOfTheChange) {
  LossAnswers losses(snapshots_, cache_, hazards_, {"EUR", 1, 1});
  const auto retirements = [&](const std::string& changes) {
    kit::Call call;
    v1::GetHazardsResponse response;
    EXPECT_TRUE(losses.GetHazards(call, With<v1::GetHazardsRequest>(changes), response).ok());
    return response.retirements_size();
  };
  const std::string retire =
      "operations { upsert { model { name: 'models/one' developer: 'vendors/acme' retirement_time { seconds: "
      "4000000000 } } } }";
  EXPECT_EQ(retirements(""), 0);
  EXPECT_EQ(retirements(retire), 1);
  EXPECT_EQ(retirements(""), 0);
}

TEST_F(WhatIfTest, EveryMethodAnswersForTheChange) {
  kit::Call call;
  v1::GetScoreRequest score;
  score.set_name("applications/c");
  v1::GetScoreResponse scored;
  EXPECT_EQ(base::ReasonOf(scores_.GetScore(call, score, scored)), "TARGET_NOT_FOUND");
  EXPECT_TRUE(scores_.GetScore(call, With(kMove, score), scored).ok());

  v1::ListScoresResponse list;
  ASSERT_TRUE(scores_.ListScores(call, With<v1::ListScoresRequest>(kMove), list).ok());
  EXPECT_EQ(list.scores_size(), 3);

  v1::SimulateCutoffRequest cutoff;
  v1::Cutoff& exit = *cutoff.mutable_scenario()->add_cutoffs();
  exit.set_type(v1::Cutoff::TYPE_VENDOR_EXIT);
  exit.set_target("vendors/acme");
  v1::SimulateCutoffResponse before, after;
  ASSERT_TRUE(answers_.SimulateCutoff(call, cutoff, before).ok());
  ASSERT_TRUE(answers_.SimulateCutoff(call, With(kMove, cutoff), after).ok());
  EXPECT_EQ(before.proven().impacted_count(), 1);
  EXPECT_EQ(after.proven().impacted_count(), 3);

  v1::ListSinglePointsOfFailureResponse points;
  ASSERT_TRUE(
      structure_.ListSinglePointsOfFailure(call, With<v1::ListSinglePointsOfFailureRequest>(kMove), points)
          .ok());
  EXPECT_THAT(points.DebugString(), HasSubstr("applications/c"));
}

TEST_F(WhatIfTest, AChangeThatAWriteWouldRefuseIsRefused) {
  kit::Call call;
  v1::AssessChangeResponse response;
  const auto refusal = [&](const std::string& changes) {
    return changes_.AssessChange(call, With<v1::AssessChangeRequest>(changes), response);
  };
  EXPECT_EQ(base::ReasonOf(refusal("operations { delete: 'vendors/acme' }")), "STILL_REFERENCED");
  EXPECT_EQ(base::ReasonOf(refusal("expected_revision: 4")), "REVISION_MISMATCH");
  const absl::Status status =
      refusal("operations { upsert { vendor { name: 'vendors/x' country: 'nowhere' } } }");
  EXPECT_EQ(base::DetailsOf(status)->violations[0].field, "proposed.operations[0].upsert.vendor.country");
}

}  // namespace
}  // namespace linchpin::risk
