// Through which of its dependencies a loss fails a consumer: where something has to be done.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILED_NEEDS_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILED_NEEDS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/structure/failure_function.h"

namespace linchpin::engine {

struct FailedNeed {
  ConsumerIndex consumer;
  uint32_t group = 0;  // Ordinal within the consumer.

  friend bool operator==(const FailedNeed&, const FailedNeed&) = default;
};

// For each set of keys: of the consumers asked about that it fails, the essential groups that are delivered
// too little to stay up; where there is none, the groups that are delivered less than with nothing lost. By
// consumer as asked, then by group. A key that is no atom's is left out. Errors: those of the baseline and of
// Limits. Cost: one static evaluation for each set.
absl::StatusOr<std::vector<std::vector<FailedNeed>>> FindFailedNeeds(
    const EvaluationPlan& plan, const FailureQuestion& question,
    const std::vector<std::vector<std::string>>& sets, const Limits& limits = {});

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_FAILED_NEEDS_H_
