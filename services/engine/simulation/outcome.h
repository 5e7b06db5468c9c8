// What a scenario does to each consumer and in total (S7).
#ifndef LINCHPIN_SERVICES_ENGINE_SIMULATION_OUTCOME_H_
#define LINCHPIN_SERVICES_ENGINE_SIMULATION_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "services/engine/cutoff/conditions.h"
#include "services/engine/graph/index.h"

namespace linchpin::engine {

// Why a segment is impaired: one cutoff and the shortest way from a deployment that it hits to the consumer.
struct Cause {
  uint32_t cutoff = 0;       // Position in the scenario.
  std::vector<Target> path;  // Begins with a deployment that is hit, ends with the consumer.

  friend bool operator==(const Cause&, const Cause&) = default;
};

// A stretch [start, end) of one level.
struct Segment {
  int64_t start_seconds = 0;
  int64_t end_seconds = 0;
  int32_t level = 0;
  bool impaired = false;     // Below the level with nothing cut.
  bool prohibited = false;   // Some cause is a weights ban or a revocation.
  bool unavailable = false;  // Some cause is any other cutoff.
  bool aftermath =
      false;  // Impaired, and no cutoff is a cause any more. False where causes were not asked for.
  std::vector<Cause> causes = {};  // By position in the scenario.
};

struct ConsumerOutcome {
  ConsumerIndex consumer;
  int32_t base = 0;               // Level with nothing cut.
  std::vector<Segment> segments;  // Over [0, horizon), neighbours of different level.
  int64_t lost_ppm_seconds = 0;   // Hours lost = lost / (ONE * 3600).
  int64_t down_seconds = 0;
  int64_t degraded_seconds = 0;
  int64_t longest_down_seconds = 0;
  std::optional<int64_t> first_impact_seconds;
  std::optional<int64_t> recovered_at_seconds;  // None if never impaired, or impaired at the horizon.
  bool rto_breach = false;
  bool mtd_breach = false;
  int64_t cost_minor = 0;

  bool impacted() const { return first_impact_seconds.has_value(); }
};

// One reading's side of a result.
struct ReadingOutcome {
  std::vector<ConsumerOutcome> consumers;  // Those whose level changes at any time, by name.
  std::vector<ConsumerIndex> impacted;     // Those of them ever below their base, by name.
  std::vector<DeploymentIndex> hit;        // Deployments that some cutoff hits, ascending.
  int64_t cost_minor = 0;
  int64_t impact_index_ppm = 0;
  int64_t peak_index_ppm = 0;

  // Null for a consumer whose level never changes. Only after Index(). Cost: a binary search.
  const ConsumerOutcome* Find(ConsumerIndex consumer) const;
  // Makes Find ready; to be called again when `consumers` has changed.
  void Index();

 private:
  std::vector<uint32_t> places_;  // Into consumers, ascending by consumer index.
};

// Fills in what follows from base and segments. OutOfRange if the cost passes 2^63.
absl::Status Summarise(const Graph& graph, int64_t horizon_seconds, ConsumerOutcome& outcome);

// ONE * part // whole, 0 where whole is 0.
int64_t IndexPpm(__int128 part, __int128 whole);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SIMULATION_OUTCOME_H_
