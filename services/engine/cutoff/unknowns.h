// Which unknown facts the results of a scenario rest on (S7).
#ifndef LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWNS_H_
#define LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWNS_H_

#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/engine/cutoff/fact_ref.h"
#include "services/engine/cutoff/scenario.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/engine/levels/touch.h"

namespace linchpin::engine {

// A fact is listed for a consumer if it is left open in a condition that is unknown for a deployment that the
// consumer reaches; or it is an unknown switch time there that makes a difference; or an absent tier there
// that a value is taken from. Reach goes through targets, and from a finite pool through all that draw on it.
//
// Thread safety: const members may run at once. The EvaluationPlan must outlive it.
// Cost: Create evaluates S3 once for each cutoff and deployment; Of costs what the consumer reaches.
class UnknownFinder {
 public:
  // The scenario must be valid. Errors: those of the baselines.
  static absl::StatusOr<std::unique_ptr<UnknownFinder>> Create(const EvaluationPlan& plan,
                                                               const Scenario& scenario,
                                                               const Limits& limits = {});

  // Ascending, without repeats.
  std::vector<FactRef> Of(ConsumerIndex consumer) const;
  // The union over all consumers.
  std::vector<FactRef> OfAll() const;

  // What the thing itself adds to those who reach it, in no order; for UnknownReach.
  void AppendOfDeployment(DeploymentIndex deployment, std::vector<FactRef>& facts) const;
  void AppendOfConsumer(ConsumerIndex consumer, std::vector<FactRef>& facts) const;

 private:
  UnknownFinder(const EvaluationPlan& plan, const State& best, const State& worst)
      : plan_(plan),
        graph_(plan.graph()),
        best_(best),
        worst_(worst),
        touched_(plan, Reading::kNotExcluded) {}
  absl::Status FindOpen(const Scenario& scenario, const Limits& limits);
  const EvaluationPlan& plan_;
  const Graph& graph_;
  const State& best_;
  const State& worst_;
  TouchFinder touched_;                                          // In the reading not excluded.
  absl::flat_hash_map<uint32_t, std::vector<FactRef>> open_of_;  // By deployment.
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_CUTOFF_UNKNOWNS_H_
