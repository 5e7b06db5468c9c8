#include "services/risk/domain/reports/analysis.h"

#include "services/risk/domain/reports/engine_error.h"

namespace linchpin::risk {

absl::StatusOr<Analysis::AttributionPtr> Analysis::Attribution(engine::Basis basis, bool business_services,
                                                               const std::function<bool()>& cancelled) {
  absl::MutexLock lock(&mutex_);
  AttributionPtr& kept = attributions_[{basis, business_services}];
  if (kept != nullptr) return kept;
  if (attributor_ == nullptr) {
    auto prepared = Prepared();
    if (!prepared.ok()) return prepared.status();
    attributor_ = std::make_unique<engine::Attributor>(*std::move(prepared));
  }
  engine::Population population;
  population.business_services = business_services;
  engine::Limits limits;
  limits.cancelled = cancelled;
  auto attribution = attributor_->Attribute(basis, population, limits);
  if (!attribution.ok()) return FromEngine(attribution.status());
  kept = std::make_shared<const engine::Attribution>(*std::move(attribution));
  return kept;
}

absl::StatusOr<std::shared_ptr<const engine::Prepared>> Analysis::Prepared() {
  absl::MutexLock lock(&prepared_mutex_);
  if (prepared_ != nullptr) return prepared_;
  auto prepared = engine::Prepared::Create(KnowledgeAndAtoms().knowledge);
  if (!prepared.ok()) return FromEngine(prepared.status());
  prepared_ = *std::move(prepared);
  return prepared_;
}

const Analysis::Known& Analysis::KnowledgeAndAtoms() const {
  std::call_once(known_once_,
                 [this] { known_.reset(new Known{engine::Knowledge::Create(graph_, disabled_)}); });
  return *known_;
}

std::shared_ptr<Analysis> AnalysisCache::Of(const replica::View& view) {
  const std::shared_ptr<const engine::Graph>& graph = view.shared_graph();
  absl::MutexLock lock(&mutex_);
  if (past_ != nullptr && &past_->graph() == graph.get()) return past_;
  if (newest_ == nullptr || &newest_->graph() != graph.get()) {
    auto analysis = std::make_shared<Analysis>(graph, disabled_, view.hypothetical());
    if (view.hypothetical()) return analysis;
    // A call asks about the past, or has waited.
    if (newest_ != nullptr && newest_->graph().revision() > graph->revision())
      return past_ = std::move(analysis);
    newest_ = std::move(analysis);
  }
  return newest_;
}

}  // namespace linchpin::risk
