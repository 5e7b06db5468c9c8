// Turns one rule of a policy into the form that is evaluated.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BIND_RULE_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BIND_RULE_H_

#include <string>

#include "linchpin/policy/v1/rule.pb.h"
#include "services/policy/domain/binding/binder.h"
#include "services/policy/domain/binding/bound_policy.h"

namespace linchpin::policy {

// Complains to the binder about all that is wrong; the result is then of no use.
BoundRule BindRule(const v1::Rule& rule, const std::string& field, Binder& binder);

// The part of each kind of rule. `kind` is that of its subjects.
LineageSpec BindLineage(const v1::LineageRule& rule, v1::SubjectKind kind, const std::string& field,
                        Binder& binder);
FallbackSpec BindFallback(const v1::FallbackRule& rule, v1::SubjectKind kind, const std::string& field,
                          Binder& binder);
AttributeSpec BindAttribute(const v1::AttributeRule& rule, v1::SubjectKind kind, const std::string& field,
                            Binder& binder);
FreshnessSpec BindFreshness(const v1::FreshnessRule& rule, v1::SubjectKind kind, const std::string& field,
                            Binder& binder);
AccessPathSpec BindAccessPath(const v1::AccessPathRule& rule, v1::SubjectKind kind, const std::string& field,
                              Binder& binder);
ConcentrationSpec BindConcentration(const v1::ConcentrationRule& rule, const std::string& field,
                                    Binder& binder);
SurvivabilitySpec BindSurvivability(const v1::SurvivabilityRule& rule, const std::string& field,
                                    Binder& binder);
TrendSpec BindTrend(const v1::TrendRule& rule, const std::string& field, Binder& binder);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BIND_RULE_H_
