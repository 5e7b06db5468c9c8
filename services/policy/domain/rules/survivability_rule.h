// Rules of kind `survivability`: whatever single thing is lost, does enough of the population keep service?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SURVIVABILITY_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SURVIVABILITY_RULE_H_

#include <memory>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/service_losses.h"
#include "services/policy/domain/rules/shared_plan.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Evaluates rules whose subject is the assignment. Rules share the sweeps.
//
// A violation for each loss under which less than `at_least` keeps service, discriminator `loss`. The share
// has bounds: most of it is kept where only certain hits count and whoever perhaps belongs and keeps service
// does belong; least where every hit that is not excluded counts. INDETERMINATE when they lie on both sides
// of the limit. Where all who belong are known, a share that is too small on likely facts is then a likely
// violation, as far as the assignment lets them; a pass by likely facts is not given, since they do not say
// what they leave open.
//
// Ownership: keeps references to world, selections and plan.
// Thread safety: none.
// Errors: outcome ERROR where the engine refuses the sweep, and for a named loss of what is not in the
// inventory.
class SurvivabilityEvaluator {
 public:
  SurvivabilityEvaluator(const World& world, const Selections& selections, SharedPlan& plan);
  ~SurvivabilityEvaluator();

  SubjectResult Evaluate(const BoundRule& rule, bool explain);

 private:
  const World& world_;
  const Selections& selections_;
  SharedPlan& plan_;
  std::unique_ptr<ServiceLosses> losses_;  // Made at the first rule.
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_SURVIVABILITY_RULE_H_
