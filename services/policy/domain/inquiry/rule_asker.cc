#include "services/policy/domain/inquiry/rule_asker.h"

#include <algorithm>
#include <optional>
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
void WeakenBySelection(const World& world, const BoundRule& rule, const Selected& selected,
                       SubjectResult& result) {
  if (rule.on_unknown == v1::UNKNOWN_HANDLING_VIOLATION || result.outcome == v1::OUTCOME_ERROR ||
      result.outcome == v1::OUTCOME_NOT_APPLICABLE)
    return;
  const bool against = result.outcome == v1::OUTCOME_VIOLATION;
  const FactDecision decision = DecideByFacts(rule.assurance, Truth::kUnknown,
                                              selected.likely != Truth::kTrue ? Truth::kUnknown
                                              : against                       ? Truth::kFalse
                                                                              : Truth::kTrue);
  if (decision.likely && result.outcome == v1::OUTCOME_INDETERMINATE) return;
  if (decision.likely) return RestOn(world, selected.leaned, result);
  result.outcome = v1::OUTCOME_INDETERMINATE;
  result.likely = false;
  result.violation_count = 0;
  result.violations.clear();
  result.missing.insert(result.missing.end(), selected.missing.begin(), selected.missing.end());
  SortUnique(result.missing);
}

// Do likely facts leave the subject out, where the assignment lets them?
bool IsProbablyOut(const BoundRule& rule, const Selected& selected) {
  return selected.truth == Truth::kUnknown && rule.assurance == v1::ASSURANCE_LIKELY &&
         selected.likely == Truth::kFalse;
}

bool IsOut(const BoundRule& rule, const Selected& selected) {
  return selected.truth == Truth::kFalse ||
         (selected.truth == Truth::kUnknown && rule.on_unknown == v1::UNKNOWN_HANDLING_IGNORE);
}

// Rules that walk from their subjects say how far they have come.
template <typename Evaluator>
int64_t VisitsOf(const Evaluator& evaluator) {
  if constexpr (requires { evaluator.visits(); }) return evaluator.visits();
  return 0;
}

template <typename Evaluator>
class Evaluating : public RuleEvaluator {
 public:
  Evaluating(const World& world, Workspace& workspace, const BoundRule& rule)
      : evaluator_(world, workspace, rule) {}
  SubjectResult Evaluate(std::string_view subject, bool explain) override {
    return evaluator_.Evaluate(subject, explain);
  }
  int64_t visits() const override { return VisitsOf(evaluator_); }

 private:
  Evaluator evaluator_;
};

std::unique_ptr<RuleEvaluator> NewEvaluator(const World& world, Workspace& workspace, const BoundRule& rule) {
  if (std::holds_alternative<LineageSpec>(rule.spec))
    return std::make_unique<Evaluating<LineageEvaluator>>(world, workspace, rule);
  if (std::holds_alternative<FallbackSpec>(rule.spec))
    return std::make_unique<Evaluating<FallbackEvaluator>>(world, workspace, rule);
  if (std::holds_alternative<AccessPathSpec>(rule.spec))
    return std::make_unique<Evaluating<AccessPathEvaluator>>(world, workspace, rule);
  if (std::holds_alternative<AttributeSpec>(rule.spec))
    return std::make_unique<Evaluating<AttributeEvaluator>>(world, workspace, rule);
  return std::make_unique<Evaluating<FreshnessEvaluator>>(world, workspace, rule);
}

// The answer of one question for one subject, found out when it is first needed.
class Answer {
 public:
  Answer(RuleEvaluator& evaluator, std::string_view subject) : evaluator_(evaluator), subject_(subject) {}

  // An answer that is asked for with its violations serves those who do not want them too.
  const SubjectResult& Get(bool explain) {
    const bool lacks_violations =
        explain && result_ && !explained_ && result_->outcome == v1::OUTCOME_VIOLATION;
    if (!result_ || lacks_violations) {
      const int64_t before = evaluator_.visits();
      result_ = evaluator_.Evaluate(subject_, explain);
      visits_ = evaluator_.visits() - before;
      explained_ = explain;
    }
    return *result_;
  }
  int64_t visits() const { return visits_; }

 private:
  RuleEvaluator& evaluator_;
  const std::string_view subject_;
  std::optional<SubjectResult> result_;
  bool explained_ = false;
  int64_t visits_ = 0;
};

const SubjectResult& Exhausted() {
  static const SubjectResult* const result = [] {
    auto* const error = new SubjectResult;
    error->outcome = v1::OUTCOME_ERROR;
    error->error = SubjectWalk::kExhausted;
    return error;
  }();
  return *result;
}

}  // namespace

RuleAsker::RuleAsker(const World& world, Workspace& workspace, const Questions& questions)
    : world_(world), workspace_(workspace), questions_(questions), evaluators_(questions.question_count()) {}
RuleAsker::~RuleAsker() = default;

void RuleAsker::Ask(const KindQuestions& kind, const replica::DocumentRef& subject, OutcomeSink& sink) {
  Select(kind, subject);
  for (const Question& question : kind.questions) AskOne(question, subject.name, sink);
}

void RuleAsker::Select(const KindQuestions& kind, const replica::DocumentRef& ref) {
  selected_.assign(kind.selectors.size(), Selected());
  const auto looks = [](const BoundSelector* selector) { return !selector->selects_all(); };
  if (std::none_of(kind.selectors.begin(), kind.selectors.end(), looks)) return;
  const bool reads_consumer =
      std::any_of(kind.selectors.begin(), kind.selectors.end(),
                  [](const BoundSelector* selector) { return selector->reads_consumer(); });
  const Subject subject = workspace_.documents().Read(ref, reads_consumer);
  for (size_t i = 0; i < kind.selectors.size(); ++i) {
    if (looks(kind.selectors[i])) selected_[i] = policy::Select(*kind.selectors[i], subject, world_);
  }
}

void RuleAsker::AskOne(const Question& question, std::string_view subject, OutcomeSink& sink) {
  const BoundRule& rule = *question.rule;
  std::optional<Answer> answer;
  for (const size_t scope : question.scopes) {
    const Selected& selected = selected_[questions_.scopes()[scope].selector];
    const bool probably_out = IsProbablyOut(rule, selected);
    if (probably_out || IsOut(rule, selected)) {
      sink.Skip(scope, subject, probably_out);
      continue;
    }
    if (sink.IsExhausted(scope)) {
      sink.Take(scope, subject, Exhausted(), 0);
      continue;
    }
    if (!answer) answer.emplace(EvaluatorOf(question), subject);
    const SubjectResult& result = answer->Get(sink.WantsViolations(scope));
    if (selected.truth == Truth::kTrue) {
      sink.Take(scope, subject, result, answer->visits());
      continue;
    }
    SubjectResult weakened = result;
    WeakenBySelection(world_, rule, selected, weakened);
    sink.Take(scope, subject, weakened, answer->visits());
  }
}

RuleEvaluator& RuleAsker::EvaluatorOf(const Question& question) {
  std::unique_ptr<RuleEvaluator>& evaluator = evaluators_[question.number];
  if (evaluator == nullptr) evaluator = NewEvaluator(world_, workspace_, *question.rule);
  return *evaluator;
}

}  // namespace linchpin::policy
