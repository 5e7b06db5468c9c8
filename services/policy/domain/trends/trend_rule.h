// Rules of kind `trend`: has a measure of concentration grown by more than a limit since the beginning of a
// window?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_TREND_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_TREND_RULE_H_

#include <map>
#include <memory>
#include <string>

#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/shared_plan.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/world.h"
#include "services/policy/domain/trends/past_inventory.h"

namespace linchpin::policy {

// Evaluates rules whose subject is the assignment. The past is read with what has become known since
// (FillPast), so that a fact that was learnt is never growth. Rules that look equally far back share the
// past.
//
// SHARE gives a violation for each group that has grown by more than the limit, discriminator `group`, or one
// for what is outside `home`; the other measures give one without discriminators. INDETERMINATE, with the
// facts that decide, where bounds leave it open or it is unknown, at either end, who belongs to the
// population; with a missing past (MissingFact) where the inventory does not reach back, or counted too few
// then, or nobody can any more state the facts that decide. ERROR where the past could not be read. The
// result is the same until the window begins an hour later: `due`.
//
// Ownership: keeps references to world, selections and the plan of the present, and shares nothing of `past`,
// which may be null.
// Thread safety: none.
class TrendEvaluator {
 public:
  TrendEvaluator(const World& world, const Selections& selections, SharedPlan& plan,
                 const PastInventory* past);
  ~TrendEvaluator();

  SubjectResult Evaluate(const BoundRule& rule, bool explain);

 private:
  struct PastSide;
  class Asked;

  PastSide& SideOf(const PastMoment& moment);

  const World& world_;
  const Selections& selections_;
  SharedPlan& plan_;
  const PastInventory* const past_;
  std::map<const replica::View*, std::unique_ptr<PastSide>> sides_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_TRENDS_TREND_RULE_H_
