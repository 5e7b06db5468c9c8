// What the rules of an evaluation ask of subjects, each question once, whoever asks it.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_QUESTIONS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_QUESTIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "linchpin/policy/v1/rule.pb.h"
#include "services/policy/domain/binding/bound_policy.h"

namespace linchpin::policy {

// Rules that ask the same question of the same subjects: they come out the same, but for what their findings
// are called.
struct Scope {
  size_t selector = 0;        // Its place among those of the kind.
  std::vector<size_t> rules;  // Places among all rules, ascending; never empty.
};

struct Question {
  size_t number = 0;
  const BoundRule* rule = nullptr;  // One of those that ask it. Its selector counts by its kind alone.
  std::vector<size_t> scopes;
};

// What is asked of one kind of subject.
struct KindQuestions {
  std::vector<const BoundSelector*> selectors;  // Each once.
  std::vector<Question> questions;
};

// Ownership: keeps pointers to the rules. Thread safety: immutable.
// Cost: a comparison of each rule with the different questions of its kind, and with the selectors.
class Questions {
 public:
  // `rules` in the order of the evaluation; those over a population ask nothing here. `apart`: each rule asks
  // by itself.
  explicit Questions(const std::vector<const BoundRule*>& rules, bool apart = false);

  const std::map<v1::SubjectKind, KindQuestions>& kinds() const { return kinds_; }
  const std::vector<Scope>& scopes() const { return scopes_; }
  size_t question_count() const { return question_count_; }
  // Of a rule that is not over a population, by its place.
  size_t ScopeOf(size_t rule) const { return scope_of_[rule]; }

 private:
  Question& QuestionOf(const BoundRule& rule, bool apart, KindQuestions& kind);
  size_t ScopeIn(Question& question, size_t selector);

  std::map<v1::SubjectKind, KindQuestions> kinds_;
  std::vector<Scope> scopes_;
  std::vector<size_t> scope_of_;
  size_t question_count_ = 0;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INQUIRY_QUESTIONS_H_
