// The attribution of one revision made into that of the next, from what has changed alone.
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_UPDATE_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_UPDATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"

namespace linchpin::engine {

// An attribution as it is kept from one revision to the next.
class KeptAttribution {
 public:
  // Of a population that selects no dependencies.
  explicit KeptAttribution(Attribution attribution);

  // But for `passed`, which is empty.
  const Attribution& attribution() const { return attribution_; }

 private:
  friend class AttributionUpdate;

  Attribution attribution_;
  // Of `passed`, by slot, what is not 0: few consumers have others that depend on them.
  absl::flat_hash_map<uint32_t, uint64_t> passed_;
};

// Who is counted.
using Members = std::function<bool(ConsumerIndex)>;

// What differs between two graphs, and all that the weight of it depends on.
//
// Weights add up, so of all the rest what rests where stays. What may differ is of those consumers whose
// levels may (AffectedConsumers), of those counted otherwise, and of whomever they depend on, on and on.
//
// Ownership: keeps both graphs. Thread safety: use from one thread at a time.
class AttributionUpdate {
 public:
  // `counted_otherwise`: consumers of either graph that some population counts in one of them only; others
  // may be among them. `knowledge` is of either graph. Null where the graphs differ in more than consumers,
  // where routes stand in for applications, and where more than `max` consumers are concerned: attribute
  // anew. Errors: as EvaluationPlan::Baseline. Cost: a look at each chunk of consumers, and whoever is
  // concerned.
  static absl::StatusOr<std::unique_ptr<AttributionUpdate>> Create(
      std::shared_ptr<const Graph> before, std::shared_ptr<const Graph> after, const Knowledge& knowledge,
      std::span<const ConsumerIndex> counted_otherwise, size_t max);
  ~AttributionUpdate();

  // Makes an attribution of the graph before into that of the graph after, number by number what Attribute
  // gives. Errors: as Attribute; then `kept` is of neither. Cost: whoever is concerned, and each deployment.
  absl::Status Apply(const Members& before, const Members& after, KeptAttribution& kept);

 private:
  // One of the graphs, and of it the part that is concerned.
  struct Side;
  // Takes the weight of one side out of the sums, or puts it in.
  struct Sums;

  AttributionUpdate(std::unique_ptr<Side> before, std::unique_ptr<Side> after);

  std::unique_ptr<Side> before_, after_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_ATTRIBUTION_UPDATE_H_
