// Makes small supply graphs in tests that read as facts.
//
// What a test does not name is known and harmless, as in the worked examples: parents and derivations none,
// activation no, pass-through and outliving the developer no, weights held; a vendor has a host "h" + its
// name in its country; a self-hosted deployment runs on "hOwnDC" of vendor OwnDC (GB); a consumer has
// priority 100, weight 1, min_viable 0, RTO and MTD of a year. Every verb returns the facts, so that a test
// can change one of them.
//
// Example:
//   GraphMaker world;
//   world.Api("dA", "A", "US");
//   world.App("x").Needs({"dA", Alt("dB").Switch(6 * kHour)});
//   std::shared_ptr<const Graph> graph = world.Build();
#ifndef LINCHPIN_TESTS_SUPPORT_GRAPH_MAKER_H_
#define LINCHPIN_TESTS_SUPPORT_GRAPH_MAKER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "services/engine/graph/facts.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

inline constexpr int64_t kHour = 3600;
inline constexpr int64_t kDay = 24 * kHour;
inline constexpr int64_t kYear = 365 * kDay;

// An alternative. Switch time is known to be 0 (hot) unless named.
class Alt {
 public:
  Alt(const char* target) : Alt(std::string(target)) {}  // NOLINT: a name is an alternative.
  Alt(std::string target) {                              // NOLINT
    facts_.target = std::move(target);
    facts_.switch_seconds = 0;
  }
  Alt& Switch(int64_t seconds) { return facts_.switch_seconds = seconds, *this; }
  Alt& UnknownSwitch() { return facts_.switch_seconds.reset(), *this; }
  Alt& Quality(int64_t ppm) { return facts_.quality_ppm = ppm, *this; }
  Alt& Share(int64_t ppm) { return facts_.share_ppm = ppm, *this; }
  const AlternativeFacts& facts() const { return facts_; }

 private:
  AlternativeFacts facts_;
};

class GraphMaker {
 public:
  class Need {
   public:
    explicit Need(GroupFacts* facts) : facts_(facts) {}
    Need& Bridge(int64_t seconds) { return facts_->bridge_seconds = seconds, *this; }
    Need& Units(int64_t units) { return facts_->units = units, *this; }
    Need& Optional(int64_t weight_ppm) {
      return facts_->essential = false, facts_->weight_ppm = weight_ppm, *this;
    }
    GroupFacts& facts() { return *facts_; }

   private:
    GroupFacts* facts_;
  };

  class Consumer {
   public:
    Consumer(GraphMaker* maker, ConsumerFacts* facts) : maker_(maker), facts_(facts) {}
    // Adds a group; ids run g00, g01, ... in the order of the calls.
    Need Needs(const std::vector<Alt>& alternatives) { return maker_->AddGroup(facts_->name, alternatives); }
    Consumer& Priority(int64_t value) { return facts_->continuity.priority = value, *this; }
    Consumer& Weight(int64_t value) { return facts_->continuity.weight = value, *this; }
    Consumer& MinViable(int64_t ppm) { return facts_->continuity.min_viable_ppm = ppm, *this; }
    Consumer& Rate(int64_t minor) { return facts_->continuity.loss_per_hour_minor = minor, *this; }
    Consumer& Penalty(int64_t minor) { return facts_->continuity.penalty_minor = minor, *this; }
    Consumer& Rto(int64_t s) { return facts_->continuity.recovery_time_objective_seconds = s, *this; }
    Consumer& Mtd(int64_t s) { return facts_->continuity.max_tolerable_downtime_seconds = s, *this; }
    ConsumerFacts& facts() { return *facts_; }

   private:
    GraphMaker* maker_;
    ConsumerFacts* facts_;
  };

