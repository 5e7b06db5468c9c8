// The unknown facts that the results of many consumers rest on, found together.
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "services/engine/cutoff/reach_sets.h"
#include "services/engine/cutoff/unknowns.h"

namespace linchpin::engine {

// What UnknownFinder::Of answers, for one consumer after the other, with the first facts of all that each
// reaches.
//
// Ownership: the finder and its graph must outlive it. Thread safety: one thread at a time.
// Cost: all facts are put in order once; then that of ReachSets, with `max` facts in each set.
class UnknownReach {
 public:
  UnknownReach(const EvaluationPlan& plan, const UnknownFinder& finder, size_t max);
  UnknownReach(const UnknownReach&) = delete;
  UnknownReach& operator=(const UnknownReach&) = delete;

  // All facts of the finder, by (SubjectOf, FieldOf).
  const std::vector<FactRef>& all() const { return facts_; }
  // The first `max` of those of the consumer, in the same order.
  std::vector<FactRef> Of(ConsumerIndex consumer);

 private:
  void AppendRanks(const std::vector<FactRef>& facts, std::vector<uint32_t>& ranks) const;

  std::vector<FactRef> facts_;
  absl::flat_hash_map<FactRef, uint32_t> rank_;
  ReachSets sets_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWN_REACH_H_
