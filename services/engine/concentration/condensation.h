// The strongly connected components of consumers, joined by every alternative of every dependency.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONDENSATION_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONDENSATION_H_

#include <cstdint>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

struct Condensation {
  static constexpr uint32_t kNoComponent = UINT32_MAX;

  // By consumer slot; components are numbered so that what a consumer needs never has a higher number than it
  // has.
  std::vector<uint32_t> component_of;
  // Live consumers by component ascending: what is needed comes before who needs it, but for cycles.
  std::vector<ConsumerIndex> order;

  // Does the target lie in the consumer's own component (the consumer itself included)?
  bool InOwnCycle(ConsumerIndex consumer, Target target) const {
    return target.is_consumer() && component_of[target.consumer().value] == component_of[consumer.value];
  }
};

// Cost: linear; no recursion.
Condensation Condense(const Graph& graph);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_CONDENSATION_H_
