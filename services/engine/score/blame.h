// Through which dependency the loss of an atom takes a consumer down, and what that dependency lacks.
#ifndef LINCHPIN_SERVICES_ENGINE_SCORE_BLAME_H_
#define LINCHPIN_SERVICES_ENGINE_SCORE_BLAME_H_

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/score/hazards.h"
#include "services/engine/score/score_chunk.h"
#include "services/engine/simulation/timeline.h"

namespace linchpin::engine {

// Why a dependency, or one alternative of it, is not carried.
enum class Gap : uint8_t {
  kNone,           // It is carried.
  kNoFallback,     // One alternative only. Of a dependency.
  kSharedFate,     // The same loss takes it; of a dependency, all of its alternatives.
  kSlowSwitch,     // It stands, but the switch to it takes longer.
  kUnknownSwitch,  // It stands, but how long the switch takes is not known.
  kTooSmall,       // It stands and is ready, but carries too little.
};

struct BlamedGroup {
  uint32_t group = 0;  // Ordinal within the consumer.
  double share = 0;    // Of the down run; those of all groups add up to 1.
  Gap gap = Gap::kNone;
  std::vector<Gap> alternatives = {};  // One each, in order.
  std::vector<Target> path = {};       // From the consumer to the deployment that is lost or drained.
};

// Looks at the longest time that a consumer is down when an atom is lost alone. At each instant of it those
// essential groups are to blame that alone take the consumer to 0; where none does, those that are delivered
// less than with nothing cut. Groups share an instant evenly.
// Thread safety: one thread at a time. The EvaluationPlan must outlive it.
class BlameFinder {
 public:
  BlameFinder(const EvaluationPlan& plan, const Limits& limits) : plan_(plan), limits_(limits) {}

  // Loses the atom of `entry` as `hazard` says. Returns nothing if the consumer is never down; ascending by
  // group.
  // Errors: those of the baselines and of Limits; after one it is of no further use. Cost: one simulation.
  absl::StatusOr<std::vector<BlamedGroup>> Find(Reading reading, ConsumerIndex consumer,
                                                const AtomIndex& index, const AtomIndex::Entry& entry,
                                                const AtomHazard& hazard);

 private:
  const EvaluationPlan& plan_;
  const Limits limits_;
  ByReading<std::unique_ptr<Timeline>> timelines_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_SCORE_BLAME_H_
