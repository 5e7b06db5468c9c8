// Random worlds of which everything is known, and the same with much of it left out, for properties of what
// can be proven.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_CUTOFF_COMPLETE_WORLD_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_CUTOFF_COMPLETE_WORLD_H_

#include <algorithm>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/graph/facts.h"

namespace linchpin::engine {

inline constexpr const char* kCountries[] = {"CN", "FR", "US"};

// A world of which everything is known.
class CompleteWorld {
 public:
  explicit CompleteWorld(uint32_t seed) : random_(seed) {
    const int vendors = 3 + Pick(3), hosts = 2 + Pick(2), models = 3 + Pick(3), deployments = 2 + Pick(3);
    for (int i = 0; i < vendors; ++i) facts.vendors.push_back(Vendor(i));
    for (int i = 0; i < hosts; ++i) facts.hosts.push_back(Host(i));
    for (int i = 0; i < models; ++i) facts.models.push_back(Model(i));
    for (int i = 0; i < deployments; ++i) facts.deployments.push_back(Deployment(i));
    const int consumers = 2 + Pick(3);
    for (int i = 0; i < consumers; ++i) {
      facts.consumers.push_back({.name = Name("applications/a", i), .tier = 1});
      facts.groups.push_back(Group(i, consumers));
    }
    for (VendorFacts& vendor : facts.vendors) {
      if (Chance(50) && OnlyFromItself(vendor.name)) vendor.own_line = OwnLine::kAll;
    }
  }

  // The same, with much of it left out or only bounded; what is said of it stays true.
  GraphChanges Hidden(bool strict) {
    GraphChanges hidden = facts;
    for (VendorFacts& vendor : hidden.vendors) Hide(vendor);
    for (HostFacts& host : hidden.hosts) Hide(host);
    for (ModelFacts& model : hidden.models) Hide(model);
    for (DeploymentFacts& deployment : hidden.deployments) Hide(deployment, strict);
    return hidden;
  }

  bool Uses(const std::string& consumer, const std::string& entity) const {
    std::set<std::string> seen;
    return ConsumerUses(consumer, entity, seen);
  }

  GraphChanges facts;

 private:
  int Pick(int below) { return static_cast<int>(random_() % static_cast<uint32_t>(below)); }
  bool Chance(int percent) { return Pick(100) < percent; }
  static std::string Name(const char* prefix, int i) { return prefix + std::to_string(i); }
  std::string AnyVendor() {
    return facts.vendors[static_cast<size_t>(Pick(static_cast<int>(facts.vendors.size())))].name;
  }
  std::optional<Country> AnyCountry() { return Country::Parse(kCountries[Pick(3)]); }

  VendorFacts Vendor(int i) {
    VendorFacts vendor{
        .name = Name("vendors/v", i), .country = AnyCountry(), .parent = Fact<std::string>::None()};
    if (i > 0 && Chance(40)) vendor.parent = Name("vendors/v", Pick(i));
    return vendor;
  }
  HostFacts Host(int i) {
    HostFacts host{
        .name = Name("hosts/h", i), .provider = Fact<std::string>::None(), .country = AnyCountry()};
    if (Chance(70)) host.provider = AnyVendor();
    return host;
  }
  ModelFacts Model(int i) {
    ModelFacts model;
    model.name = Name("models/m", i);
    model.developer = AnyVendor();
    model.weights = Weights::kProprietary;
    if (Chance(20)) model.origin = AnyCountry();
    model.derivations = Fact<std::vector<DerivationFacts>>::None();
    if (i > 0 && Chance(50))
      model.derivations =
          std::vector<DerivationFacts>{{Name("models/m", Pick(i)), static_cast<Relation>(Pick(11))}};
    return model;
  }
  DeploymentFacts Deployment(int i) {
    DeploymentFacts deployment;
    deployment.name = Name("deployments/d", i);
    deployment.model = facts.models[static_cast<size_t>(Pick(static_cast<int>(facts.models.size())))].name;
    deployment.mode = Chance(40) ? HostingMode::kSelfHosted : HostingMode::kThirdPartyHosted;
    const bool self_hosted = *deployment.mode == HostingMode::kSelfHosted;
    if (!self_hosted) deployment.operator_vendor = AnyVendor();
    if (self_hosted) deployment.weights_source = AnyVendor();
    deployment.host = facts.hosts[static_cast<size_t>(Pick(static_cast<int>(facts.hosts.size())))].name;
    deployment.intermediaries = Fact<std::vector<std::string>>::None();
    if (Chance(20)) deployment.intermediaries = std::vector<std::string>{AnyVendor()};
    return deployment;
  }
  GroupFacts Group(int i, int consumers) {
    GroupFacts group{.consumer = Name("applications/a", i), .id = "g"};
    const int count = 1 + Pick(2);
    for (int k = 0; k < count; ++k) {
      const bool on_consumer = consumers > 1 && Chance(25);
      const std::string target =
          on_consumer
              ? Name("applications/a", (i + 1) % consumers)
              : facts.deployments[static_cast<size_t>(Pick(static_cast<int>(facts.deployments.size())))].name;
      group.alternatives.push_back({.target = target, .switch_seconds = 0});
    }
    return group;
  }

