#include "services/engine/simulation/outcome.h"

#include <algorithm>
#include <numeric>

#include "services/engine/graph/message.h"

namespace linchpin::engine {

const ConsumerOutcome* ReadingOutcome::Find(ConsumerIndex consumer) const {
  const auto found = std::lower_bound(
      places_.begin(), places_.end(), consumer,
      [this](uint32_t place, ConsumerIndex wanted) { return consumers[place].consumer < wanted; });
  if (found == places_.end() || consumers[*found].consumer != consumer) return nullptr;
  return &consumers[*found];
}

void ReadingOutcome::Index() {
  places_.resize(consumers.size());
  std::iota(places_.begin(), places_.end(), 0);
  std::sort(places_.begin(), places_.end(),
            [this](uint32_t a, uint32_t b) { return consumers[a].consumer < consumers[b].consumer; });
}

absl::Status Summarise(const Graph& graph, int64_t horizon_seconds, ConsumerOutcome& outcome) {
  int64_t run = 0;
  for (const Segment& segment : outcome.segments) {
    const int64_t length = segment.end_seconds - segment.start_seconds;
    if (segment.impaired) {
      if (!outcome.first_impact_seconds.has_value()) outcome.first_impact_seconds = segment.start_seconds;
      outcome.lost_ppm_seconds += length * (outcome.base - segment.level);
      (segment.level == 0 ? outcome.down_seconds : outcome.degraded_seconds) += length;
      outcome.recovered_at_seconds = segment.end_seconds;
    }
    run = segment.impaired && segment.level == 0 ? run + length : 0;
    outcome.longest_down_seconds = std::max(outcome.longest_down_seconds, run);
  }
  if (outcome.recovered_at_seconds == horizon_seconds) outcome.recovered_at_seconds.reset();
  const ConsumerView consumer = graph.consumers()[outcome.consumer];
  const ConsumerRecord& record = consumer.record();
  outcome.rto_breach = outcome.longest_down_seconds > record.recovery_time_objective_seconds;
  outcome.mtd_breach = outcome.longest_down_seconds > record.max_tolerable_downtime_seconds;
  __int128 cost = __int128{record.loss_per_hour_minor} * outcome.lost_ppm_seconds / (kOne * 3600);
  if (outcome.mtd_breach) cost += record.penalty_minor;
  if (cost > INT64_MAX) {
    return absl::OutOfRangeError(Join({consumer.name(), ": the cost of the scenario does not fit 64 bits"}));
  }
  outcome.cost_minor = static_cast<int64_t>(cost);
  return absl::OkStatus();
}

int64_t IndexPpm(__int128 part, __int128 whole) {
  return whole == 0 ? 0 : static_cast<int64_t>(part * kOne / whole);
}

}  // namespace linchpin::engine
