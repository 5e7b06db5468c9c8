// Rules of kind `concentration`: does a measure over the weight of dependencies stay on the right side of a
// limit?
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_RULE_H_

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "services/engine/concentration/concentration.h"
#include "services/policy/domain/binding/bound_policy.h"
#include "services/policy/domain/rules/population.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/shared_plan.h"
#include "services/policy/domain/rules/subject_result.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Who a concentration rule counts, and where their weight lies.
struct WeighedPopulation {
  Population population;
  const absl::StatusOr<engine::Attribution>* attributed = nullptr;
};

// Do concentration rules count the same consumers on the same basis?
bool WeighTheSame(const BoundRule& a, const BoundRule& b);

// What a concentration rule says of a population of which it is known who belongs, with what violations say.
SubjectResult JudgeAttribution(const World& world, const BoundRule& rule,
                               const engine::Attribution& attribution);

// Evaluates rules whose subject is the assignment. Rules with the same population and basis share the
// attribution.
//
// SHARE gives a violation for each group beyond the limit, discriminator `group`, or one for all groups
// outside `home`, discriminator `group` = `outside`. The other metrics give one without discriminators.
// INDETERMINATE when the bounds that the unknown facts leave fall on different sides of the limit, or when it
// is unknown who belongs to the population, unless a share is beyond the limit whoever does. Where proven
// facts leave bounds on both sides and likely ones do not, these decide as far as the assignment lets them,
// and the outcome is marked likely; of who belongs, likely facts decide nothing.
//
// Ownership: keeps references to world, selections, plan and rules.
// Thread safety: none.
// Errors: outcome ERROR where the engine refuses the figure.
class ConcentrationEvaluator {
 public:
  ConcentrationEvaluator(const World& world, const Selections& selections, SharedPlan& plan);
  ~ConcentrationEvaluator();

  SubjectResult Evaluate(const BoundRule& rule);
  // Valid as long as this.
  const WeighedPopulation& Weigh(const BoundRule& rule);

 private:
  using Attributed = absl::StatusOr<engine::Attribution>;

  const Attributed& Attribute(const ConcentrationSpec& spec, const std::string& members);
  SubjectResult JudgeAnyMembers(const BoundRule& rule, const WeighedPopulation& weighed);
  // Empty where nothing is certain.
  std::vector<struct Figure> FiguresOfAnyMembers(const Population& population, const ConcentrationSpec& spec,
                                                 const engine::Concentration& all);

  const World& world_;
  const Selections& selections_;
  SharedPlan& plan_;
  std::map<std::pair<engine::Basis, std::string>, Attributed> attributions_;  // By basis and members.
  std::deque<std::pair<const BoundRule*, WeighedPopulation>> weighed_;
};

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_RULES_CONCENTRATION_RULE_H_
