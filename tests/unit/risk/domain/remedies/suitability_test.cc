#include "services/risk/domain/remedies/suitability.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "tests/unit/risk/domain/remedies/enterprise.h"
#include "tests/unit/risk/domain/views.h"

namespace linchpin::risk {
namespace {

namespace inventory = ::linchpin::inventory::v1;

class SuitabilityTest : public ::testing::Test {
 protected:
  void Read(const Documents& documents) {
    view_ = ViewOf(documents, 5);
    knowledge_ = engine::Knowledge::Create(view_->shared_graph());
    suitability_ = std::make_unique<Suitability>(*view_, view_->graph(), *knowledge_);
  }
  bool CanServe(const std::string& id, Purpose purpose, const std::string& present) const {
    const engine::Graph& graph = view_->graph();
    const auto demand = suitability_->DemandOf(
        purpose, graph, {engine::Target(*graph.deployments().Find("deployments/" + present))});
    return suitability_->CanServe(*graph.deployments().Find("deployments/" + id), demand);
  }

  std::shared_ptr<const replica::View> view_;
  std::shared_ptr<const engine::Knowledge> knowledge_;
  std::unique_ptr<Suitability> suitability_;
};

TEST_F(SuitabilityTest, GoesByWhatModelsDo) {
  Read(Enterprise());
  EXPECT_TRUE(CanServe("beta", inventory::Dependency::PURPOSE_CHAT, "alpha"));
  EXPECT_TRUE(CanServe("beta", inventory::Dependency::PURPOSE_UNSPECIFIED, "alpha"));
  EXPECT_FALSE(CanServe("vectors", inventory::Dependency::PURPOSE_CHAT, "alpha"));
  EXPECT_FALSE(CanServe("alpha", inventory::Dependency::PURPOSE_EMBEDDING, "vectors"));
  EXPECT_FALSE(CanServe("alpha", inventory::Dependency::PURPOSE_UNSPECIFIED, "vectors"));
}

TEST_F(SuitabilityTest, TheSameModelElsewhereAlwaysCan) {
  Documents documents = Enterprise();
  documents.Add<inventory::Deployment>(R"pb(name: "deployments/vectors-hosted"
                                            model: "models/vectors-2026"
                                            hosting_mode: HOSTING_MODE_THIRD_PARTY_HOSTED
                                            operator: "vendors/beta")pb");
  documents.Add<inventory::Model>("name: 'models/vectors-2026' version_of: 'models/vectors'");
  Read(documents);
  EXPECT_TRUE(CanServe("vectors-hosted", inventory::Dependency::PURPOSE_EMBEDDING, "vectors"));
  EXPECT_TRUE(CanServe("own", inventory::Dependency::PURPOSE_EMBEDDING, "beta"));
}

// What an earlier remedy has put in is of a later graph only.
TEST_F(SuitabilityTest, ADemandMayComeFromDeploymentsThatItDoesNotKnow) {
  Read(Enterprise());
  engine::GraphChanges changes;
  for (int i = 0; i < 1000; ++i) {
    const auto deployment =
        FromText<inventory::Deployment>("name: 'deployments/later-" + std::to_string(i) +
                                        "' model: 'models/vectors' operator: 'vendors/beta'");
    ASSERT_THAT(engine::AddUpsert(deployment, changes), IsOk());
  }
  const auto applied = view_->graph().Apply(changes);
  ASSERT_THAT(applied, IsOk());
  const std::shared_ptr<const engine::Graph>& later = *applied;
  const engine::DeploymentIndex added = *later->deployments().Find("deployments/later-999");
  ASSERT_FALSE(suitability_->Knows(added));
  const auto demand =
      suitability_->DemandOf(inventory::Dependency::PURPOSE_EMBEDDING, *later, {engine::Target(added)});
  EXPECT_TRUE(suitability_->CanServe(*view_->graph().deployments().Find("deployments/vectors"), demand));
  EXPECT_FALSE(suitability_->CanServe(*view_->graph().deployments().Find("deployments/alpha"), demand));
}

class SizeTest : public SuitabilityTest {
 protected:
  void SetUp() override {
    Documents documents = Enterprise();
    Add("small", "Small 3B", "", documents);
    Add("large", "Large-70B", "", documents);
    Add("tuned", "Tuned", "derivations { base_model: 'models/large' relation: RELATION_FINE_TUNE }",
        documents);
    Add("large-2026", "Large 2026", "version_of: 'models/large'", documents);
    Add("unsized", "Unsized", "", documents);
    documents.Add<inventory::Deployment>("name: 'deployments/tuned' model: 'models/tuned'");
    Read(documents);
  }
  bool IsMuchSmaller(const std::string& model, Purpose purpose, const std::string& present) const {
    const engine::Graph& graph = view_->graph();
    const auto demand = suitability_->DemandOf(
        purpose, graph, {engine::Target(*graph.deployments().Find("deployments/" + present))});
    return suitability_->IsMuchSmaller(*graph.models().Find("models/" + model), demand);
  }

 private:
  static void Add(const std::string& id, const std::string& name, const std::string& more,
                  Documents& documents) {
    documents.Add<inventory::Model>("name: 'models/" + id + "' display_name: '" + name + "' tasks: 'chat' " +
                                    more);
  }
};

TEST_F(SizeTest, ComparesWithTheModelOrWhatItIsMadeFrom) {
  EXPECT_TRUE(IsMuchSmaller("small", inventory::Dependency::PURPOSE_CHAT, "tuned"));
  EXPECT_FALSE(IsMuchSmaller("large", inventory::Dependency::PURPOSE_CHAT, "tuned"));
  EXPECT_FALSE(IsMuchSmaller("large-2026", inventory::Dependency::PURPOSE_CHAT, "tuned"));
  EXPECT_FALSE(IsMuchSmaller("unsized", inventory::Dependency::PURPOSE_CHAT, "tuned"));
}

TEST_F(SizeTest, WhereTheSizeIsNotToldFewParametersAreFew) {
  EXPECT_TRUE(IsMuchSmaller("small", inventory::Dependency::PURPOSE_CHAT, "alpha"));
  EXPECT_FALSE(IsMuchSmaller("large", inventory::Dependency::PURPOSE_CHAT, "alpha"));
  EXPECT_FALSE(IsMuchSmaller("small", inventory::Dependency::PURPOSE_EMBEDDING, "vectors"));
}

TEST_F(SuitabilityTest, WithoutTasksItMustServeThePurposeAlready) {
  Documents documents = Enterprise();
  for (const char* model : {"closed", "free"}) {
    const std::string developer = std::string(model) == "free" ? "beta" : "alpha";
    documents.Add<inventory::Model>("name: 'models/" + std::string(model) + "' developer: 'vendors/" +
                                    developer + "' weights: WEIGHTS_OPEN");
  }
  Read(documents);
  EXPECT_TRUE(CanServe("beta", inventory::Dependency::PURPOSE_CHAT, "alpha"));  // triage chats on it.
  EXPECT_FALSE(CanServe("beta", inventory::Dependency::PURPOSE_SPEECH, "alpha"));
  EXPECT_FALSE(CanServe("beta", inventory::Dependency::PURPOSE_UNSPECIFIED, "alpha"));
}

}  // namespace
}  // namespace linchpin::risk
