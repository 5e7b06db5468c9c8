// Binds rules of kind trend.
#include <cmath>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/policy/domain/binding/bind_rule.h"

namespace linchpin::policy {
namespace {

constexpr absl::Duration kWindowMin = absl::Hours(24);
constexpr absl::Duration kWindowMax = absl::Hours(24 * 3650);
constexpr uint64_t kHhiMax = 10'000;

// All that the measure has in common with a rule of kind concentration, without its limit.
v1::ConcentrationRule MeasureOf(const v1::TrendRule& rule) {
  v1::ConcentrationRule measure;
  if (rule.has_over()) *measure.mutable_over() = rule.over();
  measure.set_group_by(rule.group_by());
  measure.set_basis(rule.basis());
  measure.set_metric(rule.metric());
  measure.set_k(rule.k());
  measure.mutable_limit()->set_int_value(0);
  if (rule.has_min_population()) measure.set_min_population(rule.min_population());
  if (rule.has_home()) *measure.mutable_home() = rule.home();
  return measure;
}

bool IsShare(v1::Metric metric) { return metric == v1::METRIC_SHARE || metric == v1::METRIC_TOP_K_SHARE; }

void BindGrowth(const v1::TrendRule& rule, const std::string& field, Binder& binder,
                ConcentrationSpec& measure) {
  measure.limit = binder.Number(rule.max_growth(), field + ".max_growth");
  measure.limit_number = static_cast<double>(measure.limit.digits) / std::pow(10, measure.limit.scale);
  const engine::Fraction most{IsShare(rule.metric()) ? 1 : kHhiMax, 1};
  if (engine::Compare(most, measure.limit) >= 0) return;
  binder.Complain(field + ".max_growth", IsShare(rule.metric())
                                             ? "a share grows by 0 to 1: write 0.1 for ten percentage points"
                                             : "HHI grows by 0 to 10000 points");
}

// A parameter that has no value yet stands for any.
bool IsOpen(const v1::Value& value, const Binder& binder) {
  return binder.checks_only() && value.kind_case() == v1::Value::kStringValue &&
         ParameterName(value.string_value()).has_value();
}

std::string WindowText(absl::Duration window) {
  const int64_t seconds = absl::ToInt64Seconds(window);
  if (seconds % 86'400 == 0) return absl::StrCat(seconds / 86'400, "d");
  return seconds % 3600 == 0 ? absl::StrCat(seconds / 3600, "h") : absl::StrCat(seconds, "s");
}

void BindWindow(const v1::TrendRule& rule, const std::string& field, Binder& binder, TrendSpec& spec) {
  const size_t faults = binder.violations().size();
  spec.window = binder.Duration(rule.window(), field + ".window");
  spec.window_text = WindowText(spec.window);
  if (binder.violations().size() > faults) return;
  if (spec.window == absl::ZeroDuration() && IsOpen(rule.window(), binder)) return;
  if (spec.window < kWindowMin || spec.window > kWindowMax)
    binder.Complain(field + ".window", "is " + spec.window_text + "; a window is 1d to 3650d long");
}

}  // namespace

TrendSpec BindTrend(const v1::TrendRule& rule, const std::string& field, Binder& binder) {
  TrendSpec spec;
  spec.measure = BindConcentration(MeasureOf(rule), field, binder);
  const v1::Metric metric = rule.metric();
  if (metric == v1::METRIC_EFFECTIVE_NUMBER || metric == v1::METRIC_COUNT_DISTINCT)
    binder.Complain(field + ".metric", "is SHARE, TOP_K_SHARE or HHI: ask for the growth of HHI instead");
  BindGrowth(rule, field, binder, spec.measure);
  BindWindow(rule, field, binder, spec);
  spec.existing_only = rule.existing_only();
  return spec;
}

}  // namespace linchpin::policy
