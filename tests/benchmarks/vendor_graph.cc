#include "tests/benchmarks/vendor_graph.h"

#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

namespace linchpin::engine {

GraphChanges Facts(const Shape& shape) {
  std::mt19937 random(1);
  auto pick = [&random](int n) { return static_cast<int>(random() % static_cast<uint32_t>(n)); };
  auto name = [](const char* kind, int i) { return kind + std::to_string(i); };
  GraphChanges facts;
  for (int v = 0; v < shape.vendors; ++v) {
    const std::string vendor = name("vendors/", v);
    facts.vendors.push_back({vendor, Country::Parse(v % 3 == 0 ? "US" : "FR"), Fact<std::string>::None()});
    facts.hosts.push_back({name("hosts/", v), vendor, Country::Parse("US")});
    facts.models.push_back({.name = name("models/", v),
                            .developer = vendor,
                            .weights = Weights::kProprietary,
                            .licence = Fact<std::string>::None(),
                            .derivations = Fact<std::vector<DerivationFacts>>::None(),
                            .requires_activation = false});
  }
  for (int d = 0; d < shape.deployments; ++d) {
    const int v = d % shape.vendors;
    DeploymentFacts deployment{.name = name("deployments/", d),
                               .model = name("models/", v),
                               .mode = HostingMode::kVendorApi,
                               .operator_vendor = name("vendors/", v),
                               .host = name("hosts/", v),
                               .capacity_units = Fact<int64_t>::None(),
                               .pass_through = false,
                               .intermediaries = Fact<std::vector<std::string>>::None()};
    if (pick(100) < shape.unknown_percent) deployment.host.reset();
    if (pick(100) < shape.finite_percent) deployment.capacity_units = 100;
    facts.deployments.push_back(deployment);
  }
  for (int c = 0; c < shape.consumers; ++c) {
    facts.consumers.push_back({.name = name("applications/", c), .tier = 1 + pick(4)});
    for (int g = 0; g < shape.groups; ++g) {
      GroupFacts group{.consumer = name("applications/", c), .id = name("need-", g)};
      for (int k = 0; k < shape.alternatives; ++k) {
        // One target in five is a consumer made earlier, so that losses spread.
        const bool consumer = c > 0 && pick(5) == 0;
        group.alternatives.push_back(
            {.target =
                 consumer ? name("applications/", pick(c)) : name("deployments/", pick(shape.deployments)),
             .activation = k == 0 ? Activation::kAutomatic : Activation::kConfiguration});
      }
      facts.groups.push_back(std::move(group));
    }
  }
  return facts;
}

std::shared_ptr<const Graph> Build(const Shape& shape) {
  auto graph = Graph::Empty()->Apply(Facts(shape));
  if (!graph.ok()) {
    std::fprintf(stderr, "%s\n", graph.status().ToString().c_str());
    std::abort();
  }
  return *graph;
}

EdgeList EdgesOf(const Graph& graph) {
  const uint32_t vendors = graph.vendors().slots(), deployments = graph.deployments().slots();
  EdgeList list{vendors + deployments + graph.consumers().slots(), vendors + deployments, {}};
  for (DeploymentIndex d : graph.deployments())
    list.edges.emplace_back(graph.deployments()[d].operator_vendor->value, vendors + d.value);
  for (ConsumerIndex c : graph.consumers()) {
    const ConsumerView consumer = graph.consumers()[c];
    for (uint32_t g = 0; g < consumer.group_count(); ++g) {
      for (const Target target : consumer.group(g).targets()) {
        const uint32_t from = target.is_consumer() ? list.consumers_begin + target.consumer().value
                                                   : vendors + target.deployment().value;
        list.edges.emplace_back(from, list.consumers_begin + c.value);
      }
    }
  }
  return list;
}

double ProcessorSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace linchpin::engine
