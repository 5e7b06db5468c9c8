// The inventory as it would be, with everything that trying a change of it needs.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_STAGE_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_STAGE_H_

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "services/engine/score/score_trial.h"
#include "services/engine/structure/exposure.h"
#include "services/risk/domain/remedies/candidate.h"
#include "services/risk/domain/remedies/score_subject.h"
#include "services/risk/domain/reports/analysis.h"
#include "services/risk/domain/scores/hazard_set.h"

namespace linchpin::risk {

// What a change does: whom it reaches, and their lambdas then.
struct Trial {
  std::shared_ptr<const engine::Graph> graph;   // After it.
  std::vector<engine::ConsumerIndex> affected;  // Ascending.
  std::vector<engine::TriedConsumer> tried;     // In the same order.
  std::shared_ptr<Analysis> facts;              // Where it changes facts: what is then known. Else null.
};

// Deployments that are proposed stand in the graph from the beginning; nothing depends on them, so that they
// change no score. A change that adds one is then a change of consumers alone, and shares all facts.
// Thread safety: one thread at a time.
class RemedyStage {
 public:
  // `lambdas` of its consumers, in all readings.
  static absl::StatusOr<RemedyStage> Create(std::shared_ptr<const engine::Graph> graph,
                                            engine::DisabledRules disabled, const HazardSet& hazards,
                                            Lambdas lambdas, const engine::Limits& limits);

  const std::shared_ptr<const engine::Graph>& graph() const { return graph_; }
  const engine::Knowledge& knowledge() const { return facts_->Knowledge(); }
  const engine::Exposure& exposure() const { return *exposure_; }
  const engine::ScoreTrial& trial() const { return *trial_; }
  const Lambdas& lambdas() const { return lambdas_; }
  // What is known of the graph's facts; its own graph may hold other consumers.
  const std::shared_ptr<const Analysis>& facts() const { return facts_; }

  // Tries the documents of a candidate; nothing if the graph refuses them. `parts` as in ScoreTrial.
  // Errors: those of ScoreTrial.
  absl::StatusOr<std::optional<Trial>> Try(const Candidate& candidate, const engine::Limits& limits,
                                           bool parts = false) const;
  // The same consumers as they are now, with parts.
  absl::StatusOr<std::vector<engine::TriedConsumer>> Now(const std::vector<engine::ConsumerIndex>& consumers,
                                                         const engine::Limits& limits) const;
  // Goes on from there.
  absl::Status Take(const Trial& trial, const engine::Limits& limits);
  // What is known better than by trials.
  void SetLambdas(Lambdas lambdas) { lambdas_ = std::move(lambdas); }

 private:
  RemedyStage() = default;
  void Know(std::shared_ptr<const Analysis> facts);
  absl::Status Measure(const engine::Limits& limits);

  std::shared_ptr<const engine::Graph> graph_;
  engine::DisabledRules disabled_;
  std::shared_ptr<const engine::Hazards> hazards_;
  std::shared_ptr<const Analysis> facts_;
  std::unique_ptr<engine::ScoreTrial> trial_;
  std::optional<engine::Exposure> exposure_;
  Lambdas lambdas_;
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REMEDIES_REMEDY_STAGE_H_
