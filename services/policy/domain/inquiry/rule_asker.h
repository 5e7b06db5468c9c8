// Asks the questions of rules of subjects: the one way from a question and a name to an outcome.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_RULE_ASKER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_RULE_ASKER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "services/policy/domain/inquiry/questions.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Is told how each scope (Questions::scopes) comes out, for one subject after another.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  // Whether the next result of the scope is to have its violations.
  virtual bool WantsViolations(size_t scope) const = 0;
  // Nothing more is asked of the scope: each further subject is an error.
  virtual bool IsExhausted(size_t scope) const = 0;
  // The rules are not asked of the subject; `likely`: by likely facts.
  virtual void Skip(size_t scope, std::string_view subject, bool likely) = 0;
  // `visits`: alternatives that were looked at for it.
  virtual void Take(size_t scope, std::string_view subject, const SubjectResult& result, int64_t visits) = 0;
};

// Asks one kind of rule, of any but those over a population.
class RuleEvaluator {
 public:
  virtual ~RuleEvaluator() = default;
  // `subject` exists and is of the kind that the rule selects.
  virtual SubjectResult Evaluate(std::string_view subject, bool explain) = 0;
  // Alternatives looked at so far.
  virtual int64_t visits() const = 0;
};

// Ownership: keeps references to all it is given. Thread safety: none; several may ask at once, each with a
// workspace of its own.
class RuleAsker {
 public:
  RuleAsker(const World& world, Workspace& workspace, const Questions& questions);
  ~RuleAsker();

  // Asks all questions of a kind, one of questions.kinds(), of one of its subjects. Subjects come in order of
  // names. What several scopes ask is found out once, when the first of them selects the subject.
  void Ask(const KindQuestions& kind, const replica::DocumentRef& subject, OutcomeSink& sink);

 private:
  void Select(const KindQuestions& kind, const replica::DocumentRef& subject);
  void AskOne(const Question& question, std::string_view subject, OutcomeSink& sink);
  RuleEvaluator& EvaluatorOf(const Question& question);

  const World& world_;
  Workspace& workspace_;
  const Questions& questions_;
  std::vector<std::unique_ptr<RuleEvaluator>> evaluators_;  // By number; null until asked.
  std::vector<Selected> selected_;                          // Of the subject at hand, by selector.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_RULE_ASKER_H_
