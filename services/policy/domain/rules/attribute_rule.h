// Rules of kind `attribute`: do fields of the subject have the values that they must have?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ATTRIBUTE_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ATTRIBUTE_RULE_H_

#include <string>
#include <string_view>
#include <vector>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/subject_document.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates one rule for one subject after another. At most one violation for a subject, without
// discriminators; it names every test that fails.
//
// Ownership: keeps references to world, workspace and rule.
// Thread safety: none.
class AttributeEvaluator {
 public:
  AttributeEvaluator(const World& world, Workspace& workspace, const BoundRule& rule);

  // `subject` exists and is of the kind that the rule selects.
  SubjectResult Evaluate(std::string_view subject, bool explain);

 private:
  struct Tally;
  void Judge(const FieldTest& test, bool forbidden, const Subject& subject, Tally& tally) const;
  SubjectResult Conclude(Tally tally, bool explain) const;

  const World& world_;
  const BoundRule& rule_;
  const AttributeSpec& spec_;
  const bool reads_consumer_;
  SubjectDocument& documents_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_ATTRIBUTE_RULE_H_
