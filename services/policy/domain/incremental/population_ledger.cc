#include "services/policy/domain/incremental/population_ledger.h"

#include <utility>
#include <variant>

#include "services/policy/domain/rules/population_rules.h"
#include "services/policy/domain/rules/selection.h"

namespace linchpin::policy {
namespace {

// Does the selector take the same subjects for the same reasons in both? Of the names that were asked.
bool SelectsTheSame(const BoundSelector& selector, const Selections& before, const Selections& after) {
  if (before.Names(selector.kind()) != after.Names(selector.kind())) return false;
  const Selection& was = before.Of(selector);
  const Selection& now = after.Of(selector);
  return was.truths == now.truths && was.missing == now.missing;
}

}  // namespace

std::vector<SubjectResult> PopulationLedger::All(const End& end) {
  Selections selections(end.world);
  for (const Sum& sum : sums_) selections.Add(SelectorOf(*sum.rule));
  selections.Run();
  PopulationRules populations(end.world, selections, end.back.past);
  std::vector<SubjectResult> results;
  for (Sum& sum : sums_) {
    results.push_back(Evaluate(sum, populations));
    Keep(sum, results.back());
  }
  return results;
}

std::vector<PopulationLedger::Step> PopulationLedger::Update(const ChangeReach& reach, const End& was,
                                                             const End& now) {
  Selected selected{Selections(was.world, &reach.subjects), Selections(now.world, &reach.subjects)};
  Select(selected);
  const std::vector<Sum*> touched = Touched(reach, selected, was, now);
  weights_.Advance(was.world, now.world, reach.subjects, selected.before, selected.after);
  Selections selections(now.world);
  for (const Sum* const sum : touched) {
    if (WeightOf(*sum) == nullptr) selections.Add(SelectorOf(*sum->rule));
  }
  selections.Run();
  PopulationRules populations(now.world, selections, now.back.past);
  std::vector<Step> steps;
  for (Sum* const sum : touched) {
    Step& step = steps.emplace_back();
    step.rule = sum->number;
    step.after = Evaluate(*sum, populations);
    step.before = Keep(*sum, step.after);
  }
  return steps;
}

const engine::Attribution* PopulationLedger::WeightOf(const Sum& sum) const {
  return std::holds_alternative<ConcentrationSpec>(sum.rule->spec) ? weights_.Find(*sum.rule) : nullptr;
}

SubjectResult PopulationLedger::Evaluate(const Sum& sum, PopulationRules& populations) {
  const engine::Attribution* const weight = WeightOf(sum);
  SubjectResult result = populations.Evaluate(*sum.rule, weight);
  if (weight == nullptr && std::holds_alternative<ConcentrationSpec>(sum.rule->spec))
    weights_.Keep(*sum.rule, populations.Weigh(*sum.rule));
  return result;
}

void PopulationLedger::Select(Selected& selected) const {
  for (const Sum& sum : sums_) {
    selected.before.Add(SelectorOf(*sum.rule));
    selected.after.Add(SelectorOf(*sum.rule));
  }
  selected.before.Run();
  selected.after.Run();
}

std::vector<PopulationLedger::Sum*> PopulationLedger::Touched(const ChangeReach& reach,
                                                              const Selected& selected, const End& was,
                                                              const End& now) {
  std::vector<Sum*> touched;
  for (Sum& sum : sums_) {
    const BoundSelector& selector = SelectorOf(*sum.rule);
    const bool concerned = reach.subjects.contains(selector.kind());
    // Whom a trend selected then may follow from any field of those who are there now.
    const bool again = std::holds_alternative<TrendSpec>(sum.rule->spec)
                           ? concerned || !LooksToTheSame(*sum.rule, was.back, now.back)
                           : concerned && !SelectsTheSame(selector, selected.before, selected.after);
    if (reach.weights || again) touched.push_back(&sum);
  }
  return touched;
}

// What was kept before.
SubjectResult PopulationLedger::Keep(Sum& sum, const SubjectResult& result) {
  SubjectResult last = std::exchange(sum.last, result);
  sum.last.violations.clear();
  return last;
}

}  // namespace linchpin::policy
