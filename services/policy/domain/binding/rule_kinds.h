// The kinds of rules, one row each: how the part of a kind is bound, and what its findings say. A new kind
// begins here.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_RULE_KINDS_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_RULE_KINDS_H_

#include <string>
#include <string_view>
#include <vector>

#include "linchpin/policy/v1/rule.pb.h"
#include "services/policy/domain/binding/binder.h"
#include "services/policy/domain/binding/bound_policy.h"

namespace linchpin::policy {

// What the message of a finding may name, as texts and as numbers, and the message of a rule that states
// none.
struct MessageForm {
  std::vector<std::string_view> texts;
  std::vector<std::string_view> numbers;
  std::string text;
};

struct RuleKind {
  v1::Rule::KindCase kind;
  std::string_view word;  // The field of Rule that holds it.
  bool over_population;   // Its subject is its assignment, and it sums over a population.
  // Complains to the binder about all that is wrong with the part, which is at `field`. `subject` is the kind
  // of its subjects.
  decltype(BoundRule::spec) (*bind)(const v1::Rule& rule, v1::SubjectKind subject, const std::string& field,
                                    Binder& binder);
  MessageForm (*message)(const v1::Rule& rule);
};

// Null: no kind is set.
const RuleKind* FindRuleKind(v1::Rule::KindCase kind);

// "attribute, freshness, ... or trend", for people.
std::string RuleKindWords();

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_RULE_KINDS_H_
