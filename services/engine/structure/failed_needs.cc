#include "services/engine/structure/failed_needs.h"

#include <algorithm>

#include "services/engine/levels/solver.h"

namespace linchpin::engine {
namespace {

std::vector<DeploymentIndex> HitsOf(const FailureQuestion& question, const std::string& key) {
  for (const AtomIndex* index : question.atoms) {
    const std::vector<AtomIndex::Entry>& entries = index->entries();
    const auto entry =
        std::lower_bound(entries.begin(), entries.end(), key,
                         [](const AtomIndex::Entry& e, const std::string& k) { return e.key < k; });
    if (entry != entries.end() && entry->key == key) return index->HitsOf(*entry, question.reading);
  }
  return {};
}

class Finder {
 public:
  Finder(const EvaluationPlan& plan, const FailureQuestion& question, const State& baseline,
         const Limits& limits)
      : consumers_(plan.graph().consumers()),
        question_(question),
        solver_(plan, question.reading, question.readiness, baseline, limits) {}

  absl::StatusOr<std::vector<FailedNeed>> Of(const std::vector<std::string>& keys) {
    solver_.Mark(/*undoable=*/true);
    for (const std::string& key : keys) {
      for (DeploymentIndex hit : HitsOf(question_, key)) solver_.Lower(hit, 0);
    }
    if (absl::Status status = solver_.Solve(); !status.ok()) return status;
    std::vector<FailedNeed> needs;
    for (ConsumerIndex consumer : question_.consumers) {
      if (solver_.state().level[consumer.value] <= question_.threshold_ppm) Add(consumer, needs);
    }
    solver_.Undo();
    return needs;
  }

 private:
  void Add(ConsumerIndex consumer, std::vector<FailedNeed>& needs) const {
    const ConsumerView view = consumers_[consumer];
    const int32_t too_little = std::max(question_.threshold_ppm, view.record().min_viable_ppm - 1);
    const size_t had = needs.size();
    const auto delivery = [&](const State& state, uint32_t group) {
      return state.delivery[consumers_.GroupNumber(consumer, group)];
    };
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      if (view.group(g).terms().essential && delivery(solver_.state(), g) <= too_little)
        needs.push_back({consumer, g});
    }
    if (needs.size() > had) return;
    for (uint32_t g = 0; g < view.group_count(); ++g) {
      if (delivery(solver_.state(), g) < delivery(solver_.baseline(), g)) needs.push_back({consumer, g});
    }
  }

  const ConsumerTable& consumers_;
  const FailureQuestion& question_;
  Solver solver_;
};

}  // namespace

absl::StatusOr<std::vector<std::vector<FailedNeed>>> FindFailedNeeds(
    const EvaluationPlan& plan, const FailureQuestion& question,
    const std::vector<std::vector<std::string>>& sets, const Limits& limits) {
  std::vector<std::vector<FailedNeed>> needs;
  if (sets.empty()) return needs;
  const auto baseline = plan.Baseline(question.reading, question.readiness, limits);
  if (!baseline.ok()) return baseline.status();
  Finder finder(plan, question, **baseline, limits);
  for (const std::vector<std::string>& keys : sets) {
    auto of_set = finder.Of(keys);
    if (!of_set.ok()) return of_set.status();
    needs.push_back(*std::move(of_set));
  }
  return needs;
}

}  // namespace linchpin::engine
