// Graphs of vendors, their deployments and applications on these, of the sizes that the goals name: what the
// benchmarks of sweeps, trials and losses run on.
#ifndef LINCHPIN_TESTS_BENCHMARKS_VENDOR_GRAPH_H_
#define LINCHPIN_TESTS_BENCHMARKS_VENDOR_GRAPH_H_

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

struct Shape {
  int vendors = 256;
  int deployments = 1024;
  int consumers = 10'000;
  int groups = 5;        // Of a consumer.
  int alternatives = 2;  // Of a group.
  int unknown_percent = 0;
  int finite_percent = 0;
};

inline constexpr Shape kSmall{.consumers = 1000, .groups = 5, .alternatives = 2};  // 10,000 edges.
inline constexpr Shape kOneAlternative{.groups = 10, .alternatives = 1};
inline constexpr Shape kTwoAlternatives{.groups = 5, .alternatives = 2};
inline constexpr Shape kUnknowns{.groups = 5, .alternatives = 2, .unknown_percent = 5};
inline constexpr Shape kPools{.groups = 5, .alternatives = 2, .finite_percent = 20};
inline constexpr Shape kOneAlternativeLarge{.consumers = 100'000, .groups = 10, .alternatives = 1};
inline constexpr Shape kTwoAlternativesLarge{.consumers = 100'000, .groups = 5, .alternatives = 2};
inline constexpr Shape kMillion{.consumers = 100'000, .groups = 10, .alternatives = 2};

GraphChanges Facts(const Shape& shape);
// Ends the program where the graph refuses the facts.
std::shared_ptr<const Graph> Build(const Shape& shape);

// Vertices are vendors, then deployments, then consumers, each by index; edges lead from what is needed to
// what needs it.
struct EdgeList {
  uint32_t vertices = 0;
  uint32_t consumers_begin = 0;
  std::vector<std::pair<uint32_t, uint32_t>> edges;
};
EdgeList EdgesOf(const Graph& graph);

// Processor time of this thread, in seconds: what else the machine does counts less.
double ProcessorSeconds();

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_BENCHMARKS_VENDOR_GRAPH_H_
