// A graph kept by one change at a time equals one built at once from the documents that are left.
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/engine/graph/graph.h"
#include "services/engine/graph/graph_builder.h"
#include "tests/support/status_matchers.h"

namespace linchpin::engine {
namespace {

namespace inventory = ::linchpin::inventory::v1;
using DocumentPtr = std::shared_ptr<google::protobuf::Message>;

class DocumentMaker {
 public:
  explicit DocumentMaker(uint64_t seed) : random_(seed) {}

  uint64_t Below(uint64_t n) { return random_() % n; }

  DocumentPtr Vendor(uint64_t i) {
    auto vendor = std::make_shared<inventory::Vendor>();
    vendor->set_name("vendors/v" + std::to_string(i));
    if (Below(2) == 0) vendor->set_country(Below(2) == 0 ? "US" : "FR");
    if (Below(3) == 0) {
      vendor->add_known_none("parent");
    } else if (i > 0 && Below(2) == 0) {
      vendor->set_parent("vendors/v" + std::to_string(Below(i)));
    }
    return vendor;
  }
  DocumentPtr Host(uint64_t i) {
    auto host = std::make_shared<inventory::Host>();
    host->set_name("hosts/h" + std::to_string(i));
    if (Below(2) == 0) host->set_country("DE");
    if (Below(2) == 0) host->set_provider("vendors/v" + std::to_string(Below(kVendors)));
    return host;
  }
  DocumentPtr Licence() {
    auto licence = std::make_shared<inventory::Licence>();
    licence->set_name("licences/l");
    if (Below(2) == 0) licence->set_irrevocable(Below(2) == 0);
    return licence;
  }
  DocumentPtr Model(uint64_t i) {
    auto model = std::make_shared<inventory::Model>();
    model->set_name("models/m" + std::to_string(i));
    if (Below(2) == 0) model->set_developer("vendors/v" + std::to_string(Below(kVendors)));
    if (Below(2) == 0) model->set_licence("licences/l");
    model->set_weights(static_cast<inventory::Model::Weights>(Below(3)));
    for (uint64_t b = 0; i > 0 && b < Below(3); ++b) {
      auto* derivation = model->add_derivations();
      derivation->set_base_model("models/m" + std::to_string(Below(i)));
      derivation->set_relation(static_cast<inventory::Model::Relation>(Below(12)));
    }
    return model;
  }
  DocumentPtr Deployment(uint64_t i) {
    auto deployment = std::make_shared<inventory::Deployment>();
    deployment->set_name("deployments/d" + std::to_string(i));
    if (Below(4) != 0) deployment->set_model("models/m" + std::to_string(Below(kModels)));
    if (Below(2) == 0) deployment->set_host("hosts/h" + std::to_string(Below(kHosts)));
    if (Below(2) == 0) {
      deployment->set_hosting_mode(inventory::Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
      deployment->set_operator_("vendors/v" + std::to_string(Below(kVendors)));
    }
    if (Below(3) == 0) deployment->set_capacity_units(static_cast<int64_t>(Below(100)));
    if (Below(3) == 0) deployment->add_intermediaries("vendors/v" + std::to_string(Below(kVendors)));
    return deployment;
  }
  DocumentPtr Application(uint64_t i) {
    auto application = std::make_shared<inventory::Application>();
    application->set_name("applications/a" + std::to_string(i));
    if (Below(4) != 0) application->set_tier(1 + static_cast<int>(Below(4)));
    if (Below(2) == 0) application->mutable_continuity()->set_weight(static_cast<int64_t>(Below(9)));
    return application;
  }
  DocumentPtr Dependency(uint64_t application, uint64_t i) {
    auto dependency = std::make_shared<inventory::Dependency>();
    dependency->set_name("applications/a" + std::to_string(application) + "/dependencies/x" +
                         std::to_string(i));
    if (Below(2) == 0) dependency->set_essential(Below(2) == 0);
    if (Below(2) == 0) dependency->set_units(1 + static_cast<int64_t>(Below(5)));
    const uint64_t alternatives = 1 + Below(3);
    for (uint64_t k = 0; k < alternatives; ++k) {
      auto* alternative = dependency->add_alternatives();
      // Only the first applications are targets, so that the others may be deleted.
      alternative->set_target(Below(5) == 0 ? "applications/a" + std::to_string(Below(kTargets))
                                            : "deployments/d" + std::to_string(Below(kDeployments)));
      if (Below(2) == 0)
        alternative->set_activation(static_cast<inventory::Dependency::Activation>(Below(5)));
      if (Below(3) == 0) {
        alternative->mutable_usage()->set_requests(static_cast<int64_t>(Below(1000)));
        alternative->mutable_usage()->mutable_window()->set_seconds(1 + static_cast<int64_t>(Below(1000)));
      }
    }
    return dependency;
  }

  static constexpr uint64_t kVendors = 4, kHosts = 3, kModels = 5, kDeployments = 5, kApplications = 8,
                            kTargets = 3;

 private:
  std::mt19937_64 random_;
};

void Show(std::ostream& out, const Usage& usage) {
  out << " usage " << usage.requests << " " << usage.tokens << " " << usage.spend_minor << " "
      << usage.window_seconds;
}

std::string ShowConsumer(const Graph& graph, ConsumerIndex index) {
  std::ostringstream out;
  const ConsumerView consumer = graph.consumers()[index];
  const ConsumerRecord& r = consumer.record();
  out << r.priority << " " << r.weight << " " << r.min_viable_ppm << " " << int{r.tier} << " "
      << int{r.derived};
  for (uint32_t g = 0; g < consumer.group_count(); ++g) {
    const GroupView group = consumer.group(g);
    out << "\n  " << group.id() << " " << group.terms().essential << " " << group.terms().units << " "
        << int{group.terms().assumed};
    Show(out, group.usage());
    for (uint32_t k = 0; k < group.size(); ++k) {
      out << "\n    " << graph.NameOf(group.target(k)) << " " << group.alternative(k).switch_seconds << " "
          << int{group.alternative(k).assumed};
      Show(out, group.usage(k));
    }
  }
  return out.str();
}

std::string ShowModel(const Graph& graph, const Model& model) {
  std::ostringstream out;
  out << (model.developer ? graph.vendors()[*model.developer].name : "?") << " "
      << (model.licence.has_value() ? graph.licences()[model.licence.value()].name : "?") << " "
      << (model.weights ? static_cast<int>(*model.weights) : -1) << " " << model.derivations.is_none();
  for (const Derivation& derivation : model.derivations.value()) {
    out << " " << graph.models()[derivation.base].name << ":"
        << (derivation.relation ? static_cast<int>(*derivation.relation) : -1);
  }
  return out.str();
}

std::string ShowDeployment(const Graph& graph, const Deployment& deployment) {
  std::ostringstream out;
  out << (deployment.model ? graph.models()[*deployment.model].name : "?") << " "
      << (deployment.host ? graph.hosts()[*deployment.host].name : "?") << " "
      << (deployment.operator_vendor ? graph.vendors()[*deployment.operator_vendor].name : "?") << " "
      << (deployment.capacity_units.has_value() ? deployment.capacity_units.value() : -1);
  for (VendorIndex vendor : deployment.intermediaries.value()) out << " " << graph.vendors()[vendor].name;
  return out.str();
}

// Everything that documents decide, by name.
std::map<std::string, std::string> Shown(const Graph& graph) {
  std::map<std::string, std::string> shown;
  for (VendorIndex index : graph.vendors()) {
    const Vendor& vendor = graph.vendors()[index];
    shown[vendor.name] = (vendor.country ? vendor.country->ToString() : "?") + " " +
                         (vendor.parent.has_value() ? graph.vendors()[vendor.parent.value()].name
                          : vendor.parent.is_none() ? "none"
                                                    : "?");
  }
  for (HostIndex index : graph.hosts()) {
    const Host& host = graph.hosts()[index];
    shown[host.name] = (host.country ? host.country->ToString() : "?") + " " +
                       (host.provider.has_value() ? graph.vendors()[host.provider.value()].name : "?");
  }
  for (LicenceIndex index : graph.licences()) {
    const auto& irrevocable = graph.licences()[index].irrevocable;
    shown[graph.licences()[index].name] = irrevocable ? (*irrevocable ? "yes" : "no") : "?";
  }
  for (ModelIndex index : graph.models()) {
    shown[graph.models()[index].name] = ShowModel(graph, graph.models()[index]);
  }
  for (DeploymentIndex index : graph.deployments()) {
    shown[graph.deployments()[index].name] = ShowDeployment(graph, graph.deployments()[index]);
  }
  for (ConsumerIndex index : graph.consumers()) {
    shown[std::string(graph.consumers().NameOf(index))] = ShowConsumer(graph, index);
  }
  return shown;
}

// Documents by name, and the graph that follows them change by change.
class Followed {
 public:
  Followed() : graph_(Graph::Empty()) {}

