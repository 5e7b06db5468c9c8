#include "services/risk/domain/remedies/remedy_report.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/base/error.h"
#include "tests/unit/risk/domain/remedies/scored_inventory.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
namespace v1 = ::linchpin::risk::v1;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(RemedyReport, BeginsWithTheScoreThatListScoresGives) {
  ScoredInventory inventory(Enterprise());
  const v1::RemedyResult result = inventory.Suggest();
  ExpectScores(result.score_before(), inventory, "before");
  EXPECT_EQ(result.priced_consumers(), 2);
  EXPECT_NEAR(result.loss_before().likely_minor(), inventory.Losses().likely().mean_minor(), 1e-6);
}

// The promise: whatever is applied gives the score and the loss that were told, to the last digit.
TEST(RemedyReport, ApplyingAnyCandidateGivesWhatItPromises) {
  ScoredInventory inventory(Enterprise());
  const v1::RemedyResult result = inventory.Suggest(Candidates());
  ASSERT_GT(result.remedies_size(), 10);
  std::set<int> kinds;
  for (const v1::Remedy& remedy : result.remedies()) {
    Documents documents = Enterprise();
    Apply(remedy, documents);
    ScoredInventory applied(documents);
    ExpectScores(remedy.score_after(), applied, remedy.title());
    EXPECT_NEAR(remedy.loss_after().proven_minor(), applied.Losses().proven().mean_minor(), 1e-6)
        << remedy.title();
    EXPECT_NEAR(remedy.loss_after().likely_minor(), applied.Losses().likely().mean_minor(), 1e-6)
        << remedy.title();
    EXPECT_NEAR(remedy.loss_after().not_excluded_minor(), applied.Losses().not_excluded().mean_minor(), 1e-6)
        << remedy.title();
    for (const v1::RemediedConsumer& consumer : remedy.consumers()) {
      EXPECT_EQ(consumer.after().likely(), applied.ScoreOf(consumer.consumer(), engine::Reading::kLikely));
    }
    EXPECT_FALSE(remedy.assumptions().empty()) << remedy.title();
    kinds.insert(remedy.kind());
  }
  for (int kind :
       {v1::REMEDY_KIND_ADD_FALLBACK, v1::REMEDY_KIND_NEW_DEPLOYMENT, v1::REMEDY_KIND_HOTTER_FALLBACK,
        v1::REMEDY_KIND_TEST_FALLBACK, v1::REMEDY_KIND_HOLD_WEIGHTS, v1::REMEDY_KIND_SPLIT_TRAFFIC,
        v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL}) {
    EXPECT_TRUE(kinds.contains(kind)) << v1::RemedyKind_Name(static_cast<v1::RemedyKind>(kind));
  }
}

// The same of picks that build on each other.
TEST(RemedyReport, ApplyingThePicksOneAfterTheOtherGivesEachScore) {
  Documents documents = Enterprise();
  const v1::RemedyResult result = ScoredInventory(documents).Suggest();
  ASSERT_GT(result.remedies_size(), 2);
  v1::ScorePoints last = result.score_before();
  for (const v1::Remedy& remedy : result.remedies()) {
    EXPECT_EQ(remedy.score_before().SerializeAsString(), last.SerializeAsString()) << remedy.title();
    Apply(remedy, documents);
    ScoredInventory applied(documents);
    ExpectScores(remedy.score_after(), applied, remedy.title());
    EXPECT_NEAR(remedy.loss_after().likely_minor(), applied.Losses().likely().mean_minor(), 1e-6)
        << remedy.title();
    last = remedy.score_after();
  }
  EXPECT_EQ(result.score_after().SerializeAsString(), last.SerializeAsString());
  EXPECT_LT(result.score_after().likely(), result.score_before().likely() / 2);
}

TEST(RemedyReport, TheFirstPickIsTheBestForItsCost) {
  ScoredInventory inventory(Enterprise());
  const v1::RemedyResult picks = inventory.Suggest();
  const v1::RemedyResult all = inventory.Suggest([] {
    v1::SuggestRemediesRequest request = Candidates();
    request.clear_home();
    return request;
  }());
  ASSERT_GT(picks.remedies_size(), 0);
  double best = 0;
  for (const v1::Remedy& one : all.remedies()) {
    best = std::max(best, (one.score_before().likely() - one.score_after().likely()) / one.cost_days());
  }
  const v1::Remedy& first = picks.remedies(0);
  EXPECT_NEAR((first.score_before().likely() - first.score_after().likely()) / first.cost_days(), best,
              1e-12);
}

