// S5 with nothing cut as it is written, pass by pass from the top: to hold the flows of a baseline against.
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_CONCENTRATION_NAIVE_FLOWS_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_CONCENTRATION_NAIVE_FLOWS_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// Immediate readiness, WORST: only the first alternative and those of switch time 0 are ready.
class NaiveFlows {
 public:
  explicit NaiveFlows(const Graph& graph) : graph_(graph), levels_(graph.consumers().slots(), kOne) {
    while (Pass()) {
    }
  }
  const std::vector<uint64_t>& Of(ConsumerIndex consumer, uint32_t ordinal) const {
    return flows_.at({consumer.value, ordinal});
  }

 private:
  // Whether any level changed.
  bool Pass() {
    std::vector<ConsumerIndex> order;
    for (ConsumerIndex consumer : graph_.consumers()) order.push_back(consumer);
    std::sort(order.begin(), order.end(), [this](ConsumerIndex a, ConsumerIndex b) {
      const ConsumerView x = graph_.consumers()[a], y = graph_.consumers()[b];
      return std::pair(x.record().priority, x.name()) < std::pair(y.record().priority, y.name());
    });
    std::map<DeploymentIndex, int64_t> pools;
    for (DeploymentIndex index : graph_.deployments()) {
      const Deployment& deployment = graph_.deployments()[index];
      if (deployment.has_finite_capacity()) pools[index] = deployment.capacity_units.value() * kOne;
    }
    std::vector<int64_t> next = levels_;
    for (ConsumerIndex consumer : order) next[consumer.value] = Level(consumer, pools);
    return std::exchange(levels_, next) != next;
  }

  int64_t Level(ConsumerIndex index, std::map<DeploymentIndex, int64_t>& pools) {
    const ConsumerView consumer = graph_.consumers()[index];
    int64_t essential = kOne;
    __int128 loss = 0;
    for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
      const GroupView group = consumer.group(ordinal);
      const int64_t delivery = Deliver(group, flows_[{index.value, ordinal}], pools);
      if (group.terms().essential) {
        essential = std::min(essential, delivery);
      } else {
        loss += static_cast<__int128>(group.terms().weight_ppm) * (kOne - delivery);
      }
    }
    const int64_t raw =
        std::max<int64_t>(0, std::min<int64_t>(essential, kOne - static_cast<int64_t>(loss / kOne)));
    return raw >= consumer.record().min_viable_ppm ? raw : 0;
  }

  int64_t Deliver(const GroupView& group, std::vector<uint64_t>& flows,
                  std::map<DeploymentIndex, int64_t>& pools) {
    const int64_t units = group.terms().units;
    int64_t rest = units * kOne;
    __int128 delivered = 0;
    flows.assign(group.size(), 0);
    for (uint32_t k = 0; k < group.size(); ++k) {
      const AlternativeTerms& terms = group.alternative(k);
      if (k > 0 && terms.switch_seconds != 0) continue;
      const Target target = group.target(k);
      const int64_t level = target.is_consumer() ? levels_[target.consumer().value] : kOne;
      int64_t flow = std::min(rest, units * terms.share_ppm * level / kOne);  // Small worlds: no overflow.
      const auto pool = target.is_consumer() ? pools.end() : pools.find(target.deployment());
      if (pool != pools.end()) {
        flow = std::min({rest, units * terms.share_ppm, pool->second});
        pool->second -= flow;
      }
      rest -= flow;
      delivered += static_cast<__int128>(flow) * terms.quality_ppm;
      flows[k] = static_cast<uint64_t>(flow);
    }
    return static_cast<int64_t>(delivered / (units * kOne));
  }

  const Graph& graph_;
  std::vector<int64_t> levels_;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<uint64_t>> flows_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_CONCENTRATION_NAIVE_FLOWS_H_
