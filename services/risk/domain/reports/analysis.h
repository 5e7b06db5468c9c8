// What several answers about one revision share: attributions, the order of solving, baselines.
#ifndef LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ANALYSIS_H_
#define LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ANALYSIS_H_

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/engine/concentration/attribution.h"
#include "services/engine/cutoff/atoms.h"
#include "services/engine/graph/graph.h"
#include "services/engine/knowledge/knowledge.h"
#include "services/engine/levels/evaluation_plan.h"
#include "services/replica/view.h"
#include "services/risk/domain/reports/selection.h"

namespace linchpin::risk {

// Analyses of one graph, each computed when first asked for and then kept.
//
// Ownership: shares the graph.
// Thread safety: all members may run at once; who asks for what is being computed waits for it.
class Analysis {
 public:
  using AttributionPtr = std::shared_ptr<const engine::Attribution>;

  // `hypothetical`: the graph is of no revision (replica::View::hypothetical). Shares with `earlier`, unless
  // null, what that knows already, as far as both graphs have the same facts; the rules of K4 must be the
  // same.
  explicit Analysis(std::shared_ptr<const engine::Graph> graph, engine::DisabledRules disabled = {},
                    bool hypothetical = false, const Analysis* earlier = nullptr)
      : graph_(std::move(graph)),
        disabled_(disabled),
        hypothetical_(hypothetical),
        counted_(*graph_),
        earlier_(earlier == nullptr ? nullptr : earlier->LastKnown()) {}
  // The same that counts only those selected, in every figure; shares with `all` what does not depend on it.
  Analysis(std::shared_ptr<Analysis> all, std::shared_ptr<const Selection> selection)
      : graph_(all->graph_),
        disabled_(all->disabled_),
        hypothetical_(all->hypothetical_),
        all_(std::move(all)),
        selection_(std::move(selection)),
        counted_(*graph_, selection_->selected) {}

  const engine::Graph& graph() const { return *graph_; }
  const std::shared_ptr<const engine::Graph>& shared_graph() const { return graph_; }
  // Whether it is for one answer alone: nothing made of it is kept for others.
  bool hypothetical() const { return hypothetical_; }
  // Whom answers count.
  const engine::Counted& counted() const { return counted_; }
  // Who was selected; null: all.
  const Selection* selection() const { return selection_.get(); }
  // Errors: FAILED_PRECONDITION, FIGURE_TOO_LARGE; RESOURCE_EXHAUSTED, LIMIT_REACHED; CANCELLED once
  // `cancelled` returns true (null: never), which is asked while the levels with nothing cut are found.
  absl::StatusOr<AttributionPtr> Attribution(engine::Basis basis, bool business_services,
                                             const std::function<bool()>& cancelled = nullptr);
  // What each atom of a class hits.
  const engine::AtomIndex& Atoms(engine::AtomClass atom_class) const {
    return KnowledgeAndAtoms().atoms->Of(atom_class);
  }
  // What is known of what the graph leaves open.
  const engine::Knowledge& Knowledge() const { return *KnowledgeAndAtoms().knowledge; }
  const engine::AtomCache& atom_cache() const { return *KnowledgeAndAtoms().atoms; }
  std::shared_ptr<const engine::AtomCache> shared_atoms() const { return KnowledgeAndAtoms().atoms; }
  // What simulations share. Errors: RESOURCE_EXHAUSTED, LIMIT_REACHED.
  absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>> Plan();

 private:
  struct Known {
    std::shared_ptr<const engine::Knowledge> knowledge;
    std::shared_ptr<const engine::AtomCache> atoms;
  };
  const Known& KnowledgeAndAtoms() const;
  // Its own, or what it was given; null if there is neither.
  std::shared_ptr<const Known> LastKnown() const;
  std::shared_ptr<const Known> MakeKnown(const Known* earlier) const;

  engine::Population PopulationOf(bool business_services) const;
  absl::StatusOr<std::shared_ptr<const engine::EvaluationPlan>> Prepare();

  const std::shared_ptr<const engine::Graph> graph_;
  const engine::DisabledRules disabled_;
  const bool hypothetical_;
  const std::shared_ptr<Analysis> all_;
  const std::shared_ptr<const Selection> selection_;
  const engine::Counted counted_;
  mutable absl::Mutex known_mutex_;
  mutable std::shared_ptr<const Known> known_ ABSL_GUARDED_BY(known_mutex_);  // Once made it stays.
  mutable std::shared_ptr<const Known> earlier_ ABSL_GUARDED_BY(known_mutex_);
  absl::Mutex mutex_;
  std::unique_ptr<engine::Attributor> attributor_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<engine::Basis, bool>, AttributionPtr> attributions_ ABSL_GUARDED_BY(mutex_);
  absl::Mutex plan_mutex_;
  std::shared_ptr<const engine::EvaluationPlan> plan_ ABSL_GUARDED_BY(plan_mutex_);
};

// Says in an answer whom it counts, where somebody was selected.
template <typename Answer>
void TellSelection(const Analysis& analysis, Answer& answer) {
  if (analysis.selection() != nullptr) *answer.mutable_selection() = analysis.selection()->described;
}

// Keeps the analysis of the newest graph that was asked about, and of one older one: the last that was. Never
// a hypothetical one. Thread safety: all members may run at once.
class AnalysisCache {
 public:
  // `disabled`: rules of K4 that no analysis reads.
  explicit AnalysisCache(engine::DisabledRules disabled = {}) : disabled_(disabled) {}

  std::shared_ptr<Analysis> Of(const replica::View& view);
  // The part of `all`, made from that view, that the selector selects; `all` itself for a selector that asks
  // for nothing. The last few of the newest graph are kept. Errors: those of risk::Select.
  absl::StatusOr<std::shared_ptr<Analysis>> Select(const std::shared_ptr<Analysis>& all,
                                                   const replica::View& view,
                                                   const linchpin::risk::v1::ConsumerSelector& selector);

 private:
  static constexpr size_t kSelectionsKept = 4;
  std::shared_ptr<Analysis> Kept(const std::string& key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const engine::DisabledRules disabled_;
  absl::Mutex mutex_;
  std::shared_ptr<Analysis> newest_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Analysis> past_ ABSL_GUARDED_BY(mutex_);
  // Parts of the newest, the last made last.
  std::vector<std::shared_ptr<Analysis>> selected_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace linchpin::risk

#endif  // LINCHPIN_SERVICES_RISK_DOMAIN_REPORTS_ANALYSIS_H_
