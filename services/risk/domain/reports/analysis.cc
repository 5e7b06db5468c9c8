#include "services/risk/domain/reports/analysis.h"

#include "services/resource/stable_bytes.h"
#include "services/risk/domain/reports/engine_error.h"

namespace linchpin::risk {

absl::StatusOr<Analysis::AttributionPtr> Analysis::Attribution(engine::Basis basis, bool business_services,
                                                               const std::function<bool()>& cancelled) {
  absl::MutexLock lock(&mutex_);
  AttributionPtr& kept = attributions_[{basis, business_services}];
  if (kept != nullptr) return kept;
  if (attributor_ == nullptr) {
    auto plan = Plan();
    if (!plan.ok()) return plan.status();
    attributor_ = std::make_unique<engine::Attributor>(*std::move(plan));
  }
  const engine::Population population = PopulationOf(business_services);
  engine::Limits limits;
  limits.cancelled = cancelled;
  auto attribution = attributor_->Attribute(basis, population, limits);
  if (!attribution.ok()) return FromEngine(attribution.status());
  kept = std::make_shared<const engine::Attribution>(*std::move(attribution));
  return kept;
}

engine::Population Analysis::PopulationOf(bool business_services) const {
  engine::Population population;
  population.business_services = business_services;
  if (selection_ == nullptr) return population;
  population.consumer = [this, business_services](engine::ConsumerIndex consumer) {
    return counted_.IsApplication(consumer) || (business_services && counted_.IsBusinessService(consumer));
  };
  return population;
}

absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>> Analysis::Prepare() {
  if (all_ == nullptr) return engine::EvaluationPlan::Create(KnowledgeAndAtoms().knowledge);
  const auto all = all_->Plan();
  if (!all.ok()) return all.status();
  return (*all)->Count(selection_->selected);
}

absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>> Analysis::Plan() {
  absl::MutexLock lock(&plan_mutex_);
  if (plan_ != nullptr) return plan_;
  auto plan = Prepare();
  if (!plan.ok()) return FromEngine(plan.status());
  plan_ = *std::move(plan);
  return plan_;
}

const Analysis::Known& Analysis::KnowledgeAndAtoms() const {
  if (all_ != nullptr) return all_->KnowledgeAndAtoms();
  absl::MutexLock lock(&known_mutex_);
  if (known_ == nullptr) {
    known_ = MakeKnown(earlier_.get());
    earlier_ = nullptr;
  }
  return *known_;
}

std::shared_ptr<const Analysis::Known> Analysis::LastKnown() const {
  absl::MutexLock lock(&known_mutex_);
  return known_ != nullptr ? known_ : earlier_;
}

std::shared_ptr<const Analysis::Known> Analysis::MakeKnown(const Known* earlier) const {
  auto knowledge =
      earlier == nullptr ? engine::Knowledge::Create(graph_, disabled_) : earlier->knowledge->On(graph_);
  if (earlier != nullptr && knowledge->SharesWith(*earlier->knowledge))
    return std::make_shared<const Known>(Known{std::move(knowledge), earlier->atoms});
  // Atoms are of facts alone, and may outlive the graph by many revisions: they are not to keep its
  // consumers.
  auto atoms = std::make_shared<const engine::AtomCache>(knowledge->On(graph_->Restrict({})));
  return std::make_shared<const Known>(Known{std::move(knowledge), std::move(atoms)});
}

std::shared_ptr<Analysis> AnalysisCache::Of(const replica::View& view) {
  const std::shared_ptr<const engine::Graph>& graph = view.shared_graph();
  absl::MutexLock lock(&mutex_);
  if (past_ != nullptr && &past_->graph() == graph.get()) return past_;
  if (newest_ == nullptr || &newest_->graph() != graph.get()) {
    auto analysis = std::make_shared<Analysis>(graph, disabled_, view.hypothetical(), newest_.get());
    if (view.hypothetical()) return analysis;
    // A call asks about the past, or has waited.
    if (newest_ != nullptr && newest_->graph().revision() > graph->revision())
      return past_ = std::move(analysis);
    newest_ = std::move(analysis);
    selected_.clear();
  }
  return newest_;
}

std::shared_ptr<Analysis> AnalysisCache::Kept(const std::string& key) {
  for (const auto& kept : selected_) {
    if (kept->selection()->key == key) return kept;
  }
  return nullptr;
}

absl::StatusOr<std::shared_ptr<Analysis>> AnalysisCache::Select(const std::shared_ptr<Analysis>& all,
                                                                const replica::View& view,
                                                                const v1::ConsumerSelector& selector) {
  if (IsEmpty(selector)) return all;
  {
    absl::MutexLock lock(&mutex_);
    std::shared_ptr<Analysis> kept = all == newest_ ? Kept(resource::StableBytes(selector)) : nullptr;
    if (kept != nullptr) return kept;
  }
  auto selection = risk::Select(view, selector);
  if (!selection.ok()) return selection.status();
  auto selected = std::make_shared<Analysis>(all, *std::move(selection));
  absl::MutexLock lock(&mutex_);
  if (all != newest_ || Kept(selected->selection()->key) != nullptr) return selected;
  if (selected_.size() == kSelectionsKept) selected_.erase(selected_.begin());
  selected_.push_back(selected);
  return selected;
}

}  // namespace linchpin::risk
