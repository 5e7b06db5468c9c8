#include "services/risk/domain/remedies/candidate_maker.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/risk/domain/remedies/scored_inventory.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;
namespace v1 = ::linchpin::risk::v1;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::set<std::string> TargetsOffered(const v1::RemedyResult& result) {
  std::set<std::string> targets;
  for (const v1::Remedy& remedy : result.remedies()) {
    for (const v1::RemedyDocument& document : remedy.documents()) {
      for (const auto& alternative : document.resource().dependency().alternatives())
        targets.insert(alternative.target());
    }
  }
  return targets;
}

// A model of three billion parameters helps the score as much, and nobody would have it.
TEST(CandidateMaker, AMuchSmallerModelIsNotOfferedWhereAnAblerOneHelpsAsMuch) {
  const auto with = [](const std::string& name) {
    Documents documents = Enterprise();
    documents
        .Add<inventory::Model>("name: 'models/a' display_name: '" + name +
                               "' developer: 'vendors/beta' weights: WEIGHTS_OPEN licence: 'licences/open' "
                               "requires_activation: false tasks: 'chat' known_none: 'derivations'")
        .Add<inventory::Deployment>(
            "name: 'deployments/a' model: 'models/a' hosting_mode: HOSTING_MODE_SELF_HOSTED "
            "host: 'hosts/own' custody: CUSTODY_HELD known_none: 'intermediaries'");
    return documents;
  };
  const v1::RemedyResult large = ScoredInventory(with("Large 70B")).Suggest(Candidates());
  EXPECT_TRUE(TargetsOffered(large).contains("deployments/a"));
  EXPECT_TRUE(std::any_of(large.remedies().begin(), large.remedies().end(), [](const v1::Remedy& remedy) {
    return std::any_of(remedy.assumptions().begin(), remedy.assumptions().end(), [](const std::string& text) {
      return text.find("models/a (70B parameters) is good enough here") == 0;
    });
  }));
  EXPECT_FALSE(
      TargetsOffered(ScoredInventory(with("Small 3B")).Suggest(Candidates())).contains("deployments/a"));
}

// What nobody depends on is proposed, with what it assumes; what exists is preferred.
TEST(CandidateMaker, ANewDeploymentSaysWhatItAssumes) {
  ScoredInventory inventory(Enterprise());
  const auto remedies = ByTitle(inventory.Suggest(Candidates()));
  const auto found = std::find_if(remedies.begin(), remedies.end(), [](const auto& one) {
    return one.second.kind() == v1::REMEDY_KIND_NEW_DEPLOYMENT && one.second.documents_size() == 2;
  });
  ASSERT_NE(found, remedies.end());
  const v1::Remedy& remedy = found->second;
  const auto& deployment = remedy.documents(0).resource().deployment();
  EXPECT_EQ(deployment.model(), "models/free");
  EXPECT_EQ(deployment.host(), "hosts/own");
  EXPECT_TRUE(remedy.documents(0).changed().paths().empty());
  EXPECT_THAT(deployment.labels(), Contains(testing::Pair("linchpin.dev/proposed", "remedy")));
  EXPECT_THAT(remedy.assumptions(), Contains(HasSubstr("downloaded and kept")));
  EXPECT_THAT(remedy.assumptions(), Contains(HasSubstr("hosts/own")));
  EXPECT_EQ(inventory.Suggest().remedies(0).kind(), v1::REMEDY_KIND_ADD_FALLBACK);
}

// Vectors of different models do not mix: no other model is proposed, and the answer says so.
TEST(CandidateMaker, NothingStandsInForEmbeddingsOfAnotherModel) {
  ScoredInventory inventory(Enterprise());
  const v1::RemedyResult result = inventory.Suggest(Candidates());
  for (const v1::Remedy& remedy : result.remedies()) {
    EXPECT_THAT(remedy.subject(), Not(HasSubstr("archive"))) << remedy.title();
  }
  ASSERT_EQ(result.unremedied_size(), 1);
  EXPECT_EQ(result.unremedied(0).dependency(), "applications/archive/dependencies/vectors");
  EXPECT_THAT(result.unremedied(0).reason(), HasSubstr("same model elsewhere"));
}

