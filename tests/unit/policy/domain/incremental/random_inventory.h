// A small inventory that changes at random and stays whole: nothing refers to what does not exist.
#ifndef LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_RANDOM_INVENTORY_H_
#define LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_RANDOM_INVENTORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/business_service.pb.h"
#include "linchpin/inventory/v1/contract.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/licence.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/route.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/replica/view_editor.h"

namespace linchpin::policy {

// Documents of every kind, with known, absent, bounded and likely facts, tests that expire and models that
// retire around `now`. Parents, lines and base models have smaller numbers, so that there are no cycles;
// among consumers there are.
class RandomInventory {
 public:
  RandomInventory(uint64_t seed, absl::Time now) : random_(seed), now_(now) {}

  // Writes or deletes one document, if that leaves the inventory whole.
  void Change() {
    switch (Below(13)) {
      case 0:
        return Vendor(Below(6));
      case 1:
        return Host(Below(4));
      case 2:
        return Licence(Below(2));
      case 3:
        return Model(Below(8));
      case 4:
        return Deployment(Below(8));
      case 5:
        return Route(Below(3));
      case 6:
        return Consumer<inventory::v1::Application>("applications/a", Below(6));
      case 7:
        return Consumer<inventory::v1::BusinessService>("businessServices/b", Below(2));
      case 8:
        return Delete();
      case 9:
        return Contract(Below(3));
      default:
        return Dependency();
    }
  }
  // Dependencies alone, as most changes are.
  void ChangeDependency() { Dependency(); }
  void SetNow(absl::Time now) { now_ = now; }

  // The next view after all that has been written since the last.
  std::shared_ptr<const replica::View> Next() {
    std::vector<replica::DocumentEdit> edits;
    for (const auto& [name, body] : written_) {
      replica::DocumentEdit edit;
      edit.document.name = name;
      edit.document.kind = resource::KindOfName(name);
      edit.document.revision = revision_ + 1;
      edit.document.body = body;
      edit.deleted = body.empty();
      edits.push_back(edit);
    }
    replica::ViewEditor editor(view_ == nullptr ? empty_ : *view_);
    editor.Apply(edits, ++revision_, now_);
    view_ = editor.Finish();
    changed_.clear();
    for (const auto& [name, body] : written_) changed_.push_back(name);
    written_.clear();
    return view_;
  }
  // Names of what differs from the view before.
  const std::vector<std::string>& changed() const { return changed_; }

  uint64_t Below(uint64_t bound) { return random_() % bound; }
  bool Chance(int percent) { return Below(100) < static_cast<uint64_t>(percent); }

 private:
  static std::string Numbered(const std::string& collection, uint64_t number) {
    return collection + std::to_string(number);
  }
  const char* Country() {
    static const char* const kCountries[] = {"US", "CN", "FR", "DE"};
    return kCountries[Below(4)];
  }
  bool Exists(const std::string& name) const {
    const auto written = written_.find(name);
    if (written != written_.end()) return !written->second.empty();
    return view_ != nullptr && view_->Contains(name);
  }
  // One of the first `bound` of a collection that exists; empty: none does.
  std::string Some(const std::string& collection, uint64_t bound) {
    if (bound == 0) return "";
    const uint64_t from = Below(bound);
    for (uint64_t i = 0; i < bound; ++i) {
      if (Exists(Numbered(collection, (from + i) % bound))) return Numbered(collection, (from + i) % bound);
    }
    return "";
  }

  template <typename T>
  void Write(const T& document) {
    written_[document.name()] = document.SerializeAsString();
  }
  template <typename T>
  void Believe(const char* field, const std::string& value, T& document) {
    if (value.empty()) return;
    if (Chance(30)) {
      auto* bound = document.add_bounds();
      bound->set_field(field);
      (Chance(60) ? bound->add_one_of() : bound->add_none_of())->assign(value);
    }
    if (Chance(30)) {
      auto* likely = document.add_likely();
      likely->set_field(field);
      likely->add_one_of(value);
    }
  }
  template <typename Time>
  void SetTime(absl::Duration around, Time* time) {
    const int64_t seconds = absl::ToInt64Seconds(around);
    time->set_seconds(absl::ToUnixSeconds(now_) - seconds + static_cast<int64_t>(Below(2 * seconds + 1)));
  }