TEST(RemedyReport, TheCallersCostsChangeTheOrder) {
  ScoredInventory inventory(Enterprise());
  v1::SuggestRemediesRequest request;
  request.set_max_remedies(1);
  v1::RemedyCost& dear = *request.add_costs();
  dear.set_kind(v1::REMEDY_KIND_ADD_FALLBACK);
  dear.set_days(10'000);
  const v1::RemedyResult result = inventory.Suggest(request);
  ASSERT_EQ(result.remedies_size(), 1);
  EXPECT_NE(result.remedies(0).kind(), v1::REMEDY_KIND_ADD_FALLBACK);
  EXPECT_EQ(result.end(), v1::REMEDY_END_ENOUGH);
}

TEST(RemedyReport, KeepsToTheBudget) {
  ScoredInventory inventory(Enterprise());
  v1::SuggestRemediesRequest request;
  request.set_budget_days(3);
  const v1::RemedyResult result = inventory.Suggest(request);
  int days = 0;
  for (const v1::Remedy& remedy : result.remedies()) days += remedy.cost_days();
  EXPECT_GT(days, 0);
  EXPECT_LE(days, 3);
  EXPECT_EQ(result.end(), v1::REMEDY_END_BUDGET);
  request.set_budget_days(0);
  EXPECT_THAT(inventory.Suggest(request).remedies(), IsEmpty());
}

TEST(RemedyReport, LowersTheScoreOfTheConsumerAskedAbout) {
  ScoredInventory inventory(Enterprise());
  v1::SuggestRemediesRequest request;
  request.add_consumers("applications/claims");
  const v1::RemedyResult result = inventory.Suggest(request);
  EXPECT_EQ(result.score_before().likely(),
            inventory.ScoreOf("applications/claims", engine::Reading::kLikely));
  ASSERT_GT(result.remedies_size(), 0);
  EXPECT_EQ(result.remedies(0).consumers(0).consumer(), "applications/claims");
  EXPECT_LT(result.score_after().likely(), result.score_before().likely());
}

TEST(RemedyReport, RefusesWhatItCannotRead) {
  ScoredInventory inventory(Enterprise());
  const auto reason = [&](const v1::SuggestRemediesRequest& request) {
    v1::RemedyResult result;
    const absl::Status status = inventory.Ask(request, result);
    return status.ok() ? std::string("OK") : base::DetailsOf(status)->reason;
  };
  v1::SuggestRemediesRequest request;
  request.add_consumers("vendors/alpha");
  EXPECT_EQ(reason(request), "FIELD_INVALID");
  request.set_consumers(0, "applications/none");
  EXPECT_EQ(reason(request), "TARGET_NOT_FOUND");
  request.clear_consumers();
  request.add_costs()->set_days(3);
  EXPECT_EQ(reason(request), "FIELD_INVALID");
  request.mutable_costs(0)->set_kind(v1::REMEDY_KIND_MOVE_HOST);
  *request.add_costs() = request.costs(0);
  EXPECT_EQ(reason(request), "FIELD_INVALID");
  request.clear_costs();
  request.add_kinds(v1::REMEDY_KIND_UNSPECIFIED);
  EXPECT_EQ(reason(request), "FIELD_INVALID");
}

TEST(RemedyReport, StopsWhenItIsCancelled) {
  ScoredInventory inventory(Enterprise());
  RemedyHooks hooks;
  hooks.cancelled = [] { return true; };
  v1::RemedyResult result;
  EXPECT_EQ(inventory.Ask({}, result, hooks).code(), absl::StatusCode::kCancelled);
}

TEST(RemedyReport, AnInventoryWithoutApplicationsHasNoRemedies) {
  Documents documents;
  documents.Add<linchpin::inventory::v1::Vendor>("name: 'vendors/alpha' country: 'US'");
  const v1::RemedyResult result = ScoredInventory(documents).Suggest();
  EXPECT_THAT(result.remedies(), IsEmpty());
  EXPECT_EQ(result.score_before().likely(), 0);
  EXPECT_FALSE(result.has_loss_before());
  EXPECT_EQ(result.end(), v1::REMEDY_END_NOTHING_LEFT);
}

// What an enterprise could take up: Gamma serves the open model of Beta, and Maison (NL) has one of its own.
Documents Offered() {
  Documents documents = Enterprise();
  documents
      .Add<inventory::Vendor>(
          "name: 'vendors/gamma' country: 'NL' known_none: 'parent' roles: ROLE_OPERATOR roles: "
          "ROLE_HOST_PROVIDER")
      .Add<inventory::Vendor>(
          "name: 'vendors/maison' country: 'NL' known_none: 'parent' roles: ROLE_DEVELOPER")
      .Add<inventory::Model>(R"pb(name: "models/maison"
                                  developer: "vendors/maison"
                                  weights: WEIGHTS_OPEN
                                  licence: "licences/open"
                                  requires_activation: false
                                  tasks: "chat"
                                  known_none: "derivations")pb")
      .Add<inventory::Deployment>(R"pb(name: "deployments/free-at-gamma"
                                       model: "models/free"
                                       hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
                                       operator: "vendors/gamma")pb");
  return documents;
}

std::set<std::string> WrittenBy(const v1::Remedy& remedy) {
  std::set<std::string> names;
  for (const v1::RemedyDocument& document : remedy.documents()) names.insert(NameIn(document.resource()));
  return names;
}

TEST(RemedyReport, WhatIsOfferedComesWithAllThatItNeeds) {
  ScoredInventory inventory(Enterprise());
  RemedyHooks hooks{.offered = ViewOf(Offered(), 5)};
  v1::SuggestRemediesRequest request = Candidates();
  request.set_home(0, "NL");
  request.set_trials(1);
  v1::RemedyResult result;
  ASSERT_TRUE(inventory.Ask(request, result, hooks).ok());
  const auto remedies = ByTitle(result);
  const auto hosted = remedies.find(
      "Take models/free from vendors/gamma as deployments/free-at-gamma and add it as a fallback of "
      "applications/claims/dependencies/chat");
  ASSERT_NE(hosted, remedies.end());
  EXPECT_EQ(NameIn(hosted->second.documents(0).resource()), "vendors/gamma");
  EXPECT_EQ(WrittenBy(hosted->second), (std::set<std::string>{"vendors/gamma", "deployments/free-at-gamma",
                                                              "applications/claims/dependencies/chat"}));
  const bool home =
      std::any_of(result.remedies().begin(), result.remedies().end(), [](const v1::Remedy& remedy) {
        return remedy.kind() == v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL &&
               WrittenBy(remedy).contains("models/maison") && WrittenBy(remedy).contains("vendors/maison");
      });
  EXPECT_TRUE(home);
}

// Trials run beside everything that is offered; what is promised is what applying one of it gives.
TEST(RemedyReport, ApplyingWhatIsOfferedGivesWhatItPromises) {
  v1::SuggestRemediesRequest request;
  request.set_trials(1);
  request.add_home("NL");
  request.add_kinds(v1::REMEDY_KIND_NEW_DEPLOYMENT);
  request.add_kinds(v1::REMEDY_KIND_SWITCH_TO_HOME_MODEL);
  RemedyHooks hooks{.offered = ViewOf(Offered(), 5)};
  for (const bool listed : {false, true}) {
    request.set_list_candidates(listed);
    request.set_max_remedies(listed ? 100 : 5);
    v1::RemedyResult result;
    ASSERT_TRUE(ScoredInventory(Enterprise()).Ask(request, result, hooks).ok());
    bool used = false;
    Documents documents = Enterprise();
    for (const v1::Remedy& remedy : result.remedies()) {
      if (listed) documents = Enterprise();
      Apply(remedy, documents);
      ScoredInventory applied(documents);
      ExpectScores(remedy.score_after(), applied, remedy.title());
      used |= WrittenBy(remedy).contains("vendors/gamma") || WrittenBy(remedy).contains("vendors/maison");
    }
    EXPECT_TRUE(used);
    if (!listed) {
      ExpectScores(result.score_after(), ScoredInventory(documents), "all");
    }
  }
}

TEST(RemedyReport, WhatIsNotWantedIsLeftOut) {
  ScoredInventory inventory(Enterprise());
  const v1::RemedyResult all = inventory.Suggest();
  ASSERT_GT(all.remedies_size(), 1);
  v1::SuggestRemediesRequest request;
  request.add_without(all.remedies(0).title());
  request.add_without("no such remedy");
  const v1::RemedyResult rest = inventory.Suggest(request);
  EXPECT_EQ(rest.left_out_count(), 1);
  EXPECT_FALSE(ByTitle(rest).contains(all.remedies(0).title()));
}

}  // namespace
}  // namespace linchpin::risk
