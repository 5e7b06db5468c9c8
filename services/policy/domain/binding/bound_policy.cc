#include "services/policy/domain/binding/bound_policy.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/base/error.h"
#include "services/base/reasons.h"
#include "services/policy/domain/binding/bind_rule.h"

namespace linchpin::policy {
namespace {

std::vector<BoundRule> BindRules(const v1::Policy& policy, const v1::Assignment* assignment, Binder& binder) {
  std::vector<BoundRule> rules;
  std::set<std::string> ids;
  for (int i = 0; i < policy.rules_size(); ++i) {
    const std::string field = absl::StrCat("rules[", i, "]");
    if (!ids.insert(policy.rules(i).id()).second) {
      binder.Complain(field + ".id", "`" + policy.rules(i).id() + "` is the id of an earlier rule");
    }
    rules.push_back(BindRule(policy.rules(i), field, binder));
  }
  if (policy.rules_size() == 0) binder.Complain("rules", "a policy has at least one rule");
  if (assignment == nullptr) return rules;
  for (const auto& [id, severity] : assignment->severity_overrides()) {
    const std::string field = "assignment.severity_overrides." + id;
    if (id != "*" && !ids.contains(id)) binder.Complain(field, "the policy has no rule `" + id + "`");
    if (severity == v1::SEVERITY_UNSPECIFIED) binder.Complain(field, "name a severity");
  }
  for (int i = 0; i < policy.rules_size(); ++i) {
    rules[i].severity = SeverityOf(policy.rules(i), *assignment);
    if (assignment->assurance() != v1::ASSURANCE_UNSPECIFIED) rules[i].assurance = assignment->assurance();
  }
  return rules;
}

absl::Status ErrorOf(const Binder& binder, const std::string& policy) {
  if (binder.violations().empty()) return absl::OkStatus();
  const auto& first = binder.violations().front();
  std::string message = "the policy does not compile: " + first.field + ": " + first.description;
  if (binder.violations().size() > 1)
    absl::StrAppend(&message, " (and ", binder.violations().size() - 1, " more)");
  return base::Error(base::reason::PolicyInvalid{.policy = policy}, message).Fields(binder.violations());
}

}  // namespace

absl::Status CheckPolicy(const v1::Policy& policy, const JurisdictionSets* sets) {
  Binder binder(policy, nullptr, sets);
  binder.CheckParameters();
  BindRules(policy, nullptr, binder);
  return ErrorOf(binder, policy.name());
}

absl::StatusOr<BoundPolicy> BindPolicy(const v1::Policy& policy, const v1::Assignment& assignment,
                                       const JurisdictionSets& sets) {
  Binder binder(policy, &assignment, &sets);
  BoundPolicy bound{assignment.name(), policy.name(), {}, {}};
  binder.CheckParameters();
  bound.rules = BindRules(policy, &assignment, binder);
  bound.parameters = binder.ParameterTexts();
  if (absl::Status error = ErrorOf(binder, policy.name()); !error.ok()) return error;
  return bound;
}

v1::Severity SeverityOf(const v1::Rule& rule, const v1::Assignment& assignment) {
  const auto& overrides = assignment.severity_overrides();
  auto found = overrides.find(rule.id());
  if (found == overrides.end()) found = overrides.find("*");
  if (found != overrides.end()) return found->second;
  return rule.severity() == v1::SEVERITY_UNSPECIFIED ? v1::SEVERITY_MEDIUM : rule.severity();
}

v1::Mode ModeOf(const v1::Assignment& assignment) {
  return assignment.mode() == v1::MODE_UNSPECIFIED ? v1::MODE_AUDIT : assignment.mode();
}

absl::Status CheckMode(const v1::Assignment& assignment) {
  switch (assignment.mode()) {
    case v1::MODE_UNSPECIFIED:
    case v1::MODE_DISABLED:
    case v1::MODE_AUDIT:
    case v1::MODE_WARN:
    case v1::MODE_ENFORCE:
      return absl::OkStatus();
    default:
      return base::FieldError("mode", v1::Mode_Name(assignment.mode()).substr(5) +
                                          " is not supported yet: use AUDIT, WARN, ENFORCE or DISABLED");
  }
}

bool AskTheSame(const BoundRule& a, const BoundRule& b) {
  return a.select.kind() == b.select.kind() && a.on_unknown == b.on_unknown && a.assurance == b.assurance &&
         a.spec == b.spec;
}

const BoundSelector& SelectorOf(const BoundRule& rule) {
  if (const auto* concentration = std::get_if<ConcentrationSpec>(&rule.spec)) return concentration->over;
  if (const auto* survivability = std::get_if<SurvivabilitySpec>(&rule.spec)) return survivability->over;
  if (const auto* trend = std::get_if<TrendSpec>(&rule.spec)) return trend->measure.over;
  return rule.select;
}

}  // namespace linchpin::policy