  void Vendor(uint64_t number) {
    inventory::v1::Vendor vendor;
    vendor.set_name(Numbered("vendors/v", number));
    if (Chance(75)) {
      vendor.set_country(Country());
    } else {
      Believe("country", Country(), vendor);
    }
    const std::string parent = Some("vendors/v", number);
    if (!parent.empty() && Chance(40)) {
      vendor.set_parent(parent);
    } else if (Chance(70)) {
      vendor.add_known_none("parent");
    } else {
      Believe("parent", parent, vendor);
    }
    if (Chance(30)) vendor.add_roles(inventory::v1::Vendor::ROLE_DEVELOPER);
    const std::string upstream = Some("vendors/v", 6);
    if (!upstream.empty() && upstream != vendor.name() && Chance(40)) {
      vendor.mutable_upstreams()->add_operators(upstream);
      if (Chance(50)) vendor.mutable_upstreams()->set_complete(true);
    }
    if (Chance(30)) (*vendor.mutable_labels())["team"] = Chance(50) ? "red" : "blue";
    Write(vendor);
  }
  void Host(uint64_t number) {
    inventory::v1::Host host;
    host.set_name(Numbered("hosts/h", number));
    if (Chance(70)) host.set_country(Country());
    const std::string provider = Some("vendors/v", 6);
    if (!provider.empty() && Chance(70)) host.set_provider(provider);
    Write(host);
  }
  void Licence(uint64_t number) {
    inventory::v1::Licence licence;
    licence.set_name(Numbered("licences/l", number));
    if (Chance(70)) licence.set_irrevocable(Chance(50));
    Write(licence);
  }
  void Model(uint64_t number) {
    inventory::v1::Model model;
    model.set_name(Numbered("models/m", number));
    const std::string developer = Some("vendors/v", 6), line = Some("models/m", number);
    if (!developer.empty() && Chance(70)) {
      model.set_developer(developer);
    } else {
      Believe("developer", developer, model);
    }
    if (Chance(30)) model.set_origin_country(Country());
    if (Chance(70))
      model.set_weights(Chance(50) ? inventory::v1::Model::WEIGHTS_OPEN
                                   : inventory::v1::Model::WEIGHTS_PROPRIETARY);
    const std::string licence = Some("licences/l", 2);
    if (!licence.empty() && Chance(60)) model.set_licence(licence);
    if (!line.empty() && Chance(50)) {
      auto* derivation = model.add_derivations();
      derivation->set_base_model(line);
      if (Chance(80)) derivation->set_relation(inventory::v1::Model::RELATION_FINE_TUNE);
    } else if (!line.empty() && Chance(30)) {
      model.set_version_of(line);
    } else if (Chance(60)) {
      model.add_known_none("derivations");
    }
    if (Chance(50)) SetTime(absl::Hours(24 * 60), model.mutable_retirement_time());
    if (Chance(50)) SetTime(absl::Hours(24 * 200), model.mutable_release_time());
    Write(model);
  }
  void Deployment(uint64_t number) {
    inventory::v1::Deployment deployment;
    deployment.set_name(Numbered("deployments/d", number));
    const std::string model = Some("models/m", 8), vendor = Some("vendors/v", 6), host = Some("hosts/h", 4);
    if (!model.empty() && Chance(80)) {
      deployment.set_model(model);
    } else {
      Believe("model", model, deployment);
    }
    const bool self_hosted = Chance(20);
    if (self_hosted) deployment.set_hosting_mode(inventory::v1::Deployment::HOSTING_MODE_SELF_HOSTED);
    if (!self_hosted && Chance(60))
      deployment.set_hosting_mode(inventory::v1::Deployment::HOSTING_MODE_THIRD_PARTY_HOSTED);
    if (!vendor.empty() && !self_hosted && Chance(70)) deployment.set_operator_(vendor);
    if (!host.empty() && Chance(70)) {
      deployment.set_host(host);
    } else {
      Believe("host", host, deployment);
    }
    if (!vendor.empty() && Chance(20)) deployment.add_intermediaries(vendor);
    Write(deployment);
  }
  void Route(uint64_t number) {
    const std::string first = Some("deployments/d", 8), second = Some("deployments/d", 8);
    if (first.empty()) return;
    inventory::v1::Route route;
    route.set_name(Numbered("routes/r", number));
    route.add_alternatives()->set_target(first);
    if (second != first) route.add_alternatives()->set_target(second);
    Write(route);
  }
  void Contract(uint64_t number) {
    const std::string vendor = Some("vendors/v", 6);
    if (vendor.empty()) return;
    inventory::v1::Contract contract;
    contract.set_name(Numbered("contracts/c", number));
    contract.set_vendor(vendor);
    if (Chance(50)) SetTime(absl::Hours(24 * 100), contract.mutable_end_time());
    const std::string deployment = Some("deployments/d", 8);
    if (!deployment.empty() && Chance(70)) {
      auto* service = contract.add_services();
      service->set_type(inventory::v1::Contract::SERVICE_TYPE_SOFTWARE_LICENCING);
      service->add_deployments(deployment);
    }
    Write(contract);
  }
  template <typename T>
  void Consumer(const std::string& collection, uint64_t number) {
    T consumer;
    consumer.set_name(Numbered(collection, number));
    if (Chance(80)) consumer.set_tier(1 + static_cast<int>(Below(3)));
    if (Chance(50)) consumer.set_owner(Chance(50) ? "ann" : "bob");
    if (Chance(50)) consumer.set_business_unit(Chance(50) ? "retail" : "cards");
    Write(consumer);
  }
  void Dependency() {
    const std::string consumer = Chance(80) ? Some("applications/a", 6) : Some("businessServices/b", 2);
    if (consumer.empty()) return;
    inventory::v1::Dependency dependency;
    dependency.set_name(consumer + Numbered("/dependencies/d", Below(3)));
    const uint64_t count = 1 + Below(3);
    std::string last;
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t sort = Below(10);
      const std::string target = sort < 7   ? Some("deployments/d", 8)
                                 : sort < 9 ? Some("routes/r", 3)
                                            : Some("applications/a", 6);
      if (target.empty() || target == last || target == consumer) continue;
      last = target;
      auto* alternative = dependency.add_alternatives();
      alternative->set_target(target);
      if (!Chance(60)) continue;
      auto* test = alternative->mutable_last_test();
      if (Chance(90)) SetTime(absl::Hours(24 * 120), test->mutable_time());
      if (Chance(90))
        test->set_result(Chance(90) ? inventory::v1::Dependency::TestRecord::RESULT_PASS
                                    : inventory::v1::Dependency::TestRecord::RESULT_FAIL);
    }
    if (dependency.alternatives().empty()) return;
    if (Chance(30)) dependency.set_essential(false);
    if (Chance(30)) dependency.set_purpose(inventory::v1::Dependency::PURPOSE_CHAT);
    if (Chance(50)) SetTime(absl::Hours(24 * 200), dependency.mutable_reviewed_time());
    Write(dependency);
  }
  void Delete() {
    static const char* const kCollections[] = {
        "vendors/v", "hosts/h",        "licences/l",         "models/m",   "deployments/d",
        "routes/r",  "applications/a", "businessServices/b", "contracts/c"};
    if (view_ == nullptr || !written_.empty()) return;
    std::string name = Some(kCollections[Below(9)], 8);
    if (name.empty() || Chance(60)) {
      const std::string consumer = Some("applications/a", 6);
      const std::vector<std::string> children = view_->NamesWithPrefix(consumer + "/dependencies/", 8);
      if (consumer.empty() || children.empty()) return;
      name = children[Below(children.size())];
    }
    // A consumer goes with its dependencies.
    for (const std::string& referrer : view_->Referrers(name, 100)) {
      if (resource::ParentName(referrer) != name) return;
      if (!view_->Referrers(referrer, 1).empty()) return;
    }
    for (const std::string& child : view_->NamesWithPrefix(name + "/", 100)) written_[child] = "";
    written_[name] = "";
  }

  std::mt19937_64 random_;
  absl::Time now_;
  int64_t revision_ = 0;
  const replica::View empty_;
  std::shared_ptr<const replica::View> view_;
  std::map<std::string, std::string> written_;  // By name; empty: deleted.
  std::vector<std::string> changed_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_UNIT_POLICY_DOMAIN_INCREMENTAL_RANDOM_INVENTORY_H_