  void Upsert(const DocumentPtr& document) {
    GraphChanges changes;
    ASSERT_THAT(AddUpsert(*document, changes), IsOk());
    Apply(changes);
    documents_[NameOf(*document)] = document;
  }
  // With the dependencies of a consumer.
  void Delete(const std::string& name) {
    GraphChanges changes;
    for (auto at = documents_.lower_bound(name); at != documents_.end() && at->first.starts_with(name);) {
      if (at->first != name && !at->first.starts_with(name + "/")) break;
      ASSERT_THAT(AddDelete(at->first, changes), IsOk());
      at = documents_.erase(at);
    }
    Apply(changes);
  }
  const Graph& graph() const { return *graph_; }

  std::shared_ptr<const Graph> BuiltAtOnce() const {
    GraphChanges changes;
    for (const auto& [name, document] : documents_)
      EXPECT_THAT(AddUpsert(*document, changes), IsOk()) << name;
    auto graph = Graph::Empty()->Apply(changes);
    EXPECT_THAT(graph, IsOk());
    return graph.ok() ? *graph : Graph::Empty();
  }

 private:
  static std::string NameOf(const google::protobuf::Message& document) {
    return document.GetReflection()->GetString(document, document.GetDescriptor()->FindFieldByName("name"));
  }
  void Apply(const GraphChanges& changes) {
    auto next = graph_->Apply(changes);
    ASSERT_THAT(next, IsOk());
    graph_ = *next;
  }

