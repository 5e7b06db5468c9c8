#include "services/policy/domain/binding/rule_kinds.h"

#include <algorithm>
#include <iterator>

#include "services/policy/domain/binding/bind_rule.h"

namespace linchpin::policy {
namespace {

using Keys = std::vector<std::string_view>;
using Spec = decltype(BoundRule::spec);

Keys WithCommon(Keys keys) {
  static constexpr std::string_view kCommon[] = {"subject", "rule", "policy", "assignment"};
  keys.insert(keys.begin(), std::begin(kCommon), std::end(kCommon));
  return keys;
}

MessageForm LineageMessage(const v1::Rule&) {
  return {WithCommon({"node", "facet", "country", "path", "reason"}), {}, "{subject} {reason}"};
}

MessageForm FallbackMessage(const v1::Rule& rule) {
  const v1::FallbackRule& fallback = rule.fallback();
  const bool asks_for_test = fallback.has_tested_within() || !fallback.tested_within_parameter().empty();
  return {WithCommon({"dependencies", "dimensions"}),
          {"min", "found", "failing"},
          std::string("{dependencies}: {found} of {min} needed fallbacks that differ from the primary in "
                      "{dimensions}") +
              (asks_for_test ? " and have passed a test" : "")};
}

MessageForm ConcentrationMessage(const v1::Rule& rule) {
  const v1::ConcentrationRule& concentration = rule.concentration();
  const bool share = concentration.metric() == v1::METRIC_SHARE;
  const bool ratio = share || concentration.metric() == v1::METRIC_TOP_K_SHARE;
  std::string text = concentration.has_home() ? "what is outside {home} has"
                     : share                  ? "{group} has"
                     : ratio                  ? "the largest groups have"
                                              : "{metric} by {dimension} is";
  text += ratio ? " {value:%} of the weight by {dimension} (limit {limit:%})" : " {value} (limit {limit})";
  return {WithCommon({"group", "metric", "dimension", "comparator", "home"}),
          {"value", "limit", "lower", "upper", "population"},
          std::move(text)};
}

MessageForm SurvivabilityMessage(const v1::Rule&) {
  return {WithCommon({"loss", "counted", "fallen"}),
          {"value", "limit", "lower", "upper", "population"},
          "without {loss}, {value:%} of {counted} keep service (at least {limit:%} must); lost: {fallen}"};
}

MessageForm AttributeMessage(const v1::Rule&) { return {WithCommon({"failed"}), {}, "{subject}: {failed}"}; }

MessageForm AccessPathMessage(const v1::Rule&) {
  return {WithCommon({"vendor", "role", "path", "failed"}),
          {},
          "{subject} depends on {vendor} ({role}) through {path}; {failed}"};
}

MessageForm FreshnessMessage(const v1::Rule&) {
  return {WithCommon({"field", "time", "limit", "state"}),
          {"days"},
          "{subject}: {field} {state} (limit {limit})"};
}

std::string GrowthText(const v1::TrendRule& trend) {
  if (trend.metric() == v1::METRIC_HHI)
    return "{metric} by {dimension} has grown from {past} to {now} since {since} (limit: {limit} in "
           "{window}): {by}";
  const char* who = trend.has_home()                     ? "what is outside {home}"
                    : trend.metric() == v1::METRIC_SHARE ? "{group}"
                                                         : "the share of the largest groups";
  return std::string(who) +
         " has grown from {past:%} to {now:%} of the weight by {dimension} since {since} "
         "(limit: {limit:%} in {window}): {by}";
}

MessageForm TrendMessage(const v1::Rule& rule) {
  return {WithCommon({"group", "metric", "dimension", "home", "window", "since", "by"}),
          {"value", "limit", "lower", "upper", "past", "now", "population", "past_revision"},
          GrowthText(rule.trend())};
}

// In the order in which people read of them.
constexpr RuleKind kKinds[] = {
    {v1::Rule::kAttribute, "attribute", false,
     [](const v1::Rule& rule, v1::SubjectKind subject, const std::string& field, Binder& binder) -> Spec {
       return BindAttribute(rule.attribute(), subject, field, binder);
     },
     AttributeMessage},
    {v1::Rule::kFreshness, "freshness", false,
     [](const v1::Rule& rule, v1::SubjectKind subject, const std::string& field, Binder& binder) -> Spec {
       return BindFreshness(rule.freshness(), subject, field, binder);
     },
     FreshnessMessage},
    {v1::Rule::kLineage, "lineage", false,
     [](const v1::Rule& rule, v1::SubjectKind subject, const std::string& field, Binder& binder) -> Spec {
       return BindLineage(rule.lineage(), subject, field, binder);
     },
     LineageMessage},
    {v1::Rule::kAccessPath, "access_path", false,
     [](const v1::Rule& rule, v1::SubjectKind subject, const std::string& field, Binder& binder) -> Spec {
       return BindAccessPath(rule.access_path(), subject, field, binder);
     },
     AccessPathMessage},
    {v1::Rule::kFallback, "fallback", false,
     [](const v1::Rule& rule, v1::SubjectKind subject, const std::string& field, Binder& binder) -> Spec {
       return BindFallback(rule.fallback(), subject, field, binder);
     },
     FallbackMessage},
    {v1::Rule::kConcentration, "concentration", true,
     [](const v1::Rule& rule, v1::SubjectKind, const std::string& field, Binder& binder) -> Spec {
       return BindConcentration(rule.concentration(), field, binder);
     },
     ConcentrationMessage},
    {v1::Rule::kSurvivability, "survivability", true,
     [](const v1::Rule& rule, v1::SubjectKind, const std::string& field, Binder& binder) -> Spec {
       return BindSurvivability(rule.survivability(), field, binder);
     },
     SurvivabilityMessage},
    {v1::Rule::kTrend, "trend", true,
     [](const v1::Rule& rule, v1::SubjectKind, const std::string& field, Binder& binder) -> Spec {
       return BindTrend(rule.trend(), field, binder);
     },
     TrendMessage},
};

}  // namespace

const RuleKind* FindRuleKind(v1::Rule::KindCase kind) {
  const auto found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                  [kind](const RuleKind& row) { return row.kind == kind; });
  return found == std::end(kKinds) ? nullptr : &*found;
}

std::string RuleKindWords() {
  std::string words;
  for (const RuleKind& row : kKinds) {
    if (!words.empty()) words += &row == std::end(kKinds) - 1 ? " or " : ", ";
    words += row.word;
  }
  return words;
}

}  // namespace linchpin::policy
