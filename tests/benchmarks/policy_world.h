// The inventory of the benchmarks of policies: 100,000 applications, unless said otherwise, on 5,000
// deployments.
#ifndef LINCHPIN_TESTS_BENCHMARKS_POLICY_WORLD_H_
#define LINCHPIN_TESTS_BENCHMARKS_POLICY_WORLD_H_

#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/replica/view_editor.h"

namespace linchpin::policy {

inline constexpr int kApplications = 100'000;
inline constexpr int kDeployments = 5'000;
inline constexpr int kModels = 5'000;
inline constexpr int kVendors = 256;
inline constexpr int kHosts = 300;
inline constexpr int64_t kNow = 1'770'000'000;

// Numbers of one width, so that they are in order as text.
inline std::string Numbered(const std::string& collection, int number) {
  return collection + std::to_string(1'000'000 + number).substr(1);
}
inline std::string Numbered(const char* collection, uint64_t number) {
  return Numbered(std::string(collection), static_cast<int>(number));
}

class Builder {
 public:
  explicit Builder(int applications = kApplications) : applications_(applications) {}

  std::shared_ptr<const replica::View> Build(int dependencies) {
    Vendors();
    Hosts();
    Models();
    Deployments();
    for (int i = 0; i < applications_; ++i) {
      inventory::v1::Application application;
      application.set_name(Numbered("applications/a", uint64_t(i)));
      application.set_tier(1 + i % 4);
      application.set_business_unit(Numbered("unit", uint64_t(i % 20)));
      Add(application);
    }
    for (int i = 0; i < applications_; ++i) {
      for (int j = 0; j < dependencies; ++j) Dependency(i, j);
    }
    return loader_.Finish(1, absl::FromUnixSeconds(kNow));
  }
  // A dependency with other alternatives.
  inventory::v1::Dependency RandomDependency(int application, int number) {
    inventory::v1::Dependency dependency;
    dependency.set_name(Numbered("applications/a", uint64_t(application)) +
                        Numbered("/dependencies/d", uint64_t(number)));
    dependency.add_alternatives()->set_target(Numbered("deployments/d", random_() % kDeployments));
    auto* fallback = dependency.add_alternatives();
    fallback->set_target(Numbered("deployments/d", random_() % kDeployments));
    if (random_() % 100 != 0) {
      fallback->mutable_last_test()->mutable_time()->set_seconds(kNow -
                                                                 static_cast<int64_t>(random_() % 8'000'000));
      fallback->mutable_last_test()->set_result(inventory::v1::Dependency::TestRecord::RESULT_PASS);
    }
    return dependency;
  }
  std::mt19937_64& random() { return random_; }

 private:
  template <typename T>
  void Add(const T& document) {
    const std::string body = document.SerializeAsString();
    replica::DocumentRef ref;
    ref.name = document.name();
    ref.kind = resource::FindKindOf(T::descriptor());
    ref.revision = 1;
    ref.body = body;
    if (!loader_.Add(ref)) std::abort();
  }

  void Vendors() {
    const char* const codes[] = {"US", "CN", "FR", "DE", "GB"};
    for (int i = 0; i < kVendors; ++i) {
      inventory::v1::Vendor vendor;
      vendor.set_name(Numbered("vendors/v", uint64_t(i)));
      vendor.set_country(codes[random_() % 5]);
      if (i > 0 && random_() % 4 == 0) {
        vendor.set_parent(Numbered("vendors/v", random_() % i));
      } else if (random_() % 20 != 0) {
        vendor.add_known_none("parent");
      }
      Add(vendor);
    }
  }
  void Hosts() {
    for (int i = 0; i < kHosts; ++i) {
      inventory::v1::Host host;
      host.set_name(Numbered("hosts/h", uint64_t(i)));
      host.set_provider(Numbered("vendors/v", random_() % kVendors));
      Add(host);
    }
  }
  void Models() {
    for (int i = 0; i < kModels; ++i) {
      inventory::v1::Model model;
      model.set_name(Numbered("models/m", uint64_t(i)));
      model.set_developer(Numbered("vendors/v", random_() % kVendors));
      if (i < 500) {
        model.add_known_none("derivations");
      } else {
        for (int j = 0; j < 2; ++j) {
          auto* derivation = model.add_derivations();
          derivation->set_base_model(Numbered("models/m", random_() % i));
          derivation->set_relation(inventory::v1::Model::RELATION_FINE_TUNE);
        }
      }
      Add(model);
    }
  }
  void Deployments() {
    for (int i = 0; i < kDeployments; ++i) {
      inventory::v1::Deployment deployment;
      deployment.set_name(Numbered("deployments/d", uint64_t(i)));
      deployment.set_model(Numbered("models/m", random_() % kModels));
      deployment.set_operator_(Numbered("vendors/v", random_() % kVendors));
      deployment.set_host(Numbered("hosts/h", random_() % kHosts));
      Add(deployment);
    }
  }
  void Dependency(int application, int number) { Add(RandomDependency(application, number)); }

  const int applications_;
  std::mt19937_64 random_{1};
  replica::ViewLoader loader_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_TESTS_BENCHMARKS_POLICY_WORLD_H_
