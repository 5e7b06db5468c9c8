#include "services/risk/domain/remedies/remedy_stage.h"

#include <string>
#include <utility>

#include "services/engine/graph/graph_builder.h"
#include "services/engine/levels/affected.h"
#include "services/risk/domain/remedies/draft_inventory.h"

namespace linchpin::risk {
namespace {

namespace v1 = ::linchpin::risk::v1;
using engine::ConsumerIndex;

}  // namespace

absl::StatusOr<RemedyStage> RemedyStage::Create(std::shared_ptr<const engine::Graph> graph,
                                                engine::DisabledRules disabled, const HazardSet& hazards,
                                                Lambdas lambdas, const engine::Limits& limits) {
  RemedyStage stage;
  stage.graph_ = std::move(graph);
  stage.disabled_ = disabled;
  stage.hazards_ = std::make_shared<const engine::Hazards>(hazards.hazards);
  stage.lambdas_ = std::move(lambdas);
  stage.Know(std::make_shared<const Analysis>(stage.graph_, stage.disabled_));
  if (absl::Status status = stage.Measure(limits); !status.ok()) return status;
  return stage;
}

void RemedyStage::Know(std::shared_ptr<const Analysis> facts) {
  facts_ = std::move(facts);
  trial_ = std::make_unique<engine::ScoreTrial>(facts_->shared_atoms(), hazards_);
}

absl::Status RemedyStage::Measure(const engine::Limits& limits) {
  auto plan = engine::EvaluationPlan::Create(facts_->Knowledge().On(graph_));
  if (!plan.ok()) return plan.status();
  auto exposure = engine::Exposure::Create(**plan, trial_->shared_atoms(), limits);
  if (!exposure.ok()) return exposure.status();
  exposure_ = *std::move(exposure);
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Trial>> RemedyStage::Try(const Candidate& candidate,
                                                      const engine::Limits& limits, bool parts) const {
  engine::GraphChanges changes;
  engine::ChangedThings changed;
  changes.revision = graph_->revision();
  bool facts = false;
  std::optional<Trial> trial;
  for (const v1::RemedyDocument& document : candidate.documents) {
    const std::string name = NameIn(document.resource());
    if (const auto deployment = graph_->deployments().Find(name); deployment.has_value()) {
      // One that is proposed is there already.
      if (document.changed().paths().empty()) continue;
      changed.deployments.push_back(*deployment);
      facts = true;
    } else {
      const std::string_view parent = resource::ParentName(name);
      const auto consumer = graph_->consumers().Find(parent.empty() ? std::string_view(name) : parent);
      // What is offered is there already, too.
      if (!consumer.has_value() && document.changed().paths().empty()) continue;
      if (!consumer.has_value()) return trial;
      changed.consumers.push_back(*consumer);
    }
    if (!engine::AddUpsert(*MessageIn(document.resource()), changes).ok()) return trial;
  }
  auto after = graph_->Apply(changes);
  if (!after.ok()) return trial;
  trial.emplace();
  trial->graph = *std::move(after);
  auto affected = engine::AffectedConsumers(*graph_, *trial->graph, changed, engine::kTrialConsumersMax);
  if (!affected.has_value()) return absl::ResourceExhaustedError("the change reaches too many consumers");
  trial->affected = *std::move(affected);
  const engine::ScoreTrial* on = trial_.get();
  std::optional<engine::ScoreTrial> own;
  if (facts) {
    trial->facts = std::make_shared<Analysis>(trial->graph, disabled_);
    on = &own.emplace(trial->facts->shared_atoms(), hazards_);
  }
  auto tried = on->Try(*trial->graph, trial->affected, limits, parts);
  if (!tried.ok()) return tried.status();
  trial->tried = *std::move(tried);
  return trial;
}

absl::StatusOr<std::vector<engine::TriedConsumer>> RemedyStage::Now(
    const std::vector<ConsumerIndex>& consumers, const engine::Limits& limits) const {
  return trial_->Try(*graph_, consumers, limits, /*parts=*/true);
}

absl::Status RemedyStage::Take(const Trial& trial, const engine::Limits& limits) {
  graph_ = trial.graph;
  if (trial.facts != nullptr) Know(trial.facts);
  for (const engine::TriedConsumer& tried : trial.tried) {
    for (engine::Reading reading : engine::kReadings) {
      lambdas_[reading][tried.consumer.value] = tried.lambda[reading];
    }
  }
  return Measure(limits);
}

}  // namespace linchpin::risk
