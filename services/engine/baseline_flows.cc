#include "services/engine/baseline_flows.h"

#include <algorithm>
#include <string>
#include <utility>

#include "services/engine/message.h"

namespace linchpin::engine {
namespace {

using Int128 = __int128;

absl::Status NotSettled(int passes) {
  return absl::ResourceExhaustedError(
      Join({"levels with nothing cut did not settle within ", std::to_string(passes),
            " passes; break the cycle of consumers"}));
}

bool IsReady(const AlternativeTerms& terms, uint32_t k) { return k == 0 || terms.switch_seconds == 0; }

}  // namespace

BaselineFlows::BaselineFlows(const Graph& graph, const Condensation& condensation)
    : graph_(graph),
      condensation_(condensation),
      levels_(graph.consumers().slots(), static_cast<int32_t>(kOne)) {
  for (DeploymentIndex deployment : graph.deployments())
    has_pools_ |= graph.deployments()[deployment].has_finite_capacity();
  if (has_pools_) kept_flows_.assign(graph.consumers().alternative_count(), 0);
}

absl::Status BaselineFlows::Compute(int passes_max) {
  return has_pools_ ? ComputeWithPools(passes_max) : ComputeWithoutPools(passes_max);
}

bool BaselineFlows::HasPool(Target target) const {
  return !target.is_consumer() && graph_.deployments()[target.deployment()].has_finite_capacity();
}

int64_t BaselineFlows::Capped(Target target, int64_t units, int32_t share_ppm) const {
  const int64_t full = units * share_ppm;  // Below 2^60.
  if (!target.is_consumer()) return full;
  const int32_t level = levels_[target.consumer().value];
  return level == kOne ? full : static_cast<int64_t>(Int128{full} * level / kOne);
}

int32_t BaselineFlows::Deliver(const GroupView& group, std::vector<int64_t>* pools,
                               std::vector<uint64_t>* flows) const {
  const int64_t units = group.terms().units;
  int64_t rest = units * kOne;
  Int128 delivered = 0;
  for (uint32_t k = 0; k < group.size() && rest > 0; ++k) {
    const AlternativeTerms& terms = group.alternative(k);
    if (!IsReady(terms, k)) continue;
    const Target target = group.target(k);
    int64_t flow = std::min(rest, Capped(target, units, terms.share_ppm));
    if (pools != nullptr && HasPool(target)) {
      int64_t& pool = (*pools)[target.deployment().value];
      flow = std::min(flow, pool);
      pool -= flow;
    }
    rest -= flow;
    delivered += Int128{flow} * terms.quality_ppm;
    if (flows != nullptr) (*flows)[k] = static_cast<uint64_t>(flow);
  }
  return static_cast<int32_t>(delivered / (Int128{units} * kOne));
}

int32_t BaselineFlows::LevelFrom(ConsumerIndex index, std::vector<int64_t>* pools, bool keep_flows) {
  const ConsumerView consumer = graph_.consumers()[index];
  int64_t essential = kOne;
  Int128 loss = 0;
  std::vector<uint64_t> flows;
  for (uint32_t ordinal = 0; ordinal < consumer.group_count(); ++ordinal) {
    const GroupView group = consumer.group(ordinal);
    if (keep_flows) flows.assign(group.size(), 0);
    const int64_t delivery = Deliver(group, pools, keep_flows ? &flows : nullptr);
    if (keep_flows) {
      const ConsumerChunk& chunk = graph_.consumers().chunk(index);
      const uint32_t row = chunk.alternative_begin[chunk.group_begin[ConsumerTable::Local(index)] + ordinal];
      std::copy(flows.begin(), flows.end(),
                kept_flows_.begin() + graph_.consumers().AlternativeBase(index) + row);
    }
    if (group.terms().essential) {
      essential = std::min(essential, delivery);
    } else {
      loss += Int128{group.terms().weight_ppm} * (kOne - delivery);
    }
  }
  const Int128 raw = std::max<Int128>(0, std::min<Int128>(essential, kOne - loss / kOne));
  return raw >= consumer.record().min_viable_ppm ? static_cast<int32_t>(raw) : 0;
}

absl::Status BaselineFlows::ComputeWithoutPools(int passes_max) {
  const std::vector<ConsumerIndex>& order = condensation_.order;
  for (size_t first = 0, last; first < order.size(); first = last) {
    const uint32_t component = condensation_.component_of[order[first].value];
    for (last = first + 1; last < order.size() && condensation_.component_of[order[last].value] == component;)
      ++last;
    // One pass settles a consumer that is in no cycle; the second one, which changes nothing, is for
    // self-loops.
    bool changed = true;
    for (int pass = 0; changed; ++pass) {
      if (pass > passes_max) return NotSettled(passes_max);
      changed = false;
      for (size_t at = first; at < last; ++at) {
        int32_t& level = levels_[order[at].value];
        if (level == 0) continue;
        const int32_t next = std::min(level, LevelFrom(order[at], nullptr, false));
        changed |= next != level;
        level = next;
      }
    }
  }
  return absl::OkStatus();
}

absl::Status BaselineFlows::ComputeWithPools(int passes_max) {
  std::vector<ConsumerIndex> order = condensation_.order;
  const ConsumerTable& consumers = graph_.consumers();
  std::sort(order.begin(), order.end(), [&consumers](ConsumerIndex a, ConsumerIndex b) {
    const int64_t pa = consumers[a].record().priority, pb = consumers[b].record().priority;
    return pa != pb ? pa < pb : consumers.NameOf(a) < consumers.NameOf(b);
  });
  std::vector<int64_t> full(graph_.deployments().slots(), 0);
  for (DeploymentIndex index : graph_.deployments()) {
    const Deployment& deployment = graph_.deployments()[index];
    if (deployment.has_finite_capacity()) full[index.value] = deployment.capacity_units.value() * kOne;
  }
  // Levels that a pass leaves alone are those of the fix-point, and its flows are the ones kept.
  bool changed = true;
  for (int pass = 0; changed; ++pass) {
    if (pass > passes_max) return NotSettled(passes_max);
    changed = false;
    std::vector<int64_t> pools = full;
    for (ConsumerIndex consumer : order) {
      int32_t& level = levels_[consumer.value];
      const int32_t next = std::min(level, LevelFrom(consumer, &pools, true));
      changed |= next != level;
      level = next;
    }
  }
  return absl::OkStatus();
}

void BaselineFlows::FlowsOf(ConsumerIndex consumer, uint32_t ordinal, std::vector<uint64_t>& flows) const {
  const GroupView group = graph_.consumers()[consumer].group(ordinal);
  flows.assign(group.size(), 0);
  if (!has_pools_) {
    Deliver(group, nullptr, &flows);
    return;
  }
  const ConsumerChunk& chunk = graph_.consumers().chunk(consumer);
  const uint32_t row = chunk.alternative_begin[chunk.group_begin[ConsumerTable::Local(consumer)] + ordinal];
  const auto begin = kept_flows_.begin() + graph_.consumers().AlternativeBase(consumer) + row;
  std::copy(begin, begin + group.size(), flows.begin());
}

}  // namespace linchpin::engine
