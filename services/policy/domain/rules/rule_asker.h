// Asks rules of subjects: the one way from a rule and a name to an outcome.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RULE_ASKER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RULE_ASKER_H_

#include <cstdint>
#include <functional>
#include <string_view>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Is told how a rule comes out for one subject after another.
class OutcomeSink {
 public:
  virtual ~OutcomeSink() = default;
  // Whether the next result is to have its violations.
  virtual bool WantsViolations() const = 0;
  // The rule is not asked of the subject; `likely`: by likely facts.
  virtual void Skip(std::string_view subject, bool likely) = 0;
  virtual void Take(std::string_view subject, SubjectResult result) = 0;
};

struct Asked {
  bool cancelled = false;
  bool any = false;    // Of some subject the rule was not NOT_APPLICABLE.
  int64_t visits = 0;  // Alternatives that it has looked at.
};

// Asks a rule, of any kind but those over a population, of all subjects of its kind that the selections have,
// in order of names. `cancelled` is asked now and then; may be null.
Asked AskSubjects(const World& world, Workspace& workspace, const Selections& selections,
                  const BoundRule& rule, const std::function<bool()>& cancelled, OutcomeSink& sink);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_RULE_ASKER_H_