  // --- What is not said ---
  std::vector<std::string> WithDecoys(std::set<std::string> truth) {
    if (Chance(50)) truth.insert(AnyVendor());
    return {truth.begin(), truth.end()};
  }
  static std::string TextOfCountry(const std::optional<Country>& country) { return country->ToString(); }
  void BoundCountry(FactKind kind, const std::optional<Country>& truth, KnowledgeFacts& knowledge) {
    if (Chance(50)) return;
    std::set<std::string> codes{TextOfCountry(truth)};
    if (Chance(50)) codes.insert(kCountries[Pick(3)]);
    knowledge.bounds.push_back({kind, {codes.begin(), codes.end()}});
  }
  void Hide(VendorFacts& vendor) {
    if (Chance(15)) {
      BoundCountry(FactKind::kVendorCountry, vendor.country, vendor.knowledge);
      vendor.country.reset();
    }
    if (!Chance(15)) return;
    const std::string truth = vendor.parent.has_value() ? vendor.parent.value() : "none";
    if (Chance(60)) vendor.knowledge.bounds.push_back({FactKind::kVendorParent, Parents(vendor.name, truth)});
    vendor.parent = {};
  }
  // A vendor that may be its parent without closing a circle, and the one that is.
  std::vector<std::string> Parents(const std::string& vendor, const std::string& truth) {
    std::set<std::string> names{truth};
    const int before = vendor.back() - '0';
    if (before > 0 && Chance(50)) names.insert(Name("vendors/v", Pick(before)));
    return {names.begin(), names.end()};
  }
  void Hide(HostFacts& host) {
    if (Chance(15)) {
      BoundCountry(FactKind::kHostCountry, host.country, host.knowledge);
      host.country.reset();
    }
    if (!Chance(15)) return;
    const std::string truth = host.provider.has_value() ? host.provider.value() : "none";
    if (Chance(60)) host.knowledge.bounds.push_back({FactKind::kHostProvider, WithDecoys({truth})});
    host.provider = {};
  }
  void Hide(ModelFacts& model) {
    const std::string developer = *model.developer;
    if (Chance(20)) {
      const std::set<std::string> ancestors = AncestorsOf(model.name);
      std::set<std::string> developers;
      for (const std::string& ancestor : ancestors) developers.insert(*ModelOf(ancestor).developer);
      if (ancestors.empty() || Chance(30)) developers.insert("none");
      if (Chance(60)) model.knowledge.bounds.push_back({FactKind::kLineageDeveloper, WithDecoys(developers)});
      model.derivations = {};
    }
    // A stated origin that is left out would be read as the developer's country.
    if (!model.origin.has_value() && Chance(15)) {
      if (Chance(60)) model.knowledge.bounds.push_back({FactKind::kDeveloper, WithDecoys({developer})});
      model.developer.reset();
    }
  }
  void Hide(DeploymentFacts& deployment, bool strict) {
    if (strict && Chance(15)) deployment.intermediaries = {};
    if (strict && Chance(15)) deployment.weights_source.reset();
    if (Chance(15)) {
      if (deployment.operator_vendor.has_value() && Chance(60))
        deployment.knowledge.bounds.push_back(
            {FactKind::kOperator, WithDecoys({*deployment.operator_vendor})});
      deployment.operator_vendor.reset();
      if (Chance(50)) deployment.mode.reset();
    }
    if (Chance(15)) HideHost(deployment);
    if (!Chance(15)) return;
    std::set<std::string> models{*deployment.model};
    if (Chance(50)) models.insert(facts.models.front().name);
    if (Chance(60)) deployment.knowledge.bounds.push_back({FactKind::kModel, {models.begin(), models.end()}});
    deployment.model.reset();
  }
  void HideHost(DeploymentFacts& deployment) {
    const HostFacts& host = HostOf(*deployment.host);
    const std::string provider = host.provider.has_value() ? host.provider.value() : "none";
    const bool self_hosted = !deployment.mode.has_value() || *deployment.mode == HostingMode::kSelfHosted;
    if (Chance(50) && (provider != "none" || self_hosted))
      deployment.knowledge.bounds.push_back({FactKind::kProviderOfHost, WithDecoys({provider})});
    BoundCountry(FactKind::kCountryOfHost, host.country, deployment.knowledge);
    deployment.host.reset();
  }

