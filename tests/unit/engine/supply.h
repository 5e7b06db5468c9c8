// A small inventory put together in a line or two, for tests.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_SUPPLY_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_SUPPLY_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "services/engine/graph/graph.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {

// Names are given without their collection, but for targets ("deployments/d", "applications/a").
class Supply {
 public:
  GraphChanges changes;

  // A vendor without parent.
  void Vendor(const std::string& id, const std::string& country = "") {
    changes.vendors.push_back({"vendors/" + id, Country::Parse(country), Fact<std::string>::None()});
  }
  void Subsidiary(const std::string& id, const std::string& parent, const std::string& country = "") {
    changes.vendors.push_back({"vendors/" + id, Country::Parse(country), "vendors/" + parent});
  }
  // A model of which everything is unknown.
  ModelFacts& Model(const std::string& id) {
    changes.models.emplace_back().name = "models/" + id;
    return changes.models.back();
  }
  ModelFacts& Scratch(const std::string& id, const std::string& developer) {
    ModelFacts& model = Model(id);
    model.developer = "vendors/" + developer;
    model.derivations = Fact<std::vector<DerivationFacts>>::None();
    return model;
  }
  ModelFacts& Derived(const std::string& id, std::vector<std::pair<std::string, Relation>> bases) {
    ModelFacts& model = Model(id);
    std::vector<DerivationFacts> derivations;
    for (auto& [base, relation] : bases) derivations.push_back({"models/" + base, relation});
    model.derivations = std::move(derivations);
    return model;
  }
  DeploymentFacts& Deployment(const std::string& id) {
    changes.deployments.emplace_back().name = "deployments/" + id;
    return changes.deployments.back();
  }
  // A deployment by third party operated by the vendor.
  DeploymentFacts& Operated(const std::string& id, const std::string& vendor) {
    DeploymentFacts& deployment = Deployment(id);
    deployment.mode = HostingMode::kThirdPartyHosted;
    deployment.operator_vendor = "vendors/" + vendor;
    return deployment;
  }
  DeploymentFacts& Serving(const std::string& id, const std::string& model) {
    DeploymentFacts& deployment = Deployment(id);
    deployment.model = "models/" + model;
    return deployment;
  }
  ConsumerFacts& Application(const std::string& id, int tier = 1) {
    ConsumerFacts& consumer = changes.consumers.emplace_back();
    consumer.name = "applications/" + id;
    consumer.tier = tier;
    return consumer;
  }
  ConsumerFacts& BusinessService(const std::string& id, int tier = 1) {
    ConsumerFacts& consumer = changes.consumers.emplace_back();
    consumer.name = "businessServices/" + id;
    consumer.kind = ConsumerKind::kBusinessService;
    consumer.tier = tier;
    return consumer;
  }
  // An essential dependency; alternatives are hot.
  GroupFacts& Needs(const std::string& consumer, const std::string& id,
                    const std::vector<std::string>& targets) {
    GroupFacts& group = changes.groups.emplace_back();
    group.consumer = consumer;
    group.id = id;
    for (const std::string& target : targets) {
      AlternativeFacts& alternative = group.alternatives.emplace_back();
      alternative.target = target;
      alternative.switch_seconds = 0;
    }
    return group;
  }
  std::shared_ptr<const Graph> Build() const {
    auto graph = Graph::Empty()->Apply(changes);
    EXPECT_THAT(graph, IsOk());
    return graph.ok() ? *graph : Graph::Empty();
  }
};

// Usage in a window of 30 days, so that scaling leaves it alone.
inline Usage InThirtyDays(int64_t requests, int64_t tokens = Usage::kAbsent, int64_t spend = Usage::kAbsent) {
  return {.requests = requests, .tokens = tokens, .spend_minor = spend, .window_seconds = 30 * 86'400};
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_SUPPLY_H_
