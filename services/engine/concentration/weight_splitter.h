// How weight divides on its way from consumers to deployments (docs/concepts/concentration.md, Weight).
#ifndef LINCHPIN_SERVICES_ENGINE_CONCENTRATION_WEIGHT_SPLITTER_H_
#define LINCHPIN_SERVICES_ENGINE_CONCENTRATION_WEIGHT_SPLITTER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/engine/concentration/basis.h"
#include "services/engine/concentration/condensation.h"
#include "services/engine/graph/counted.h"
#include "services/engine/graph/graph.h"
#include "services/engine/levels/baseline_flows.h"
#include "services/engine/levels/evaluation_plan.h"

namespace linchpin::engine {

// The error of a figure whose weight does not fit.
absl::Status FigureTooLarge(std::string_view what);

// What a consumer that is counted weighs of itself.
uint64_t OwnWeightOf(const Counted& counted, ConsumerIndex consumer, Basis basis);

// Ownership: shares graph and plan. Thread safety: none; it keeps scratch space.
class WeightSplitter {
 public:
  // Takes a part of the weight that is split. Parts of one split add up to it.
  using Rest = absl::FunctionRef<void(Target target, uint64_t weight)>;

  // `plan` may be null: Prepare makes one.
  WeightSplitter(std::shared_ptr<const Graph> graph, std::shared_ptr<const EvaluationPlan> plan);

  // Before the first split; finds the flows. Errors: as EvaluationPlan::Baseline.
  absl::Status Prepare(const Limits& limits);

  const Graph& graph() const { return *graph_; }
  const Condensation& condensation() const { return condensation_; }
  // Whether some alternative lies in the consumer's own cycle.
  bool HasCycle(ConsumerIndex consumer) const;

  // Splits the weight of a consumer evenly over the essential dependencies that have an alternative outside
  // its own cycle and are selected (by ordinal; null: all are), over all such if none is essential; each of
  // these by requests, else tokens, else spend, else flows. False: no dependency is left.
  bool SplitConsumer(ConsumerIndex consumer, uint64_t weight, const std::vector<bool>* selected, Rest rest);

  // Splits what was observed of one dependency in 30 days. False: it reaches a deployment, and nothing was
  // observed. Errors: FAILED_PRECONDITION where 30 days come to 2^63 or more.
  absl::StatusOr<bool> SplitUsage(ConsumerIndex consumer, uint32_t ordinal, Basis basis, Rest rest);

  // The first record since `Restart` that was too large, and counted as nothing.
  const absl::Status& record_status() const { return record_status_; }
  void Restart() { record_status_ = absl::OkStatus(); }

 private:
  bool HasWayOut(ConsumerIndex consumer, const GroupView& group) const;
  void SplitGroup(ConsumerIndex consumer, uint32_t ordinal, uint64_t weight, Rest rest);
  void FindShares(ConsumerIndex consumer, uint32_t ordinal, const GroupView& group);
  bool LeaveOutCycle(ConsumerIndex consumer, const GroupView& group);
  uint64_t Scaled(const Usage& usage, Basis basis);
  unsigned __int128 ScaledAlternatives(const GroupView& group, Basis basis);

  const std::shared_ptr<const Graph> graph_;
  std::shared_ptr<const EvaluationPlan> plan_;
  const Condensation condensation_;
  std::optional<BaselineFlows> flows_;
  absl::Status record_status_;
  std::vector<uint32_t> ordinals_;
  std::vector<uint64_t> shares_, parts_;
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CONCENTRATION_WEIGHT_SPLITTER_H_
