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
    results.push_back(populations.Evaluate(*sum.rule));
    Keep(sum, results.back());
  }
  return results;
}

std::vector<PopulationLedger::Step> PopulationLedger::Update(const ChangeReach& reach, const End& was,
                                                             const End& now) {
  std::vector<Step> steps;
  const std::vector<Sum*> touched = Touched(reach, was, now);
  if (touched.empty()) return steps;
  Selections selections(now.world);
  for (const Sum* const sum : touched) selections.Add(SelectorOf(*sum->rule));
  selections.Run();
  PopulationRules populations(now.world, selections, now.back.past);
  for (Sum* const sum : touched) {
    Step& step = steps.emplace_back();
    step.rule = sum->number;
    step.after = populations.Evaluate(*sum->rule);
    step.before = Keep(*sum, step.after);
  }
  return steps;
}

std::vector<PopulationLedger::Sum*> PopulationLedger::Touched(const ChangeReach& reach, const End& was,
                                                              const End& now) {
  Selections before(was.world, &reach.subjects), after(now.world, &reach.subjects);
  for (const Sum& sum : sums_) {
    const BoundSelector& selector = SelectorOf(*sum.rule);
    if (!reach.subjects.contains(selector.kind())) continue;
    before.Add(selector);
    after.Add(selector);
  }
  before.Run();
  after.Run();
  std::vector<Sum*> touched;
  for (Sum& sum : sums_) {
    const BoundSelector& selector = SelectorOf(*sum.rule);
    const bool concerned = reach.subjects.contains(selector.kind());
    // Whom a trend selected then may follow from any field of those who are there now.
    const bool again = std::holds_alternative<TrendSpec>(sum.rule->spec)
                           ? concerned || !LooksToTheSame(*sum.rule, was.back, now.back)
                           : concerned && !SelectsTheSame(selector, before, after);
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
