// What to ask first, over 100,000 applications: the goal is 10 s. Two worlds. In `a gateway` applications
// depend on deployments, and every tenth on another application; in `a thicket` each has ten dependencies of
// two alternatives, one target in twenty is another application, and most reach hundreds of unknown facts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "benchmark/benchmark.h"
#include "services/engine/questions/question_finder.h"

namespace linchpin::engine {
namespace {

constexpr int kApplications = 100'000;
constexpr int kDeployments = 5'000;
constexpr int kModels = 1'000;
constexpr int kVendors = 256;
constexpr int kHosts = 300;

struct Shape {
  int dependencies;
  int other_application;  // One target in so many is an application.
  bool any_application;   // Not only earlier ones, so that there are cycles.
  int unknown_percent;
};
constexpr Shape kGateway = {2, 10, false, 30};
constexpr Shape kThicket = {10, 20, true, 10};

std::string Numbered(const char* collection, uint64_t number) { return collection + std::to_string(number); }

void AddVendors(std::mt19937_64& random, GraphChanges& changes) {
  const char* const codes[] = {"US", "CN", "FR", "DE", "GB"};
  for (int i = 0; i < kVendors; ++i) {
    VendorFacts& vendor = changes.vendors.emplace_back();
    vendor.name = Numbered("vendors/v", i);
    vendor.country = Country::Parse(codes[random() % 5]);
    vendor.parent = Fact<std::string>::None();
    vendor.roles = i < 40 ? kHostProviderRole | kOperatorRole : kDeveloperRole | kOperatorRole;
  }
  for (int i = 0; i < kHosts; ++i) {
    changes.hosts.push_back(
        {Numbered("hosts/h", i), Numbered("vendors/v", random() % 40), Country::Parse(codes[random() % 5])});
  }
}

void AddModels(std::mt19937_64& random, const Shape& shape, GraphChanges& changes) {
  for (int i = 0; i < kModels; ++i) {
    ModelFacts& model = changes.models.emplace_back();
    model.name = Numbered("models/m", i);
    model.developer = Numbered("vendors/v", 40 + random() % (kVendors - 40));
    model.weights = i % 3 == 0 ? Weights::kProprietary : Weights::kOpen;
    model.requires_activation = false;
    if (static_cast<int>(random() % 100) >= shape.unknown_percent)
      model.derivations = Fact<std::vector<DerivationFacts>>::None();
  }
  for (int i = 0; i < kDeployments; ++i) {
    DeploymentFacts& deployment = changes.deployments.emplace_back();
    deployment.name = Numbered("deployments/d", i);
    deployment.mode = HostingMode::kThirdPartyHosted;
    deployment.operator_vendor = Numbered("vendors/v", random() % kVendors);
    deployment.model = Numbered("models/m", random() % kModels);
    deployment.pass_through = false;
    if (static_cast<int>(random() % 100) >= shape.unknown_percent)
      deployment.host = Numbered("hosts/h", random() % kHosts);
  }
}

void AddDemand(std::mt19937_64& random, const Shape& shape, GraphChanges& changes) {
  for (int i = 0; i < kApplications; ++i) {
    ConsumerFacts& consumer = changes.consumers.emplace_back();
    consumer.name = Numbered("applications/a", i);
    consumer.tier = 1 + static_cast<int>(random() % 4);
    for (int g = 0; g < shape.dependencies; ++g) {
      GroupFacts& group = changes.groups.emplace_back();
      group.consumer = consumer.name;
      group.id = Numbered("g", g);
      for (int k = 0; k < 2; ++k) {
        AlternativeFacts& alternative = group.alternatives.emplace_back();
        const bool application = i > 0 && static_cast<int>(random() % shape.other_application) == 0;
        const uint64_t reach = shape.any_application && random() % 50 == 0 ? kApplications : i;
        alternative.target = application ? Numbered("applications/a", random() % reach)
                                         : Numbered("deployments/d", random() % kDeployments);
        alternative.switch_seconds = 0;
      }
    }
  }
}

std::shared_ptr<const EvaluationPlan> MakeWorld(const Shape& shape) {
  std::mt19937_64 random(1);
  GraphChanges changes;
  AddVendors(random, changes);
  AddModels(random, shape, changes);
  AddDemand(random, shape, changes);
  auto graph = Graph::Empty()->Apply(changes);
  auto plan = graph.ok() ? EvaluationPlan::Create(*graph) : graph.status();
  if (!plan.ok()) {
    std::fprintf(stderr, "%s\n", plan.status().ToString().c_str());
    std::abort();
  }
  return *plan;
}

// As a first call at a new revision: atoms and baselines included.
void BM_Questions(benchmark::State& state, const Shape& shape) {
  const auto world = MakeWorld(shape);
  for (auto _ : state) {
    const auto plan = *EvaluationPlan::Create(world->shared_knowledge());
    const AtomCache atoms(plan->shared_knowledge());
    const auto found = FindQuestions(*plan, atoms, {});
    if (!found.ok()) {
      state.SkipWithError(found.status().ToString().c_str());
      return;
    }
    state.counters["questions"] = static_cast<double>(found->questions.size());
    state.counters["undecided"] = static_cast<double>(found->undecided_consumers);
  }
}
BENCHMARK_CAPTURE(BM_Questions, a_gateway, kGateway)->Unit(benchmark::kSecond)->Iterations(1);
BENCHMARK_CAPTURE(BM_Questions, a_thicket, kThicket)->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace
}  // namespace linchpin::engine

BENCHMARK_MAIN();
