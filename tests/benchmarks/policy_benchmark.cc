// Evaluation of policies over 100,000 applications, with one and with ten dependencies each: every kind of
// rule by itself, a policy of several, and the step from one evaluation to the next when nothing has changed.
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "benchmark/benchmark.h"
#include "google/protobuf/text_format.h"
#include "linchpin/inventory/v1/application.pb.h"
#include "linchpin/inventory/v1/dependency.pb.h"
#include "linchpin/inventory/v1/deployment.pb.h"
#include "linchpin/inventory/v1/host.pb.h"
#include "linchpin/inventory/v1/model.pb.h"
#include "linchpin/inventory/v1/vendor.pb.h"
#include "services/policy/domain/binding/policy_set.h"
#include "services/policy/domain/findings/lifecycle.h"
#include "services/replica/view_editor.h"

namespace linchpin::policy {
namespace {

constexpr int kApplications = 100'000;
constexpr int kDeployments = 5'000;
constexpr int kModels = 5'000;
constexpr int kVendors = 256;
constexpr int kHosts = 300;
constexpr int64_t kNow = 1'770'000'000;

// Numbers of one width, so that they are in order as text.
std::string Numbered(const std::string& collection, int number) {
  return collection + std::to_string(1'000'000 + number).substr(1);
}
std::string Numbered(const char* collection, uint64_t number) {
  return Numbered(std::string(collection), static_cast<int>(number));
}

class Builder {
 public:
  std::shared_ptr<const replica::View> Build(int dependencies) {
    Vendors();
    Hosts();
    Models();
    Deployments();
    for (int i = 0; i < kApplications; ++i) {
      inventory::v1::Application application;
      application.set_name(Numbered("applications/a", uint64_t(i)));
      application.set_tier(1 + i % 4);
      application.set_business_unit(Numbered("unit", uint64_t(i % 20)));
      Add(application);
    }
    for (int i = 0; i < kApplications; ++i) {
      for (int j = 0; j < dependencies; ++j) Dependency(i, j);
    }
    return loader_.Finish(1, absl::FromUnixSeconds(kNow));
  }

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
  void Dependency(int application, int number) {
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
    Add(dependency);
  }

  std::mt19937_64 random_{1};
  replica::ViewLoader loader_;
};

const replica::View& ViewWith(int dependencies) {
  static auto* const one = new std::shared_ptr<const replica::View>(Builder().Build(1));
  static auto* const ten = new std::shared_ptr<const replica::View>(Builder().Build(10));
  return dependencies == 1 ? **one : **ten;
}

v1::Rule Rule(const std::string& text) {
  v1::Rule rule;
  if (!google::protobuf::TextFormat::ParseFromString(text, &rule)) std::abort();
  return rule;
}

v1::Rule LineageRule() {
  return Rule(R"(id: "lineage" select { all { path: "tier" op: OP_LE values { int_value: 2 } } }
                 lineage { denied { list_value { values: "CN" } } })");
}
v1::Rule CleanLineageRule() {
  return Rule(R"(id: "clean" lineage { denied { list_value { values: "JP" } } })");
}
v1::Rule FallbackRule() {
  return Rule(R"(id: "fallback" select { all { path: "tier" op: OP_LE values { int_value: 2 } } }
                 fallback { different_in: DIMENSION_OPERATOR_GROUP different_in: DIMENSION_HOST_PROVIDER_GROUP
                            tested_within { seconds: 7776000 } })");
}
v1::Rule ConcentrationRule() {
  return Rule(R"(id: "share" concentration { group_by: DIMENSION_OPERATOR_GROUP metric: METRIC_SHARE
                 limit { number_value: 0.4 } })");
}

PolicySet SetOf(const std::vector<v1::Rule>& rules) {
  v1::Policy policy;
  policy.set_name("policies/p");
  for (const v1::Rule& rule : rules) *policy.add_rules() = rule;
  v1::Assignment assignment;
  assignment.set_name("assignments/a");
  assignment.set_policy("policies/p");
  return PolicySet(1, {policy}, {assignment}, {});
}

void Run(benchmark::State& state, const std::vector<v1::Rule>& rules) {
  const replica::View& view = ViewWith(static_cast<int>(state.range(0)));
  const PolicySet policies = SetOf(rules);
  EvaluationOptions options;
  options.now = absl::FromUnixSeconds(kNow);
  for (auto _ : state) {
    auto evaluation = Evaluate(view, policies.active(), options);
    if (!evaluation.ok()) state.SkipWithError("no evaluation");
    state.counters["findings"] = static_cast<double>(evaluation->findings.size());
  }
}

void Lineage(benchmark::State& state) { Run(state, {LineageRule()}); }
void LineageWithoutOffence(benchmark::State& state) { Run(state, {CleanLineageRule()}); }
void Fallback(benchmark::State& state) { Run(state, {FallbackRule()}); }
void Concentration(benchmark::State& state) { Run(state, {ConcentrationRule()}); }
void AllKinds(benchmark::State& state) {
  Run(state, {LineageRule(), CleanLineageRule(), FallbackRule(), ConcentrationRule()});
}

void StepWithoutChange(benchmark::State& state) {
  const replica::View& view = ViewWith(static_cast<int>(state.range(0)));
  const PolicySet policies = SetOf({LineageRule(), FallbackRule()});
  EvaluationOptions options;
  options.now = absl::FromUnixSeconds(kNow);
  auto evaluation = Evaluate(view, policies.active(), options);
  if (!evaluation.ok()) std::abort();
  const FindingMap findings = Advance({}, *evaluation, policies, nullptr, view).findings;
  for (auto _ : state) {
    state.PauseTiming();
    Evaluation copy = *evaluation;
    state.ResumeTiming();
    const LifecycleStep step = Advance(findings, std::move(copy), policies, &policies, view);
    if (!step.changed.empty()) state.SkipWithError("something changed");
  }
}

BENCHMARK(Lineage)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(LineageWithoutOffence)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(Fallback)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(Concentration)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(AllKinds)->Arg(1)->Arg(10)->Unit(benchmark::kMillisecond);
BENCHMARK(StepWithoutChange)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace linchpin::policy

BENCHMARK_MAIN();
