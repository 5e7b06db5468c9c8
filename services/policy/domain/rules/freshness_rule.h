// Rules of kind `freshness`: is an instant recent enough, or far enough ahead?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FRESHNESS_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FRESHNESS_RULE_H_

#include <memory>
#include <optional>
#include <string_view>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/resource_use.h"
#include "services/policy/domain/rules/subject_document.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another. At most one violation for a subject, without
// discriminators, of the worst instant. `due` is the instant from which a subject that passes no longer does,
// one that is recorded for the future becomes right, or the days that a violation counts are others.
//
// Ownership: keeps references to world and rule.
// Thread safety: none.
class FreshnessEvaluator {
 public:
  FreshnessEvaluator(const World& world, Workspace& workspace, const BoundRule& rule);

  // `subject` exists and is of the kind that the rule selects. NOT_APPLICABLE: with `in_use`, nobody depends
  // on it.
  SubjectResult Evaluate(std::string_view subject, bool explain);

 private:
  // Whether the instant is right, and until when that stays so.
  bool IsRight(absl::Time time, std::optional<absl::Time>& due) const;
  bool IsWorse(absl::Time a, absl::Time b) const;
  // When the text about a worst instant, which counts days, is another one.
  absl::Time NextText(absl::Time time) const;
  Violation Explain(std::string_view subject, std::optional<absl::Time> worst) const;

  const World& world_;
  const BoundRule& rule_;
  const FreshnessSpec& spec_;
  SubjectDocument& documents_;
  std::shared_ptr<const ResourceUse> use_;  // Only with `in_use`; else null.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_FRESHNESS_RULE_H_