  // The vendor, made with its host on first mention.
  VendorFacts& Vendor(const std::string& name, const std::string& country = "US") {
    auto [entry, is_new] = vendors_.try_emplace(name);
    if (is_new) {
      entry->second = {name, Country::Parse(country), Fact<std::string>::None()};
      Host("h" + name, name, country);
    }
    return entry->second;
  }
  HostFacts& Host(const std::string& name, const std::string& provider, const std::string& country) {
    return hosts_[name] = {name, provider, Country::Parse(country)};
  }
  LicenceFacts& Licence(const std::string& name, bool irrevocable) {
    return licences_[name] = {name, irrevocable};
  }
  // A proprietary model of a vendor.
  ModelFacts& Closed(const std::string& name, const std::string& developer) {
    Vendor(developer);
    ModelFacts& model = models_[name];
    model = {.name = name,
             .developer = developer,
             .origin = std::nullopt,
             .weights = Weights::kProprietary,
             .licence = Fact<std::string>::None(),
             .derivations = Fact<std::vector<DerivationFacts>>::None(),
             .requires_activation = false};
    return model;
  }
  ModelFacts& Open(const std::string& name, const std::string& developer) {
    ModelFacts& model = Closed(name, developer);
    model.weights = Weights::kOpen;
    return model;
  }
  // A model that names `base` as its only base.
  ModelFacts& Derive(ModelFacts& model, const std::string& base,
                     std::optional<Relation> relation = Relation::kFineTune) {
    model.derivations = std::vector<DerivationFacts>{{base, relation}};
    return model;
  }
  // A vendor's own API to a proprietary model "m" + name, made on first mention unless `model` names one.
  DeploymentFacts& Api(const std::string& name, const std::string& vendor, const std::string& country = "US",
                       std::string model = "") {
    Vendor(vendor, country);
    if (model.empty()) Closed(model = "m" + name, vendor);
    return AddDeployment(name, model, HostingMode::kVendorApi, vendor, "h" + vendor);
  }
  DeploymentFacts& Hosted(const std::string& name, const std::string& model, const std::string& vendor) {
    Vendor(vendor);
    return AddDeployment(name, model, HostingMode::kThirdPartyHosted, vendor, "h" + vendor);
  }
  DeploymentFacts& SelfHosted(const std::string& name, const std::string& model) {
    Vendor("OwnDC", "GB");
    return AddDeployment(name, model, HostingMode::kSelfHosted, std::nullopt, "hOwnDC");
  }
  Consumer App(const std::string& name) { return AddConsumer(name, ConsumerKind::kApplication); }
  // As the graph builder makes one; Needs gives it its deployments.
  Consumer Route(const std::string& name) {
    return AddConsumer(name, ConsumerKind::kRoute).Priority(300).Weight(0).MinViable(0);
  }
  Consumer Service(const std::string& name) { return AddConsumer(name, ConsumerKind::kBusinessService); }

  ModelFacts& model(const std::string& name) { return models_.at(name); }
  DeploymentFacts& deployment(const std::string& name) { return deployments_.at(name); }
  GroupFacts& group(const std::string& consumer, const std::string& id) { return groups_.at({consumer, id}); }
  Need AddGroup(const std::string& consumer, const std::vector<Alt>& alternatives) {
    GroupFacts facts;
    facts.consumer = consumer;
    const int number = groups_of_[consumer]++;
    facts.id = "g" + std::string(number < 10 ? "0" : "") + std::to_string(number);
    for (const Alt& alternative : alternatives) facts.alternatives.push_back(alternative.facts());
    return Need(&(groups_[{consumer, facts.id}] = facts));
  }

  GraphChanges Changes() const {
    GraphChanges changes;
    changes.revision = 1;
    for (const auto& [name, facts] : vendors_) changes.vendors.push_back(facts);
    for (const auto& [name, facts] : hosts_) changes.hosts.push_back(facts);
    for (const auto& [name, facts] : licences_) changes.licences.push_back(facts);
    for (const auto& [name, facts] : models_) changes.models.push_back(facts);
    for (const auto& [name, facts] : deployments_) changes.deployments.push_back(facts);
    for (const auto& [name, facts] : consumers_) changes.consumers.push_back(facts);
    for (const auto& [name, facts] : groups_) changes.groups.push_back(facts);
    return changes;
  }
  absl::StatusOr<std::shared_ptr<const Graph>> TryBuild() const { return Graph::Empty()->Apply(Changes()); }
  std::shared_ptr<const Graph> Build() const {
    auto graph = TryBuild();
    EXPECT_TRUE(graph.ok()) << graph.status();
    return graph.ok() ? *graph : Graph::Empty();
  }

 private:
  DeploymentFacts& AddDeployment(const std::string& name, const std::string& model, HostingMode mode,
                                 std::optional<std::string> operator_vendor, const std::string& host) {
    DeploymentFacts& facts = deployments_[name];
    facts = {.name = name,
             .model = model,
             .mode = mode,
             .operator_vendor = std::move(operator_vendor),
             .host = host,
             .capacity_units = Fact<int64_t>::None(),
             .pass_through = false,
             .intermediaries = Fact<std::vector<std::string>>::None(),
             .outlives_developer = false,
             .custody = Custody::kHeld};
    return facts;
  }
  Consumer AddConsumer(const std::string& name, ConsumerKind kind) {
    ConsumerFacts& facts = consumers_[name];
    facts.name = name;
    facts.kind = kind;
    facts.continuity = {.priority = 100,
                        .weight = 1,
                        .min_viable_ppm = 0,
                        .loss_per_hour_minor = 0,
                        .penalty_minor = 0,
                        .recovery_time_objective_seconds = kYear,
                        .max_tolerable_downtime_seconds = kYear};
    return Consumer(this, &facts);
  }

  // Ordered maps, so that references stay good and the order of facts is that of names.
  std::map<std::string, VendorFacts> vendors_;
  std::map<std::string, HostFacts> hosts_;
  std::map<std::string, LicenceFacts> licences_;
  std::map<std::string, ModelFacts> models_;
  std::map<std::string, DeploymentFacts> deployments_;
  std::map<std::string, ConsumerFacts> consumers_;
  std::map<std::pair<std::string, std::string>, GroupFacts> groups_;
  std::map<std::string, int> groups_of_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_SUPPORT_GRAPH_MAKER_H_