TEST(CandidateMaker, AFallbackOfARouteIsAutomaticAndHelpsWhoeverUsesIt) {
  ScoredInventory inventory(Enterprise());
  const auto remedies = ByTitle(inventory.Suggest(Candidates()));
  const auto found = remedies.find("Add deployments/beta as a fallback of routes/chat");
  ASSERT_NE(found, remedies.end());
  const auto& route = found->second.documents(0).resource().route();
  EXPECT_EQ(route.alternatives(1).activation(), linchpin::inventory::v1::Dependency::ACTIVATION_AUTOMATIC);
  EXPECT_EQ(found->second.consumers(0).consumer(), "applications/desk");
  EXPECT_EQ(route.gateway(), "gate");
}

TEST(CandidateMaker, ATestNeverClaimsThatItPassed) {
  ScoredInventory inventory(Enterprise());
  const auto remedies = ByTitle(inventory.Suggest(Candidates()));
  const auto found =
      remedies.find("Test the switch to deployments/alpha in applications/triage/dependencies/chat");
  ASSERT_NE(found, remedies.end());
  const auto& alternative = found->second.documents(0).resource().dependency().alternatives(1);
  EXPECT_FALSE(alternative.has_last_test());
  EXPECT_EQ(alternative.switch_duration().seconds(), 3600);
  EXPECT_LT(found->second.score_after().not_excluded(), found->second.score_before().not_excluded());
}

TEST(CandidateMaker, RaisesTheCapacityThatIsTooSmallWhenAllComeAtOnce) {
  Documents documents = Enterprise();
  documents.Add<inventory::Deployment>(R"pb(name: "deployments/beta"
                                            model: "models/free"
                                            hosting_mode: HOSTING_MODE_VENDOR_API
                                            operator: "vendors/beta"
                                            host: "hosts/beta-fr"
                                            capacity_units: 1
                                            known_none: "intermediaries")pb");
  documents.Add<inventory::Dependency>(
      R"pb(name: "applications/claims/dependencies/chat"
           purpose: PURPOSE_CHAT
           alternatives { target: "deployments/alpha" }
           alternatives { target: "deployments/beta" activation: ACTIVATION_AUTOMATIC })pb");
  v1::SuggestRemediesRequest request = Candidates();
  request.add_kinds(v1::REMEDY_KIND_MORE_CAPACITY);
  const v1::RemedyResult result = ScoredInventory(documents).Suggest(request);
  ASSERT_EQ(result.remedies_size(), 1);
  EXPECT_EQ(result.remedies(0).title(), "Raise the capacity of deployments/beta from 1 to 2 units");
  EXPECT_LT(result.remedies(0).score_after().likely(), result.remedies(0).score_before().likely());
  Apply(result.remedies(0), documents);
  ExpectScores(result.remedies(0).score_after(), ScoredInventory(documents), "capacity");
}

TEST(CandidateMaker, NamesWhatStillTakesBoth) {
  Documents documents = Enterprise();
  documents.Add<inventory::Vendor>("name: 'vendors/beta' country: 'US' known_none: 'parent'");
  const auto shared = [&documents](const std::vector<std::string>& home) {
    const auto remedies = ByTitle(ScoredInventory(documents, home).Suggest(Candidates()));
    const auto& still =
        remedies.at("Add deployments/beta as a fallback of applications/claims/dependencies/chat")
            .still_shared();
    return std::vector<std::string>(still.begin(), still.end());
  };
  EXPECT_THAT(shared({}), Contains("services:US"));
  EXPECT_THAT(shared({"US"}), Not(Contains("services:US")));  // That never happens.
}

TEST(CandidateMaker, SaysWhereForeignWeightsComeFrom) {
  v1::SuggestRemediesRequest request = Candidates();
  request.set_home(0, "US");
  const auto remedies = ByTitle(ScoredInventory(Enterprise()).Suggest(request));
  const auto found =
      remedies.find("Add deployments/beta as a fallback of applications/claims/dependencies/chat");
  ASSERT_NE(found, remedies.end());
  EXPECT_THAT(found->second.assumptions(), Contains(HasSubstr("weights that come from FR, outside home")));
}

}  // namespace
}  // namespace linchpin::risk
