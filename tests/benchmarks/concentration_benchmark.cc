// Attribution and concentration over 100,000 applications with 1,000,000 dependencies of two alternatives
// each.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>

#include "benchmark/benchmark.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/concentration/concentration.h"
#include "services/engine/concentration/foreign.h"

namespace linchpin::engine {
namespace {

constexpr int kApplications = 100'000;
constexpr int kDependenciesEach = 10;
constexpr int kDeployments = 5'000;
constexpr int kModels = 1'000;
constexpr int kVendors = 256;
constexpr int kHosts = 300;

std::string Numbered(const char* collection, uint64_t number) { return collection + std::to_string(number); }

GraphChanges Supply(std::mt19937_64& random) {
  GraphChanges changes;
  const char* const codes[] = {"US", "CN", "FR", "DE", "GB"};
  for (int i = 0; i < kVendors; ++i) {
    VendorFacts vendor{Numbered("vendors/v", i), Country::Parse(codes[random() % 5]),
                       Fact<std::string>::None()};
    if (i > 0 && random() % 4 == 0) vendor.parent = Numbered("vendors/v", random() % i);
    changes.vendors.push_back(vendor);
  }
  for (int i = 0; i < kHosts; ++i) {
    changes.hosts.push_back({Numbered("hosts/h", i), Numbered("vendors/v", random() % kVendors),
                             Country::Parse(codes[random() % 5])});
  }
  for (int i = 0; i < kModels; ++i) {
    ModelFacts& model = changes.models.emplace_back();
    model.name = Numbered("models/m", i);
    model.developer = Numbered("vendors/v", random() % kVendors);
    model.derivations = Fact<std::vector<DerivationFacts>>::None();
    if (i >= 100) {
      model.derivations =
          std::vector<DerivationFacts>{{Numbered("models/m", random() % i), Relation::kFineTune},
                                       {Numbered("models/m", random() % i), Relation::kMerge}};
    }
  }
  for (int i = 0; i < kDeployments; ++i) {
    DeploymentFacts& deployment = changes.deployments.emplace_back();
    deployment.name = Numbered("deployments/d", i);
    deployment.mode = HostingMode::kThirdPartyHosted;
    deployment.operator_vendor = Numbered("vendors/v", random() % kVendors);
    deployment.model = Numbered("models/m", random() % kModels);
    if (random() % 10 != 0) deployment.host = Numbered("hosts/h", random() % kHosts);
    // `pools` of the capacities matter to a few only.
    if (i % 50 == 0) deployment.capacity_units = 1'000'000;
  }
  return changes;
}

void AddDemand(std::mt19937_64& random, GraphChanges& changes) {
  for (int i = 0; i < kApplications; ++i) {
    ConsumerFacts& consumer = changes.consumers.emplace_back();
    consumer.name = Numbered("applications/a", i);
    consumer.tier = 1 + static_cast<int>(random() % 4);
    for (int g = 0; g < kDependenciesEach; ++g) {
      GroupFacts& group = changes.groups.emplace_back();
      group.consumer = consumer.name;
      group.id = Numbered("g", g);
      for (int k = 0; k < 2; ++k) {
        AlternativeFacts& alternative = group.alternatives.emplace_back();
        // One target in twenty is another application, most of them further back.
        const bool consumer_target = i > 0 && random() % 20 == 0;
        alternative.target =
            consumer_target ? Numbered("applications/a", random() % (random() % 50 == 0 ? kApplications : i))
                            : Numbered("deployments/d", random() % kDeployments);
        alternative.switch_seconds = k == 0 ? 0 : static_cast<int64_t>(random() % 2 * 3600);
        if (random() % 2 == 0) {
          alternative.usage = {.requests = static_cast<int64_t>(random() % 100'000),
                               .window_seconds = 7 * 86'400};
        }
      }
    }
  }
}

const std::shared_ptr<const Graph>& TheGraph() {
  static const std::shared_ptr<const Graph> graph = [] {
    std::mt19937_64 random(1);
    GraphChanges changes = Supply(random);
    AddDemand(random, changes);
    auto made = Graph::Empty()->Apply(changes);
    if (!made.ok()) {
      std::fprintf(stderr, "%s\n", made.status().ToString().c_str());
      std::abort();
    }
    return *made;
  }();
  return graph;
}

// Everything that GetConcentration with a home does on a new revision: order, flows, attribution, twelve
// dimensions.
void BM_AllDimensionsOfANewRevision(benchmark::State& state) {
  const auto& graph = TheGraph();
  for (auto _ : state) {
    const auto knowledge = Knowledge::Create(graph);
    const auto attribution = Attributor(graph).Attribute(static_cast<Basis>(state.range(0)));
    if (!attribution.ok()) state.SkipWithError(attribution.status().ToString().c_str());
    for (Dimension dimension : kAllDimensions)
      benchmark::DoNotOptimize(Concentrate(*knowledge, *attribution, dimension).Hhi());
    benchmark::DoNotOptimize(WeighForeign(*knowledge, *attribution, {*Country::Parse("FR")}));
  }
}
BENCHMARK(BM_AllDimensionsOfANewRevision)
    ->Arg(static_cast<int>(Basis::kApplications))
    ->Arg(static_cast<int>(Basis::kRequests))
    ->Unit(benchmark::kMillisecond);

// One more population on the same revision, as for a rule partitioned by business unit: a hundredth of the
// applications.
void BM_OnePartition(benchmark::State& state) {
  const auto& graph = TheGraph();
  Attributor attributor(graph);
  const auto knowledge = Knowledge::Create(graph);
  Population population;
  population.consumer = [](ConsumerIndex index) { return index.value % 100 == 7; };
  for (auto _ : state) {
    const auto attribution = attributor.Attribute(Basis::kApplications, population);
    benchmark::DoNotOptimize(Concentrate(*knowledge, *attribution, Dimension::kOperatorGroup).Hhi());
  }
}
BENCHMARK(BM_OnePartition)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace linchpin::engine

BENCHMARK_MAIN();
