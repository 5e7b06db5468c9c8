// Which single losses take a deployment or a consumer: what a primary and its fallback have in common.
#ifndef LINCHPIN_SERVICES_ENGINE_STRUCTURE_EXPOSURE_H_
#define LINCHPIN_SERVICES_ENGINE_STRUCTURE_EXPOSURE_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/graph/graph.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// One loss that takes something, and the first reading in which it does.
struct Exposed {
  uint32_t atom = 0;  // Of all classes, each by key: see Exposure::entry.
  Reading first = Reading::kProven;

  friend auto operator<=>(const Exposed&, const Exposed&) = default;
};

// Everything that each deployment and consumer is exposed to. A deployment is taken by what hits it; a
// consumer by what alone brings its level to 0 once all alternatives stand in (S8.1, SUSTAINED).
//
// Ownership: keeps the atoms; the EvaluationPlan must outlive Create only. Thread safety: immutable.
// Memory: eight bytes for each loss of each thing. What is open of a deployment, so that any atom of a class
// may hit it, counts once for each atom of the class.
class Exposure {
 public:
  // Errors: those of the baselines and of Limits. Cost: a sweep over all classes.
  static absl::StatusOr<Exposure> Create(const EvaluationPlan& plan, std::shared_ptr<const AtomCache> atoms,
                                         const Limits& limits = {});

  // Ascending by atom.
  std::span<const Exposed> Of(Target target) const {
    return target.is_consumer() ? consumers_[target.consumer().value]
                                : deployments_[target.deployment().value];
  }
  uint32_t atom_count() const { return static_cast<uint32_t>(entries_.size()); }
  const AtomIndex::Entry& entry(uint32_t atom) const { return *entries_[atom]; }

  // What takes both, in the later of the two readings. Ascending by atom.
  static std::vector<Exposed> Common(std::span<const Exposed> a, std::span<const Exposed> b);
  std::vector<Exposed> Common(Target a, Target b) const { return Common(Of(a), Of(b)); }
  // What takes all of `targets`, of which there is one at least, in the latest of their readings.
  std::vector<Exposed> CommonOf(std::span<const Target> targets) const;

 private:
  explicit Exposure(std::shared_ptr<const AtomCache> atoms) : atoms_(std::move(atoms)) {}
  void AddDeployments(const AtomIndex& index);
  absl::Status AddConsumers(const EvaluationPlan& plan, const AtomIndex& index, uint32_t first,
                            const Limits& limits);

  std::shared_ptr<const AtomCache> atoms_;
  std::vector<const AtomIndex::Entry*> entries_;
  std::vector<std::vector<Exposed>> deployments_;
  std::vector<std::vector<Exposed>> consumers_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_STRUCTURE_EXPOSURE_H_
