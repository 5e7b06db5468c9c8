#include "services/engine/structure/failure_search.h"

#include <algorithm>

namespace linchpin::engine {

absl::StatusOr<std::unique_ptr<FailureSearch>> FailureSearch::Create(const FailureFunction& function,
                                                                     const Limits& limits) {
  const FailureQuestion& question = function.question();
  const auto baseline = function.plan().Baseline(question.reading, question.readiness, limits);
  if (!baseline.ok()) return baseline.status();
  return std::unique_ptr<FailureSearch>(new FailureSearch(function, **baseline, limits));
}

FailureSearch::FailureSearch(const FailureFunction& function, const State& baseline, const Limits& limits)
    : function_(function),
      solver_(function.plan(), function.question().reading, function.question().readiness, baseline, limits) {
  solver_.ReadLevelsOnly();
}

bool FailureSearch::Decide() const {
  const FailureQuestion& question = function_.question();
  const auto fails = [&](ConsumerIndex consumer) {
    return solver_.state().level[consumer.value] <= question.threshold_ppm;
  };
  return question.together == FailureQuestion::Together::kAny
             ? std::any_of(question.consumers.begin(), question.consumers.end(), fails)
             : std::all_of(question.consumers.begin(), question.consumers.end(), fails);
}

absl::StatusOr<bool> FailureSearch::Fails(const std::vector<uint32_t>& variables) {
  ++asked_;
  solver_.Mark(/*undoable=*/true);
  for (uint32_t variable : variables) {
    for (DeploymentIndex hit : function_.variables()[variable].hits) solver_.Lower(hit, 0);
  }
  if (absl::Status status = solver_.Solve(); !status.ok()) return status;
  const bool fails = Decide();
  changes_ += static_cast<int64_t>(solver_.changes().size());
  solver_.Undo();
  return fails;
}

void FailureSearch::Begin(const SearchLimits& search) {
  questions_max_ = asked_ + search.questions_max;
  changes_max_ = changes_ + search.changes_max;
}

absl::StatusOr<DiagramNode> FailureSearch::FindDiagram(const std::vector<uint32_t>& variable_at,
                                                       const SearchLimits& search, DecisionDiagram& diagram) {
  Begin(search);
  variable_at_ = &variable_at;
  diagram_ = &diagram;
  std::vector<uint32_t> lost;
  return Branch(0, lost);
}

absl::StatusOr<DiagramNode> FailureSearch::Branch(uint32_t place, std::vector<uint32_t>& lost) {
  if (!MayAsk()) return kNoNode;
  const absl::StatusOr<bool> now = Fails(lost);
  if (!now.ok()) return now.status();
  if (*now) return kEndTrue;
  if (place == variable_at_->size()) return kEndFalse;
  std::vector<uint32_t> all = lost;
  all.insert(all.end(), variable_at_->begin() + place, variable_at_->end());
  const absl::StatusOr<bool> ever = Fails(all);
  if (!ever.ok()) return ever.status();
  if (!*ever) return kEndFalse;
  lost.push_back((*variable_at_)[place]);
  const absl::StatusOr<DiagramNode> high = Branch(place + 1, lost);
  lost.pop_back();
  if (!high.ok() || *high == kNoNode) return high;
  const absl::StatusOr<DiagramNode> low = Branch(place + 1, lost);
  if (!low.ok() || *low == kNoNode) return low;
  return diagram_->Choose(place, *high, *low);
}

absl::StatusOr<FailureSearch::Found> FailureSearch::FindSets(uint32_t size_max, const SearchLimits& search) {
  Begin(search);
  Found found;
  for (uint32_t size = 0; size <= size_max; ++size) {
    std::vector<uint32_t> set;
    const size_t had = found.sets.size();
    if (absl::Status status = Extend(0, size, set, found); !status.ok()) return status;
    if (!MayAsk()) {  // Perhaps not all of this size: none of them is told.
      found.sets.resize(had);
      found.has_size_0 = size > 0;
      return found;
    }
    found.complete_to = size;
  }
  return found;
}

// Asks every set of `left` more variables from `from` on that contains none found.
absl::Status FailureSearch::Extend(uint32_t from, uint32_t left, std::vector<uint32_t>& set, Found& found) {
  if (!MayAsk()) return absl::OkStatus();
  const bool known =
      std::any_of(found.sets.begin(), found.sets.end(), [&set](const std::vector<uint32_t>& cut) {
        return std::includes(set.begin(), set.end(), cut.begin(), cut.end());
      });
  if (known) return absl::OkStatus();
  if (left == 0) {
    const absl::StatusOr<bool> fails = Fails(set);
    if (!fails.ok()) return fails.status();
    if (*fails) found.sets.push_back(set);
    return absl::OkStatus();
  }
  for (uint32_t next = from; next + left <= function_.variables().size(); ++next) {
    set.push_back(next);
    absl::Status status = Extend(next + 1, left - 1, set, found);
    set.pop_back();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace linchpin::engine
