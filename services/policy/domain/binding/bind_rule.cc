#include "services/policy/domain/binding/bind_rule.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/binding/rule_kinds.h"
#include "services/resource/kinds.h"

namespace linchpin::policy {
namespace {

using common::v1::Dimension;

bool IsCountryDimension(Dimension dimension) {
  return dimension == common::v1::DIMENSION_HOST_COUNTRY ||
         dimension == common::v1::DIMENSION_ORIGIN_COUNTRY ||
         dimension == common::v1::DIMENSION_ROOT_ORIGIN_COUNTRY;
}

bool IsHostFacet(v1::OriginFacet facet) { return facet >= v1::ORIGIN_FACET_HOST_COUNTRY; }

}  // namespace

BoundRule BindRule(const v1::Rule& rule, const std::string& field, Binder& binder) {
  BoundRule bound;
  bound.id = rule.id();
  bound.remediation = rule.remediation();
  if (rule.severity() != v1::SEVERITY_UNSPECIFIED) bound.severity = rule.severity();
  if (rule.on_unknown() != v1::UNKNOWN_HANDLING_UNSPECIFIED) bound.on_unknown = rule.on_unknown();
  if (!resource::IsId(rule.id())) binder.Complain(field + ".id", "must be [a-z]([a-z0-9-]{0,61}[a-z0-9])?");
  bound.waivable = rule.waivable() != v1::WAIVABILITY_NO;
  const bool ignores = rule.on_unknown() == v1::UNKNOWN_HANDLING_IGNORE;
  if (ignores && rule.on_unknown_reason().empty()) {
    binder.Complain(field + ".on_unknown_reason", "say why unknown facts are ignored");
  }
  if (!ignores && !rule.on_unknown_reason().empty()) {
    binder.Complain(field + ".on_unknown_reason",
                    "is only read with on_unknown IGNORE: remove one of the two");
  }
  const RuleKind* const kind = FindRuleKind(rule.kind_case());
  if (kind != nullptr && kind->over_population && rule.has_select()) {
    const std::string word(kind->word);
    binder.Complain(field + ".select",
                    "the subject of a " + word + " rule is its assignment: use " + word + ".over");
  } else if (rule.has_select()) {
    bound.select = BoundSelector::Bind(rule.select(), field + ".select", binder);
  }
  if (kind == nullptr) {
    binder.Complain(field, "say what is asked: " + RuleKindWords());
    return bound;
  }
  bound.over_population = kind->over_population;
  bound.spec =
      kind->bind(rule, bound.select.kind(), absl::StrCat(field, ".", std::string(kind->word)), binder);
  MessageForm form = kind->message(rule);
  if (!rule.message().empty()) form.text = rule.message();
  bound.message = MessageTemplate::Bind(form.text, form.texts, form.numbers, field + ".message", binder);
  return bound;
}

LineageSpec BindLineage(const v1::LineageRule& rule, v1::SubjectKind kind, const std::string& field,
                        Binder& binder) {
  LineageSpec spec;
  for (const int facet : rule.facets()) spec.facets.push_back(static_cast<v1::OriginFacet>(facet));
  if (spec.facets.empty()) spec.facets = {v1::ORIGIN_FACET_ORIGIN_COUNTRY};
  std::sort(spec.facets.begin(), spec.facets.end());
  spec.facets.erase(std::unique(spec.facets.begin(), spec.facets.end()), spec.facets.end());
  if (spec.facets.front() == v1::ORIGIN_FACET_UNSPECIFIED)
    binder.Complain(field + ".facets", "name the facets");
  switch (kind) {
    case v1::SUBJECT_KIND_APPLICATION:
    case v1::SUBJECT_KIND_BUSINESS_SERVICE:
    case v1::SUBJECT_KIND_DEPENDENCY:
    case v1::SUBJECT_KIND_DEPLOYMENT:
      break;
    case v1::SUBJECT_KIND_MODEL:
      if (IsHostFacet(spec.facets.back()))
        binder.Complain(field + ".facets", "a model has no host: select deployments");
      break;
    default:
      binder.Complain(
          field, "is asked of applications, business services, dependencies, deployments and models only");
  }
  if (rule.has_allowed() == rule.has_denied())
    binder.Complain(field, "set exactly one of `allowed` and `denied`");
  spec.denied = rule.has_denied();
  if (rule.has_allowed()) spec.countries = binder.Countries(rule.allowed(), field + ".allowed");
  if (rule.has_denied()) spec.countries = binder.Countries(rule.denied(), field + ".denied");
  if (rule.reach() == v1::REACH_DIRECT) spec.reach = engine::Reach::kDirect;
  if (rule.reach() == v1::REACH_DISTILLED) spec.reach = engine::Reach::kDistilled;
  if (rule.has_max_depth()) spec.max_depth = rule.max_depth();
  spec.primary_only = rule.primary_only();
  spec.exclude_self = rule.exclude_self();
  if (spec.exclude_self && spec.reach == engine::Reach::kDirect) {
    binder.Complain(field + ".exclude_self", "with reach DIRECT there is nothing left to look at");
  }
  if (spec.primary_only && (kind == v1::SUBJECT_KIND_MODEL || kind == v1::SUBJECT_KIND_DEPLOYMENT)) {
    binder.Complain(field + ".primary_only", "speaks of dependencies, and the subjects have none");
  }
  return spec;
}

FallbackSpec BindFallback(const v1::FallbackRule& rule, v1::SubjectKind kind, const std::string& field,
                          Binder& binder) {
  FallbackSpec spec;
  if (kind != v1::SUBJECT_KIND_APPLICATION && kind != v1::SUBJECT_KIND_BUSINESS_SERVICE &&
      kind != v1::SUBJECT_KIND_DEPENDENCY) {
    binder.Complain(field, "is asked of applications, business services and dependencies only");
  }
  if (rule.has_min_count()) spec.min_count = rule.min_count();
  for (const int dimension : rule.different_in())
    spec.different_in.push_back(static_cast<Dimension>(dimension));
  if (spec.different_in.empty()) spec.different_in = {common::v1::DIMENSION_OPERATOR_GROUP};
  std::sort(spec.different_in.begin(), spec.different_in.end());
  spec.different_in.erase(std::unique(spec.different_in.begin(), spec.different_in.end()),
                          spec.different_in.end());
  if (spec.different_in.front() == common::v1::DIMENSION_UNSPECIFIED) {
    binder.Complain(field + ".different_in", "name the dimensions");
  }
  if (rule.has_tested_within() && !rule.tested_within_parameter().empty()) {
    binder.Complain(field, "set one of `tested_within` and `tested_within_parameter`");
  } else if (rule.has_tested_within()) {
    spec.tested_within = absl::Seconds(rule.tested_within().seconds());
  } else if (!rule.tested_within_parameter().empty()) {
    spec.tested_within =
        binder.DurationParameter(rule.tested_within_parameter(), field + ".tested_within_parameter");
  }
  spec.essential_only = rule.essential_only();
  return spec;
}

AttributeSpec BindAttribute(const v1::AttributeRule& rule, v1::SubjectKind kind, const std::string& field,
                            Binder& binder) {
  AttributeSpec spec;
  if (rule.must_size() + rule.must_not_size() == 0) binder.Complain(field, "set `must`, `must_not` or both");
  for (int i = 0; i < rule.must_size(); ++i)
    spec.must.push_back(FieldTest::Bind(rule.must(i), kind, absl::StrCat(field, ".must[", i, "]"), binder));
  for (int i = 0; i < rule.must_not_size(); ++i) {
    spec.must_not.push_back(
        FieldTest::Bind(rule.must_not(i), kind, absl::StrCat(field, ".must_not[", i, "]"), binder));
  }
  return spec;
}

FreshnessSpec BindFreshness(const v1::FreshnessRule& rule, v1::SubjectKind kind, const std::string& field,
                            Binder& binder) {
  FreshnessSpec spec;
  const absl::StatusOr<FieldPath> path = FieldPath::Compile(*ResourceKindOf(kind)->descriptor, rule.field());
  if (!path.ok()) {
    binder.Complain(field + ".field", std::string(path.status().message()));
  } else if (path->type() != FieldType::kTime) {
    binder.Complain(field + ".field",
                    "`" + rule.field() + "` is not an instant: name a field that ends in `time`");
  } else {
    spec.field = *path;
  }
  if (rule.has_max_age() == rule.has_min_ahead())
    binder.Complain(field, "set exactly one of `max_age` and `min_ahead`");
  if (rule.has_max_age()) spec.max_age = binder.Duration(rule.max_age(), field + ".max_age");
  if (rule.has_min_ahead()) spec.min_ahead = binder.Duration(rule.min_ahead(), field + ".min_ahead");
  spec.in_use = rule.in_use();
  const bool used = kind == v1::SUBJECT_KIND_MODEL || kind == v1::SUBJECT_KIND_DEPLOYMENT ||
                    kind == v1::SUBJECT_KIND_HOST || kind == v1::SUBJECT_KIND_VENDOR ||
                    kind == v1::SUBJECT_KIND_LICENCE;
  if (spec.in_use && !used)
    binder.Complain(field + ".in_use", "is only read for models, deployments, hosts, vendors and licences");
  return spec;
}

ConcentrationSpec BindConcentration(const v1::ConcentrationRule& rule, const std::string& field,
                                    Binder& binder) {
  ConcentrationSpec spec;
  if (rule.has_over()) spec.over = BoundSelector::Bind(rule.over(), field + ".over", binder);
  if (spec.over.kind() != v1::SUBJECT_KIND_APPLICATION &&
      spec.over.kind() != v1::SUBJECT_KIND_BUSINESS_SERVICE) {
    binder.Complain(field + ".over.kind", "counts applications or business services");
  }
  spec.group_by = rule.group_by();
  if (spec.group_by == common::v1::DIMENSION_UNSPECIFIED)
    binder.Complain(field + ".group_by", "name a dimension");
  if (rule.basis() != common::v1::BASIS_UNSPECIFIED) spec.basis = rule.basis();
  spec.metric = rule.metric();
  if (spec.metric == v1::METRIC_UNSPECIFIED) binder.Complain(field + ".metric", "name a metric");
  if (rule.k() != 0) spec.k = rule.k();
  if (rule.k() != 0 && spec.metric != v1::METRIC_TOP_K_SHARE) {
    binder.Complain(field + ".k", "is only read with metric TOP_K_SHARE");
  }
  if (rule.violates_when() != v1::COMPARATOR_UNSPECIFIED) spec.violates_when = rule.violates_when();
  spec.limit = binder.Number(rule.limit(), field + ".limit");
  const bool ratio = spec.metric == v1::METRIC_SHARE || spec.metric == v1::METRIC_TOP_K_SHARE;
  spec.limit_number = static_cast<double>(spec.limit.digits) / std::pow(10, spec.limit.scale);
  if (ratio && engine::Compare(engine::Fraction{1, 1}, spec.limit) < 0) {
    binder.Complain(field + ".limit", "a share is between 0 and 1: write 0.4 for 40%");
  }
  if (rule.has_min_population()) spec.min_population = rule.min_population();
  if (rule.has_home()) {
    spec.home = binder.Countries(rule.home(), field + ".home", &spec.home_text);
    if (spec.metric != v1::METRIC_SHARE || !IsCountryDimension(spec.group_by)) {
      binder.Complain(field + ".home", "is only read with metric SHARE and a dimension of countries");
    }
  }
  return spec;
}

}  // namespace linchpin::policy