  // --- What is true ---
  template <typename Rows>
  static const typename Rows::value_type& Find(const Rows& rows, const std::string& name) {
    return *std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  }
  const ModelFacts& ModelOf(const std::string& name) const { return Find(facts.models, name); }
  const HostFacts& HostOf(const std::string& name) const { return Find(facts.hosts, name); }
  bool VendorIs(std::string vendor, const std::string& entity) const {
    while (true) {
      const VendorFacts& row = Find(facts.vendors, vendor);
      if (vendor == entity || row.country->ToString() == entity) return true;
      if (!row.parent.has_value()) return false;
      vendor = row.parent.value();
    }
  }
  std::set<std::string> AncestorsOf(const std::string& model) const {
    std::set<std::string> ancestors;
    for (const DerivationFacts& derivation : ModelOf(model).derivations.value()) {
      ancestors.insert(derivation.base);
      ancestors.merge(AncestorsOf(derivation.base));
    }
    return ancestors;
  }
  // What `own_line` says of a vendor: of its models and of those of vendors that it owns. The rule that reads
  // it knows stated parents only, so that each developer's models come from its own here.
  bool OnlyFromItself(const std::string& vendor) const {
    return std::all_of(facts.models.begin(), facts.models.end(), [&](const ModelFacts& model) {
      if (!VendorIs(*model.developer, vendor)) return true;
      const std::set<std::string> ancestors = AncestorsOf(model.name);
      return std::all_of(ancestors.begin(), ancestors.end(), [&](const std::string& ancestor) {
        return *ModelOf(ancestor).developer == *model.developer;
      });
    });
  }
  bool ModelIs(const std::string& model, const std::string& entity) const {
    std::set<std::string> lineage = AncestorsOf(model);
    lineage.insert(model);
    return std::any_of(lineage.begin(), lineage.end(), [&](const std::string& name) {
      const ModelFacts& row = ModelOf(name);
      return VendorIs(*row.developer, entity) || (row.origin.has_value() && row.origin->ToString() == entity);
    });
  }
  bool DeploymentUses(const std::string& name, const std::string& entity) const {
    const DeploymentFacts& row = Find(facts.deployments, name);
    const HostFacts& host = HostOf(*row.host);
    if (host.country->ToString() == entity || ModelIs(*row.model, entity)) return true;
    if (host.provider.has_value() && VendorIs(host.provider.value(), entity)) return true;
    if (row.operator_vendor.has_value() && VendorIs(*row.operator_vendor, entity)) return true;
    if (row.weights_source.has_value() && VendorIs(*row.weights_source, entity)) return true;
    return std::any_of(row.intermediaries.value().begin(), row.intermediaries.value().end(),
                       [&](const std::string& vendor) { return VendorIs(vendor, entity); });
  }
  bool ConsumerUses(const std::string& consumer, const std::string& entity,
                    std::set<std::string>& seen) const {
    if (!seen.insert(consumer).second) return false;
    for (const GroupFacts& group : facts.groups) {
      if (group.consumer != consumer) continue;
      for (const AlternativeFacts& alternative : group.alternatives) {
        const bool uses = alternative.target.rfind("deployments/", 0) == 0
                              ? DeploymentUses(alternative.target, entity)
                              : ConsumerUses(alternative.target, entity, seen);
        if (uses) return true;
      }
    }
    return false;
  }

  std::mt19937 random_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_CUTOFF_COMPLETE_WORLD_H_
