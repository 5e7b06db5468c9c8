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
        purpose, {engine::Target(*graph.deployments().Find("deployments/" + present))});
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
