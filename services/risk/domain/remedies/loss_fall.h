// By how much a change lowers the expected loss of a year, on the same years before and after.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_LOSS_FALL_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_LOSS_FALL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/graph/graph.h"
#include "services/engine/levels/reading.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

struct LossDraws {
  int64_t trials = 0;
  uint64_t seed = 1;
  int threads = 1;
  std::function<bool()> cancelled = {};  // May be null; asked by every thread.
};

// A graph, and what is known of its facts: `facts` may be of a graph with other consumers.
struct LossSide {
  std::shared_ptr<const engine::Graph> graph;
  std::shared_ptr<const Analysis> facts;
};

// The losses of all years drawn, added up: exact.
using LossSums = engine::ByReading<__int128>;

// Whether the loss of a consumer has a price.
bool IsPriced(const engine::ConsumerRecord& record);

// Of all consumers with a price. Errors: FAILED_PRECONDITION, FIGURE_TOO_LARGE; RESOURCE_EXHAUSTED,
// LIMIT_REACHED; CANCELLED.
absl::StatusOr<LossSums> SumLosses(const LossSide& side, const HazardSet& hazards, const LossDraws& draws);

struct LossFall {
  LossSums sums{};            // Before less after.
  double standard_error = 0;  // Of its mean, likely.
};

// The fall by a change that affects only `affected`: only they and what they need are simulated. Errors: as
// SumLosses.
absl::StatusOr<LossFall> SumFall(const LossSide& before, const LossSide& after,
                                 const std::vector<engine::ConsumerIndex>& affected, const HazardSet& hazards,
                                 const LossDraws& draws);

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_LOSS_FALL_H_
