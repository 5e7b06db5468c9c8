// Binds the kinds of rule of supply_rules.proto.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/binding/bind_rule.h"
#include "services/policy/domain/rules/service_losses.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

constexpr v1::PartyRole kPartiesOnTheWay[] = {v1::PARTY_ROLE_CONTRACT, v1::PARTY_ROLE_INTERMEDIARY,
                                              v1::PARTY_ROLE_OPERATOR, v1::PARTY_ROLE_DEVELOPER,
                                              v1::PARTY_ROLE_HOST_PROVIDER};

std::vector<FieldTest> BindTests(const google::protobuf::RepeatedPtrField<v1::Test>& tests,
                                 const std::string& field, Binder& binder) {
  std::vector<FieldTest> bound;
  for (int i = 0; i < tests.size(); ++i)
    bound.push_back(
        FieldTest::Bind(tests[i], v1::SUBJECT_KIND_VENDOR, absl::StrCat(field, "[", i, "]"), binder));
  return bound;
}

void BindRoles(const v1::AccessPathRule& rule, const std::string& field, Binder& binder,
               AccessPathSpec& spec) {
  PartyRoles named;
  for (const int role : rule.roles()) {
    if (role == v1::PARTY_ROLE_UNSPECIFIED) binder.Complain(field, "name the roles");
    named.Add(static_cast<v1::PartyRole>(role));
  }
  const bool owners = named.empty() || named.Has(v1::PARTY_ROLE_OWNER);
  bool any = false;
  for (const v1::PartyRole role : kPartiesOnTheWay) any = any || named.Has(role);
  for (const v1::PartyRole role : kPartiesOnTheWay) {
    if (named.empty() || named.Has(role)) spec.tested.Add(role);
    if (owners && (!any || named.Has(role))) spec.owned.Add(role);
  }
}

bool IsOfCountry(v1::Shock::Loss loss) {
  return loss == v1::Shock::LOSS_WEIGHTS_COUNTRY || loss == v1::Shock::LOSS_SERVICES_COUNTRY;
}

void BindShock(const v1::Shock& shock, const std::string& field, Binder& binder, SurvivabilitySpec& spec) {
  if ((shock.each() != v1::Shock::LOSS_UNSPECIFIED) == (shock.named_size() > 0))
    binder.Complain(field, "set exactly one of `each` and `named`");
  spec.each = shock.each();
  for (int i = 0; i < shock.named_size(); ++i) {
    if (!LossNamed(shock.named(i)))
      binder.Complain(absl::StrCat(field, ".named[", i, "]"),
                      "`" + shock.named(i) +
                          "` names no loss: write vendor:ID, host:ID, licence:ID, model:ID, weights:CC or "
                          "services:CC");
    spec.named.push_back(shock.named(i));
  }
  std::sort(spec.named.begin(), spec.named.end());
  spec.named.erase(std::unique(spec.named.begin(), spec.named.end()), spec.named.end());
  if (!shock.has_outside()) return;
  spec.spared = binder.Countries(shock.outside(), field + ".outside", &spec.spared_text);
  if (!IsOfCountry(shock.each()))
    binder.Complain(field + ".outside", "is only read with `each` WEIGHTS_COUNTRY or SERVICES_COUNTRY");
}

}  // namespace

SurvivabilitySpec BindSurvivability(const v1::SurvivabilityRule& rule, const std::string& field,
                                    Binder& binder) {
  SurvivabilitySpec spec;
  if (rule.has_over()) spec.over = BoundSelector::Bind(rule.over(), field + ".over", binder);
  if (spec.over.kind() != v1::SUBJECT_KIND_APPLICATION &&
      spec.over.kind() != v1::SUBJECT_KIND_BUSINESS_SERVICE)
    binder.Complain(field + ".over.kind", "counts applications or business services");
  BindShock(rule.shock(), field + ".shock", binder, spec);
  const common::v1::Basis basis = rule.basis();
  spec.by_weight = basis == common::v1::BASIS_CRITICALITY;
  if (!spec.by_weight && basis != common::v1::BASIS_UNSPECIFIED && basis != common::v1::BASIS_APPLICATIONS)
    binder.Complain(field + ".basis", "is APPLICATIONS or CRITICALITY: usage does not say who keeps service");
  spec.at_least = binder.Number(rule.at_least(), field + ".at_least");
  spec.at_least_number = static_cast<double>(spec.at_least.digits) / std::pow(10, spec.at_least.scale);
  if (engine::Compare(engine::Fraction{1, 1}, spec.at_least) < 0)
    binder.Complain(field + ".at_least", "a share is between 0 and 1: write 0.9 for 90%");
  spec.immediate = rule.immediate();
  spec.lost_at_ppm = rule.lost_at_ppm();
  if (rule.has_min_population()) spec.min_population = rule.min_population();
  return spec;
}

AccessPathSpec BindAccessPath(const v1::AccessPathRule& rule, v1::SubjectKind kind, const std::string& field,
                              Binder& binder) {
  AccessPathSpec spec;
  const bool leads = kind == v1::SUBJECT_KIND_APPLICATION || kind == v1::SUBJECT_KIND_BUSINESS_SERVICE ||
                     kind == v1::SUBJECT_KIND_DEPENDENCY || kind == v1::SUBJECT_KIND_DEPLOYMENT;
  if (!leads)
    binder.Complain(field, "is asked of applications, business services, dependencies and deployments only");
  if (rule.all_size() + rule.none_size() == 0) binder.Complain(field, "set `all`, `none` or both");
  spec.all = BindTests(rule.all(), field + ".all", binder);
  spec.none = BindTests(rule.none(), field + ".none", binder);
  BindRoles(rule, field + ".roles", binder, spec);
  spec.possible = rule.possible();
  spec.primary_only = rule.primary_only();
  if (spec.primary_only && kind == v1::SUBJECT_KIND_DEPLOYMENT)
    binder.Complain(field + ".primary_only", "speaks of dependencies, and the subjects have none");
  return spec;
}

}  // namespace linchpin::policy