  std::map<std::string, DocumentPtr> documents_;
  std::shared_ptr<const Graph> graph_;
};

TEST(GraphBuilderProperty, FollowingChangesEqualsBuildingAtOnce) {
  using Maker = DocumentMaker;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Maker maker(seed);
    Followed followed;
    for (uint64_t i = 0; i < Maker::kVendors; ++i) followed.Upsert(maker.Vendor(i));
    for (uint64_t i = 0; i < Maker::kHosts; ++i) followed.Upsert(maker.Host(i));
    followed.Upsert(maker.Licence());
    for (uint64_t i = 0; i < Maker::kModels; ++i) followed.Upsert(maker.Model(i));
    for (uint64_t i = 0; i < Maker::kDeployments; ++i) followed.Upsert(maker.Deployment(i));
    for (uint64_t i = 0; i < Maker::kApplications; ++i) followed.Upsert(maker.Application(i));
    for (int step = 0; step < 80; ++step) {
      const uint64_t application = maker.Below(Maker::kApplications);
      const std::string name = "applications/a" + std::to_string(application);
      switch (maker.Below(8)) {
        case 0:
          followed.Upsert(maker.Vendor(maker.Below(Maker::kVendors)));
          break;
        case 1:
          followed.Upsert(maker.Model(maker.Below(Maker::kModels)));
          break;
        case 2:
          followed.Upsert(maker.Deployment(maker.Below(Maker::kDeployments)));
          break;
        case 3:
          followed.Upsert(maker.Application(application));
          break;
        case 4:
          followed.Delete(name + "/dependencies/x" + std::to_string(maker.Below(4)));
          break;
        case 5:
          if (application >= Maker::kTargets) followed.Delete(name);
          break;
        default:
          followed.Upsert(maker.Application(application));
          followed.Upsert(maker.Dependency(application, maker.Below(4)));
      }
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << " step " << step;
    }
    EXPECT_EQ(Shown(followed.graph()), Shown(*followed.BuiltAtOnce())) << "seed " << seed;
  }
}

}  // namespace
}  // namespace linchpin::engine
