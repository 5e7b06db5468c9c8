#include "services/policy/domain/inquiry/questions.h"

#include <algorithm>

namespace linchpin::policy {
namespace {

size_t SelectorIn(const BoundSelector& selector, std::vector<const BoundSelector*>& selectors) {
  const auto found = std::find_if(selectors.begin(), selectors.end(),
                                  [&selector](const BoundSelector* other) { return *other == selector; });
  if (found == selectors.end()) {
    selectors.push_back(&selector);
    return selectors.size() - 1;
  }
  return static_cast<size_t>(found - selectors.begin());
}

}  // namespace

Questions::Questions(const std::vector<const BoundRule*>& rules, bool apart) : scope_of_(rules.size()) {
  for (size_t place = 0; place < rules.size(); ++place) {
    const BoundRule& rule = *rules[place];
    if (rule.over_population) continue;
    KindQuestions& kind = kinds_[rule.select.kind()];
    const size_t selector = SelectorIn(rule.select, kind.selectors);
    scope_of_[place] = ScopeIn(QuestionOf(rule, apart, kind), selector);
    scopes_[scope_of_[place]].rules.push_back(place);
  }
}

Question& Questions::QuestionOf(const BoundRule& rule, bool apart, KindQuestions& kind) {
  const auto found =
      apart ? kind.questions.end()
            : std::find_if(kind.questions.begin(), kind.questions.end(),
                           [&rule](const Question& other) { return AskTheSame(*other.rule, rule); });
  if (found != kind.questions.end()) return *found;
  return kind.questions.emplace_back(Question{question_count_++, &rule, {}});
}

size_t Questions::ScopeIn(Question& question, size_t selector) {
  for (const size_t scope : question.scopes) {
    if (scopes_[scope].selector == selector) return scope;
  }
  question.scopes.push_back(scopes_.size());
  scopes_.push_back({selector, {}});
  return question.scopes.back();
}

}  // namespace linchpin::policy
