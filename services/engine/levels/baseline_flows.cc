#include "services/engine/levels/baseline_flows.h"

#include <algorithm>

namespace linchpin::engine {

int64_t BaselineFlows::CapOf(Target target, int64_t units, int32_t share_ppm) const {
  const int64_t full = units * share_ppm;  // Below 2^60.
  if (!target.is_consumer()) return full;
  const int32_t level = baseline_.level[target.consumer().value];
  return level == kOne ? full : static_cast<int64_t>(static_cast<__int128>(full) * level / kOne);
}

void BaselineFlows::FlowsOf(ConsumerIndex consumer, uint32_t ordinal, std::vector<uint64_t>& flows) const {
  const ConsumerTable& consumers = plan_.graph().consumers();
  const GroupView group = consumers[consumer].group(ordinal);
  const ConsumerChunk& chunk = consumers.chunk(consumer);
  const uint32_t row = chunk.alternative_begin[chunk.group_begin[ConsumerTable::Local(consumer)] + ordinal];
  const int64_t units = group.terms().units;
  flows.assign(group.size(), 0);
  int64_t filled = 0;
  for (uint32_t k = 0; k < group.size() && filled < units * kOne; ++k) {
    const AlternativeTerms& terms = group.alternative(k);
    if (k > 0 && terms.switch_seconds != 0) continue;
    const Target target = group.target(k);
    int64_t after = std::min(units * kOne, filled + CapOf(target, units, terms.share_ppm));
    if (!target.is_consumer() && plan_.PoolOf(target.deployment()) != EvaluationPlan::kNoPool) {
      after = baseline_.filled[plan_.EntryOf(consumers.AlternativeBase(consumer) + row + k)];
    }
    flows[k] = static_cast<uint64_t>(after - filled);
    filled = after;
  }
}

}  // namespace linchpin::engine
