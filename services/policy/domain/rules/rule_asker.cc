#include "services/policy/domain/rules/rule_asker.h"

#include <utility>
#include <variant>
#include <vector>

#include "services/policy/domain/rules/access_path_rule.h"
#include "services/policy/domain/rules/attribute_rule.h"
#include "services/policy/domain/rules/fallback_rule.h"
#include "services/policy/domain/rules/freshness_rule.h"
#include "services/policy/domain/rules/lineage_rule.h"

namespace linchpin::policy {
namespace {

using engine::Truth;

// How often a long loop asks whether it is still wanted.
constexpr size_t kCancelEvery = 4096;

// Puts likely facts on which a result rests beside its own.
void RestOn(const World& world, const LikelyFacts& facts, SubjectResult& result) {
  result.likely = true;
  for (Violation& violation : result.violations) {
    violation.likely = true;
    for (const engine::FactRef& fact : facts) {
      if (violation.explanation.facts_size() == kFactsMax) break;
      *violation.explanation.add_facts() = world.FactUsed(fact, /*likely=*/true);
    }
  }
}

// What is left of an outcome for a subject of which proven facts do not say whether the rule is asked of it:
// what likely facts say, as far as the assignment lets them, else at best INDETERMINATE.
void WeakenBySelection(const World& world, const BoundRule& rule, const Selection& selection, uint32_t place,
                       SubjectResult& result) {
  if (rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION || result.outcome == v1::OUTCOME_ERROR ||
      result.outcome == v1::OUTCOME_NOT_APPLICABLE)
    return;
  const auto likely = selection.likely.find(place);
  const bool selected = likely != selection.likely.end() && likely->second.truth == Truth::kTrue;
  const bool against = result.outcome == v1::OUTCOME_VIOLATION;
  const FactDecision decision = DecideByFacts(rule.assurance, Truth::kUnknown,
                                              !selected ? Truth::kUnknown
                                              : against ? Truth::kFalse
                                                        : Truth::kTrue);
  if (decision.likely && result.outcome == v1::OUTCOME_INDETERMINATE) return;
  if (decision.likely) return RestOn(world, likely->second.facts, result);
  result.outcome = v1::OUTCOME_INDETERMINATE;
  result.likely = false;
  result.violation_count = 0;
  result.violations.clear();
  const MissingFacts& unselected = selection.missing.at(place);
  result.missing.insert(result.missing.end(), unselected.begin(), unselected.end());
  SortUnique(result.missing);
}

// Do likely facts leave the subject out, where the assignment lets them?
bool IsProbablyOut(const BoundRule& rule, const Selection& selection, uint32_t place) {
  const auto likely = selection.likely.find(place);
  return rule.assurance == v1::ASSURANCE_LIKELY && likely != selection.likely.end() &&
         likely->second.truth == Truth::kFalse;
}

template <typename Evaluator>
Asked AskBy(Evaluator& evaluator, const World& world, const Selections& selections, const BoundRule& rule,
            const std::function<bool()>& cancelled, OutcomeSink& sink) {
  const std::vector<std::string_view>& names = selections.Names(rule.select.kind());
  const Selection& selection = selections.Of(rule.select);
  Asked asked;
  for (size_t place = 0; place < names.size(); ++place) {
    if (place % kCancelEvery == 0 && cancelled && cancelled()) {
      asked.cancelled = true;
      break;
    }
    const Truth selected = selection.at(place);
    const auto at = static_cast<uint32_t>(place);
    const bool ignored = selected == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE;
    const bool out = selected == Truth::kUnknown && IsProbablyOut(rule, selection, at);
    if (selected == Truth::kFalse || ignored || out) {
      sink.Skip(names[place], out);
      continue;
    }
    SubjectResult result = evaluator.Evaluate(names[place], sink.WantsViolations());
    asked.any = asked.any || result.outcome != v1::OUTCOME_NOT_APPLICABLE;
    if (selected == Truth::kUnknown) WeakenBySelection(world, rule, selection, at, result);
    sink.Take(names[place], std::move(result));
  }
  return asked;
}

}  // namespace

Asked AskSubjects(const World& world, Workspace& workspace, const Selections& selections,
                  const BoundRule& rule, const std::function<bool()>& cancelled, OutcomeSink& sink) {
  if (std::holds_alternative<LineageSpec>(rule.spec)) {
    LineageEvaluator evaluator(world, workspace, rule);
    Asked asked = AskBy(evaluator, world, selections, rule, cancelled, sink);
    asked.visits = evaluator.visits();
    return asked;
  }
  if (std::holds_alternative<FallbackSpec>(rule.spec)) {
    FallbackEvaluator evaluator(world, workspace, rule);
    return AskBy(evaluator, world, selections, rule, cancelled, sink);
  }
  if (std::holds_alternative<AccessPathSpec>(rule.spec)) {
    AccessPathEvaluator evaluator(world, workspace, rule);
    Asked asked = AskBy(evaluator, world, selections, rule, cancelled, sink);
    asked.visits = evaluator.visits();
    return asked;
  }
  if (std::holds_alternative<AttributeSpec>(rule.spec)) {
    AttributeEvaluator evaluator(world, rule);
    return AskBy(evaluator, world, selections, rule, cancelled, sink);
  }
  FreshnessEvaluator evaluator(world, workspace, rule);
  return AskBy(evaluator, world, selections, rule, cancelled, sink);
}

}  // namespace linchpin::policy
